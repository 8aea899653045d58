import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MountSpace } from "../faults/mount-space.ts";
import { requireNeeds } from "../faults/needs.ts";
import { RunScope } from "../faults/scope.ts";
import { shelfFolder } from "./shelf-folder.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

test("a disk that is full keeps what was there, and nothing half made", async (t) => {
  if (!requireNeeds(t, ["root", "nsenter"])) return;
  const folder = await shelfFolder(t);
  await folder.put({
    things: Array.from({ length: 2000 }, (_, place) => ({ label: `${place}`.padEnd(1000, "x"), sold: true })),
  });
  await using scope = new RunScope();
  const space = await MountSpace.open(scope);
  await space.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", space.folder);
  const there = join(space.folder, "things.csv");
  await space.run("sh", "-c", 'echo before > "$0"', there);
  const run = (...args: readonly string[]): Promise<{ readonly code: unknown; readonly errors: string }> =>
    new Promise((resolve) => {
      const [program, ...rest] = [...space.prefix, process.execPath, main, "export", ...args, "-b", folder.path];
      execFile(program ?? "", rest, { timeout: 60_000 }, (error, _, errors) => resolve({ code: error?.code ?? 0, errors }));
    });

  const file = await run("things", "--out", there, "--force");
  assert.equal(
    file.errors,
    `The disk is full: ${there} could not be written, and nothing of it was kept. Make room, or name another place.\n`,
  );
  assert.equal(file.code, 1);
  const all = join(space.folder, "all");
  const whole = await run("--all", "--out", all);
  assert.match(whole.errors, /^The disk is full/);
  assert.equal(whole.code, 1);
  assert.deepEqual(await readdir(space.outside(space.folder)), ["things.csv"]);
  assert.equal(await readFile(space.outside(there), "utf8"), "before\n");
});
