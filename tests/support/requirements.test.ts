import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { requireCommand } from "./requirements.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const needed = { names: ["no-such-browser", "nor-this-one"], howToGet: "ask for it" };
const message = "This needs no-such-browser or nor-this-one, which is not here. To get it: ask for it";

test("a program that is on the path is given with its path", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "nor-this-one"), "");
  await chmod(join(folder, "nor-this-one"), 0o755);
  const skipped: unknown[] = [];
  const found = requireCommand({ skip: (text) => skipped.push(text) }, needed, {
    environment: { PATH: `/nowhere:${folder}`, CI: "true" },
  });
  assert.equal(found, join(folder, "nor-this-one"));
  assert.deepEqual(skipped, []);
});

test("a file that cannot be run is no program", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "nor-this-one"), "", { mode: 0o644 });
  assert.throws(() => requireCommand({ skip() {} }, needed, { environment: { PATH: folder, CI: "true" } }), { message });
});

test("a missing program skips a user's test and says how to get it", () => {
  const skipped: unknown[] = [];
  const found = requireCommand({ skip: (text) => skipped.push(text) }, needed, { environment: { PATH: "/nowhere" } });
  assert.equal(found, undefined);
  assert.deepEqual(skipped, [message]);
});

test("a missing program fails in CI, where nothing may be skipped", () => {
  const skip = (): void => assert.fail("skipped");
  assert.throws(() => requireCommand({ skip }, needed, { environment: { PATH: "/nowhere", CI: "true" } }), { message });
});
