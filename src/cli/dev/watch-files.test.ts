import assert from "node:assert/strict";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../tests/support/temporary-folder.ts";
import { watchFiles } from "./watch-files.ts";

/** A watcher of a folder of its own, and what it tells next. */
async function watched(t: TestContext) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "site"));
  await mkdir(join(folder, "shared"));
  const backend = join(folder, "site/backend.ts");
  const shared = join(folder, "shared/words.ts");
  await writeFile(backend, "1");
  await writeFile(shared, "1");
  let tell: (files: readonly string[]) => void = () => {};
  const watcher = watchFiles(backend, (files) => tell(files));
  t.after(() => watcher.close());
  const next = (): Promise<readonly string[]> => new Promise((resolve) => (tell = resolve));
  return { watcher, next, backend, shared };
}

test("a file that was saved after it was read, and before it was watched, has changed", async (t) => {
  const { watcher, next, shared } = await watched(t);
  const began = Date.now();
  await utimes(shared, new Date(), new Date(began + 5));
  const change = next();
  watcher.add([shared], began);
  assert.deepEqual(await change, [shared]);
});

test("a file that was removed before it was watched has changed", async (t) => {
  const { watcher, next, shared } = await watched(t);
  const change = next();
  watcher.add([`${shared}.gone.ts`], Date.now());
  assert.deepEqual(await change, [`${shared}.gone.ts`]);
});

test("a file that is only listed has not changed: the next change is the one that is made", async (t) => {
  const { watcher, next, backend, shared } = await watched(t);
  await utimes(shared, new Date(), new Date(Date.now() - 5000));
  const change = next();
  watcher.add([backend, shared], Date.now());
  watcher.add([shared], 0);
  await writeFile(backend, "2");
  assert.deepEqual(await change, [backend]);
  const second = next();
  await writeFile(shared, "2");
  assert.deepEqual(await second, [shared]);
});
