import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MountSpace } from "../../../tests/faults/mount-space.ts";
import { requireNeeds } from "../../../tests/faults/needs.ts";
import { RunScope } from "../../../tests/faults/scope.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

test("a disk that is full, or can only be read, gets nothing, and it is said why", async (t) => {
  if (!requireNeeds(t, ["root", "nsenter"])) return;
  await using scope = new RunScope();
  const space = await MountSpace.open(scope);
  await space.run("mount", "-t", "tmpfs", "-o", "size=24k", "none", space.folder);
  const project = join(space.folder, "site");
  const create = (): Promise<{ readonly code: unknown; readonly errors: string }> =>
    new Promise((resolve) => {
      const args = [...space.prefix, process.execPath, main, "create", project, "--no-install", "--no-git", "--yes"];
      execFile(args[0] ?? "", args.slice(1), { timeout: 60_000 }, (error, _, errors) =>
        resolve({ code: error?.code ?? 0, errors }),
      );
    });
  const full = await create();
  assert.match(full.errors, new RegExp(`Nothing was made in ${project}: the disk is full\\.\n$`));
  assert.equal(full.code, 1);
  assert.deepEqual(await readdir(space.outside(space.folder)), []);

  await space.run("mount", "-o", "remount,ro", space.folder);
  const readOnly = await create();
  assert.match(readOnly.errors, /the disk can only be read there\. Choose another folder\.\n$/);
  assert.equal(readOnly.code, 1);
  assert.deepEqual(await readdir(space.outside(space.folder)), []);
});
