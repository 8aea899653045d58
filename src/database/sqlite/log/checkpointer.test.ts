import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openSqlite } from "../sqlite-database.ts";
import { SqliteThread } from "../readers/thread.ts";

test("while a reader keeps the log from being copied it is asked for ever more seldom, and soon once the reader has left", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "chassis-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "chassis.db");
  const database = await openSqlite({ path, readerThreads: 1, checkpoints: { copyAt: 20, restartAt: 1_000_000 } });
  t.after(() => database.close());
  await database.transaction((connection) => connection.run("CREATE TABLE t (a BLOB)", []));
  const reader = new DatabaseSync(path, { readOnly: true });
  // The real method, and a count of its calls: nothing else shows how often it was tried.
  const ask = t.mock.method(SqliteThread.prototype, "ask");
  const writeFor = async (milliseconds: number): Promise<number> => {
    const before = ask.mock.callCount();
    for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(3))
      await database.transaction((connection) => connection.run("INSERT INTO t VALUES (zeroblob(10000))", []));
    return ask.mock.callCount() - before;
  };
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM t").get();
  const pinned = await writeFor(700);
  assert.ok(pinned >= 2 && pinned <= 10, `${pinned} tries in 0.7 s`);
  reader.close();
  assert.ok((await writeFor(1500)) >= 3, "it goes on without the reader");
});
