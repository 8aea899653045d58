import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract";
import type { Connection } from "../../driver.ts";
import { SqliteConnection } from "../connection.ts";
import { GroupSync } from "../log/group-sync.ts";
import { ReaderPool } from "./reader-pool.ts";
import { Readers } from "./readers.ts";
import { openSqlite, type SqliteDatabase, type SqliteOptions } from "../sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const ROWS = 2000;

async function open(options: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "chassis-test-"));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const database = await openSqlite({ path: join(folder, "a.db"), ...options });
  cleanup.push(() => database.close());
  await database.transaction(async (connection) => {
    await connection.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT", []);
    await connection.run(
      `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ${ROWS}) INSERT INTO t(n) SELECT x FROM c`,
      [],
    );
  });
  return database;
}

/** Looks at four million pairs, at the clock for one in 64. */
const slow = "SELECT count(*) FROM t AS a, t AS b WHERE (random() & 63 OR chassis_in_time()) AND a.n + b.n > 0";
const timeout = (error: unknown) => error instanceof AppError && error.error === "timeout";

test("a scan moves to a thread, beside which point reads are answered, and the next of its kind begins there", async () => {
  const database = await open({ statementTimeLimit: 30_000 });
  const state = { done: false };
  const scan = database.all(slow, []).finally(() => {
    state.done = true;
  });
  let meanwhile = 0;
  while (!state.done) {
    assert.deepEqual(await database.get("SELECT n FROM t WHERE id = 7", []), [7]);
    meanwhile++;
    await sleep(1);
  }
  assert.deepEqual(await scan, [[ROWS * ROWS]]);
  assert.ok(meanwhile > 3, `${meanwhile} point reads`);
  const again = database.all(slow, []);
  await sleep(1);
  // On the loop it would have been held for its 20 ms before that timer was heard.
  assert.deepEqual(await database.get("SELECT n FROM t WHERE id = 8", []), [8]);
  await again;
});

test("over its time a statement is stopped, on the loop and in a thread, and the thread serves the next", async () => {
  const database = await open({ statementTimeLimit: 60, loopLimit: 10 });
  await assert.rejects(database.all(slow, []), timeout);
  await assert.rejects(database.all(slow, []), timeout);
  assert.deepEqual(await database.all("SELECT count(*) FROM t", []), [[ROWS]]);
});

test("a snapshot sees one state, on the loop, and in a thread where its work was slow", async () => {
  const database = await open({ statementTimeLimit: 30_000 });
  const add = (): Promise<unknown> => database.transaction((connection) => connection.run("INSERT INTO t(n) VALUES (1)", []));
  const counts = await database.snapshot(async (connection) => {
    const before = await connection.get("SELECT count(*) FROM t", []);
    await add();
    return [before, await connection.get("SELECT count(*) FROM t", [])];
  });
  assert.deepEqual(counts, [[ROWS], [ROWS]]);
  let runs = 0;
  const slowly = await database.snapshot(
    async (connection) => {
      runs++;
      const before = await connection.get("SELECT count(*) FROM t", []);
      await connection.all(slow, []);
      await add();
      return [before, await connection.get("SELECT count(*) FROM t", [])];
    },
    { repeatable: true, name: "work" },
  );
  assert.deepEqual(slowly, [[ROWS + 1], [ROWS + 1]]);
  assert.equal(runs, 2);
  await database.snapshot((connection) => connection.all(slow, []), { repeatable: true, name: "work" });
  await assert.rejects(
    database.snapshot((connection) => connection.run("DELETE FROM t", [])),
    /readonly/,
  );
});

test("a connection of a snapshot is refused afterwards, and more snapshots than connections take turns", async () => {
  const database = await open();
  const kept: (() => Promise<unknown>)[] = [];
  const results = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      database.snapshot(async (connection) => {
        kept.push(() => connection.get("SELECT 1", []));
        await sleep(1);
        return (await connection.get("SELECT ?", [index]))?.[0];
      }),
    ),
  );
  assert.deepEqual(
    results,
    Array.from({ length: 40 }, (_, index) => index),
  );
  for (const use of kept) await assert.rejects(use(), /The snapshot of this connection is over/);
});

