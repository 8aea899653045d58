import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite } from "#database";
import { createJobTables, insertJob } from "./job-table.ts";

/** As the builds made it that knew no job behind another. */
const earlier = `CREATE TABLE _chassis_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, queue TEXT NOT NULL, input TEXT,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'ready', 'running', 'done', 'failed', 'cancelled')),
  priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL,
  unique_key TEXT, owner TEXT, lease_until INTEGER, steps TEXT, progress TEXT, error TEXT, created INTEGER NOT NULL,
  finished INTEGER, forget_at INTEGER) STRICT`;
const states = ["scheduled", "ready", "running", "done", "failed", "cancelled"];

test("a table of an earlier build is rebuilt with all of its jobs, and takes one that waits behind another", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction(async (connection) => {
    await connection.run(earlier, []);
    await connection.run("CREATE INDEX _chassis_jobs_ready ON _chassis_jobs (queue, priority, id) WHERE state = 'ready'", []);
    for (const [index, state] of states.entries())
      await connection.run(
        `INSERT INTO _chassis_jobs VALUES (?, 'work', 'q', '{"n":1}', ?, 5, 7, 2, 3, ?, 'owner', 9, '{"s":1}', '{}', 'no', 11, 13, 15)`,
        [index + 1, state, state],
      );
    // Gone: its id is given to no other.
    await connection.run(
      `INSERT INTO _chassis_jobs SELECT 40, name, queue, input, state, priority, run_at, attempt, max_attempts,
      'gone', owner, lease_until, steps, progress, error, created, finished, forget_at FROM _chassis_jobs WHERE id = 1`,
      [],
    );
    await connection.run("DELETE FROM _chassis_jobs WHERE id = 40", []);
  });
  const read = () => database.all("SELECT * FROM _chassis_jobs ORDER BY id", []);
  const before = await read();
  assert.equal(before.length, states.length);
  await database.transaction(createJobTables);
  assert.deepEqual(await read(), before);
  const tables = "SELECT name, sql FROM sqlite_schema WHERE name LIKE '_chassis_%' ORDER BY name";
  const mended = await database.all(tables, []);

  const job = { name: "work", queue: "q", input: null, priority: 0, runAt: 0, maxAttempts: 3 };
  const follow = { ...job, uniqueKey: "running", follows: true };
  assert.deepEqual(await database.transaction((connection) => insertJob(connection, follow, 20)), { id: 41, isNew: true });
  assert.deepEqual(await database.get("SELECT state FROM _chassis_jobs WHERE id = 41", []), ["behind"]);
  await database.transaction(createJobTables);
  assert.equal((await read()).length, states.length + 1, "once is enough");

  const fresh = await openSqlite({ path: ":memory:" });
  t.after(() => fresh.close());
  await fresh.transaction(createJobTables);
  const plain = (rows: typeof mended): unknown => rows.map(([name, sql]) => [name, String(sql).replaceAll('"', "")]);
  assert.deepEqual(plain(mended), plain(await fresh.all(tables, [])), "as a new database has it, indexes included");
});

test("what fails in the middle leaves the table as it was", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction((connection) => connection.run(earlier, []));
  const work = database.transaction(async (connection) => {
    await createJobTables(connection);
    throw new Error("The process ends here.");
  });
  await assert.rejects(work, /ends here/);
  assert.deepEqual(await database.all("SELECT sql FROM sqlite_schema WHERE name LIKE '_chassis_%'", []), [[earlier]]);
});
