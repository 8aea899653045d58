import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { AppError } from "#contract";
import { openSqlite, type SqliteDatabase } from "./sqlite-database.ts";

let database: SqliteDatabase | undefined;
afterEach(() => database?.close());

/** With rows enough for a scan that never ends within its time. */
async function open(): Promise<SqliteDatabase> {
  database = await openSqlite({ path: ":memory:", statementTimeLimit: 400, loopLimit: 10, readerThreads: 1 });
  await database.transaction(async (connection) => {
    await connection.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT", []);
    const numbers = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4000)";
    await connection.run(`INSERT INTO t(n) ${numbers} SELECT i FROM n`, []);
  });
  return database;
}

const endless = "SELECT count(*) FROM t AS a, t AS b, t AS c WHERE (random() & 63 OR chassis_in_time()) AND a.n + b.n = c.n";

/** The error, and how many milliseconds of the processor the event loop's thread took for it: others may be busy on it too. */
async function stopped(ask: () => Promise<unknown>): Promise<{ readonly message: string; readonly held: number }> {
  const before = process.threadCpuUsage();
  try {
    await ask();
  } catch (error) {
    assert.ok(error instanceof AppError && error.error === "timeout", String(error));
    const { user, system } = process.threadCpuUsage(before);
    return { message: error.message, held: (user + system) / 1000 };
  }
  throw new Error("It was not stopped.");
}

test("a scan of what is not committed yet is stopped early where the caller chose the order", async () => {
  const { transaction } = await opened();
  const { message, held } = await stopped(() =>
    transaction(
      async (connection) => {
        await connection.run("UPDATE t SET n = n + 1 WHERE id = 1", []);
        await connection.all(endless, []);
      },
      { heldLimit: 30 },
    ),
  );
  assert.match(message, /behind a change .* 30 ms/);
  assert.ok(held < 300, `${held}`);
});

test("and may take its whole time where the definition did", async () => {
  const { transaction } = await opened();
  const { message } = await stopped(() =>
    transaction(async (connection) => {
      await connection.run("UPDATE t SET n = n + 1 WHERE id = 1", []);
      await connection.all(endless, []);
    }),
  );
  assert.match(message, /400 ms/);
});

test("behind a savepoint and what only reads, a scan holds nobody up", async () => {
  const { transaction } = await opened();
  const { message, held } = await stopped(() =>
    transaction(async (connection) => {
      await connection.get("SELECT 1 FROM sqlite_schema", []);
      await connection.run("SAVEPOINT inner_write", []);
      await connection.all(endless, []);
    }),
  );
  assert.match(message, /400 ms/);
  assert.ok(held < 300, `${held}`);
});

async function opened(): Promise<Pick<SqliteDatabase, "transaction">> {
  const own = await open();
  return { transaction: (work, options) => own.transaction(work, options) };
}