/** Readers beside a writer whose commits are noted by hand. */
function openReaders(): { readonly writer: SqliteConnection; readonly sync: GroupSync; readonly readers: Readers } {
  const folder = mkdtempSync(join(tmpdir(), "chassis-test-"));
  const path = join(folder, "a.db");
  const shared = { path, busyTimeout: 0, maxStatements: 10 };
  const writer = new SqliteConnection({ ...shared, readOnly: false, pragmas: ["journal_mode = WAL", "synchronous = NORMAL"] });
  writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
  const sync = new GroupSync({ walPath: `${path}-wal`, durability: "lose-nothing", onFailure: () => {} });
  const connection = { ...shared, pragmas: [] };
  const pool = new ReaderPool({ connection, size: 1, maxWaiting: 1, timeLimit: 1000 });
  const readers = new Readers({ connection, pool, sync, loopLimit: 20, timeLimit: 1000 });
  cleanup.push(async () => {
    await sync.close();
    readers.close();
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { writer, sync, readers };
}

test("a read of what is not durable yet is answered once it is", async () => {
  const { writer, sync, readers } = openReaders();
  await readers.get("SELECT 1", []);
  assert.equal(sync.syncs, 0);
  writer.run("INSERT INTO t DEFAULT VALUES", []);
  sync.note();
  assert.deepEqual(await readers.all("SELECT id FROM t", []), [[1]]);
  assert.equal(sync.syncs, 1);
  writer.run("INSERT INTO t DEFAULT VALUES", []);
  sync.note();
  await readers.snapshot((own) => own.get("SELECT id FROM t", []), {});
  assert.equal(sync.syncs, 2);
});

test("threads: what is aborted ends, what cannot be stopped loses its thread, and one too many is refused", async () => {
  const database = await open();
  const connection = { path: database.path, busyTimeout: 0, maxStatements: 10, pragmas: [], statementTimeLimit: 60_000 };
  const pool = new ReaderPool({ connection, size: 1, maxWaiting: 1, timeLimit: 60_000 });
  cleanup.push(() => pool.close());
  const abort = new AbortController();
  const aborted = pool.all(slow, [], abort.signal);
  const waiting = pool.all("SELECT 1", []);
  await assert.rejects(
    pool.all("SELECT 2", []),
    (error: unknown) => error instanceof AppError && error.error === "overloaded" && /slow reads wait/.test(error.hint ?? ""),
  );
  await sleep(50);
  abort.abort(new Error("gone"));
  await assert.rejects(aborted, /gone/);
  assert.deepEqual(await waiting, [[1]]);
  const strict = new ReaderPool({ connection, size: 1, maxWaiting: 1, timeLimit: 20 });
  cleanup.push(() => strict.close());
  const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000000) SELECT count(*) FROM c";
  await assert.rejects(strict.all(endless, []), timeout);
  assert.equal(strict.threads, 0);
  assert.deepEqual(await strict.all("SELECT 3", []), [[3]]);
  await assert.rejects(strict.all("SELECT nonsense FROM t", []), /no such column: nonsense/);
});

test("the log is copied into the database beside those who write, and begins anew when it is long", async () => {
  const database = await open();
  const wal = `${database.path}-wal`;
  await database.transaction((connection) => connection.run("CREATE TABLE b (data BLOB)", []));
  let longest = 0;
  for (let index = 0; index < 150; index++) {
    await database.transaction((connection) => connection.run("INSERT INTO b VALUES (zeroblob(1000000))", []));
    longest = Math.max(longest, statSync(wal).size);
  }
  // 150 MB were written; the log never holds much more than what it begins anew at.
  assert.ok(longest < 110_000_000, `${longest} bytes of log`);
  assert.ok(statSync(database.path).size > 10_000_000);
  assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
});

test("a database closed right after a large commit, while its log is being copied, closes", async () => {
  const database = await open();
  await database.transaction(async (connection) => {
    await connection.run("CREATE TABLE b (data BLOB)", []);
    for (let index = 0; index < 80; index++) await connection.run("INSERT INTO b VALUES (zeroblob(1000000))", []);
  });
  await database.close();
  assert.equal(existsSync(`${database.path}-wal`), false);
});

test("snapshots that are open when the database closes end without harm, and none begins afterwards", async () => {
  const database = await open();
  const gate = Promise.withResolvers<void>();
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  cleanup.push(() => void process.off("unhandledRejection", note));
  const snapshots = Array.from({ length: 17 }, () =>
    database.snapshot(async (connection) => {
      await connection.get("SELECT 1", []);
      await gate.promise;
      return "done";
    }),
  );
  await sleep(20);
  await database.close();
  gate.resolve();
  const results = await Promise.allSettled(snapshots);
  await sleep(20);
  assert.deepEqual(unhandled, []);
  // One waited for a connection.
  assert.deepEqual(
    results.map(({ status }) => status),
    [...Array.from({ length: 16 }, () => "fulfilled"), "rejected"],
  );
});

test("what a snapshot refuses because of a commit is told once that is durable", async () => {
  const { writer, sync, readers } = openReaders();
  writer.run("INSERT INTO t DEFAULT VALUES", []);
  sync.note();
  const work = async (own: Connection): Promise<void> => {
    const row = await own.get("SELECT id FROM t", []);
    if (row !== undefined) throw new AppError("forbidden");
  };
  await assert.rejects(readers.snapshot(work, {}));
  assert.equal(sync.syncs, 1);
});

test("a snapshot in a thread has its time, ends when it is aborted, and is refused afterwards", async () => {
  const database = await open();
  const connection = { path: database.path, busyTimeout: 0, maxStatements: 10, pragmas: [], statementTimeLimit: 60_000 };
  const pool = new ReaderPool({ connection, size: 1, maxWaiting: 5, timeLimit: 2000 });
  cleanup.push(() => pool.close());
  const never = async (own: Connection): Promise<never> => {
    await own.get("SELECT 1", []);
    return new Promise<never>(() => {});
  };
  await assert.rejects(pool.snapshot(never), timeout);
  const abort = new AbortController();
  const aborted = pool.snapshot(never, abort.signal);
  await sleep(50);
  abort.abort(new Error("gone"));
  await assert.rejects(aborted, /gone/);
  let kept: Connection | undefined;
  await pool.snapshot(async (own) => {
    kept = own;
    // Nobody waits for this one.
    void own.all(slow, []).catch(() => undefined);
    return own.get("SELECT 2", []);
  });
  await assert.rejects(kept?.get("SELECT 1", []) ?? Promise.resolve(), /The snapshot of this connection is over/);
  assert.deepEqual(await pool.all("SELECT 3", []), [[3]]);
});

test("a thread that cannot be started leaves its place to the next", async () => {
  const connection = { path: "nowhere.db", busyTimeout: 0, maxStatements: 10, pragmas: [] };
  // What cannot be cloned cannot be given to a thread.
  const broken = { ...connection, statementTimeLimit: (() => 1) as unknown as number };
  const pool = new ReaderPool({ connection: broken, size: 1, maxWaiting: 1, timeLimit: 1000 });
  const could = /could not be cloned/;
  await assert.rejects(pool.all("SELECT 1", []), could);
  await assert.rejects(pool.all("SELECT 1", []), could);
});
