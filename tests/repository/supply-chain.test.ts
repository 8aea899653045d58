import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
}

test("the bill of materials has every package of an installation, with version, checksum and licence", async () => {
  const { stdout } = await run(process.execPath, [join(root, "tools/make-sbom.ts")], { cwd: root, maxBuffer: 2 ** 26 });
  const { components } = JSON.parse(stdout) as { readonly components: readonly Component[] };
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const names = new Set(components.map(({ name }) => name));
  for (const name of Object.keys(dependencies)) assert.ok(names.has(name) || names.has(name.split("/")[1] ?? ""), name);
  // What lies among our sources.
  assert.ok(names.has("@scalar/api-reference"));
  for (const { name, version, hashes = [], licenses = [] } of components)
    assert.ok(version !== undefined && hashes.length > 0 && licenses.length > 0, name);
});

test("the lock file names a checksum for every package, ties none to an address, and runs no install script unread", async () => {
  await run(process.execPath, [join(root, "tools/check-lockfile.ts")], { cwd: root });
});
