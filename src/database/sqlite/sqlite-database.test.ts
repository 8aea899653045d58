import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract";
import { type Connection, ConstraintError } from "../driver.ts";
import { lowestSqliteVersion, SqliteConnection, versionProblem } from "./connection.ts";
import { DatabaseRefusedError } from "./errors.ts";
import { openSqlite, type SqliteDatabase, type SqliteOptions } from "./sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "chassis-test-"));
  cleanup.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function open(options: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  const database = await openSqlite({ path: ":memory:", ...options });
  cleanup.push(() => database.close());
  return database;
}

async function withTable(options: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  const database = await open(options);
  await write(database, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER) STRICT");
  return database;
}

function write(
  database: SqliteDatabase,
  sql: string,
  parameters: readonly (string | number | bigint | null)[] = [],
): Promise<number> {
  return database.transaction((connection) => connection.run(sql, parameters));
}

const appError = (name: string) => (error: unknown) => error instanceof AppError && error.error === name;
const names = async (database: Connection): Promise<unknown[]> =>
  (await database.all("SELECT name FROM t ORDER BY id", [])).flat();

test("reads see what is committed and nothing of an open transaction, and do not wait for it", async () => {
  const database = await withTable();
  await database.transaction(async (connection) => {
    assert.equal(await connection.run("INSERT INTO t(name) VALUES ('a'), ('b')", []), 2);
    assert.deepEqual(await names(connection), ["a", "b"]);
    assert.deepEqual(await names(database), []);
    assert.equal(await database.get("SELECT name FROM t", []), undefined);
  });
  assert.deepEqual(await names(database), ["a", "b"]);
});

test("a write outside a transaction is refused", async () => {
  const database = await withTable();
  await assert.rejects(database.run("INSERT INTO t(name) VALUES ('a')", []), /readonly/);
});

test("work that rejects, and work that asks for it, is rolled back", async () => {
  const database = await withTable();
  const failure = new Error("no");
  await assert.rejects(
    database.transaction(async (connection) => {
      await connection.run("INSERT INTO t(name) VALUES ('a')", []);
      throw failure;
    }),
    failure,
  );
  const result = await database.transaction(
    (connection) => connection.get("INSERT INTO t(name) VALUES ('b') RETURNING name", []),
    { rollback: true },
  );
  assert.deepEqual(result, ["b"]);
  assert.deepEqual(await names(database), []);
});

test("transactions take turns in the order in which they were asked for", async () => {
  const database = await withTable();
  const work = (name: string) => async (connection: Connection) => {
    await sleep(name === "a" ? 10 : 0);
    await connection.run("INSERT INTO t(name) VALUES (?)", [name]);
  };
  await Promise.all(["a", "b", "c"].map((name) => database.transaction(work(name))));
  assert.deepEqual(await names(database), ["a", "b", "c"]);
});

test("a transaction over its time limit is rolled back at once, its connection refuses, and the next one runs", async () => {
  const database = await withTable({ transactionTimeLimit: 30 });
  const later = Promise.withResolvers<unknown>();
  const slow = database.transaction(async (connection) => {
    await connection.run("INSERT INTO t(name) VALUES ('slow')", []);
    await sleep(80);
    await connection.run("INSERT INTO t(name) VALUES ('late')", []).catch(later.resolve);
  });
  const next = write(database, "INSERT INTO t(name) VALUES ('next')");
  await assert.rejects(slow, appError("timeout"));
  await next;
  assert.ok(appError("timeout")(await later.promise));
  assert.deepEqual(await names(database), ["next"]);
});

test("an aborted transaction is rolled back: while it waits, while it runs, before it began", async () => {
  const database = await withTable();
  const reason = new Error("the caller left");
  const running = new AbortController();
  const first = database.transaction(
    async (connection) => {
      await connection.run("INSERT INTO t(name) VALUES ('a')", []);
      await sleep(20);
      await connection.run("INSERT INTO t(name) VALUES ('b')", []);
    },
    { signal: running.signal },
  );
  const waiting = new AbortController();
  const second = database.transaction((connection) => connection.run("INSERT INTO t(name) VALUES ('c')", []), {
    signal: waiting.signal,
  });
  waiting.abort(reason);
  await assert.rejects(second, reason);
  running.abort(reason);
  await assert.rejects(first, reason);
  await assert.rejects(
    database.transaction(async () => 1, { signal: running.signal }),
    reason,
  );
  await sleep(30);
  assert.deepEqual(await names(database), []);
  await write(database, "INSERT INTO t(name) VALUES ('d')");
});

test("a connection that is kept after its transaction refuses", async () => {
  const database = await withTable();
  const kept = await database.transaction(async (connection) => connection);
  await assert.rejects(kept.run("INSERT INTO t(name) VALUES ('a')", []), /is over/);
  await database.transaction(async () => {
    await assert.rejects(kept.all("SELECT 1", []), /is over/);
  });
});

test("work that ends the transaction itself fails, and nothing after it is written", async () => {
  const database = await withTable();
  for (const statement of ["COMMIT", "ROLLBACK"]) {
    const work = database.transaction(async (connection) => {
      await connection.run(statement, []);
      await connection.run("INSERT INTO t(name) VALUES ('a')", []);
    });
    await assert.rejects(work, /may not run COMMIT or ROLLBACK/);
  }
  const swallowed = database.transaction(async (connection) => {
    await connection.run("ROLLBACK", []).catch(() => {});
    await connection.run("INSERT INTO t(name) VALUES ('a')", []).catch(() => {});
  });
  await assert.rejects(swallowed, /may not run COMMIT or ROLLBACK/);
  assert.deepEqual(await names(database), []);
});

test("a transaction that SQLite rolled back by itself takes nothing more, even when the work swallows the error", async () => {
  const database = await withTable();
  const work = database.transaction(async (connection) => {
    await connection.run("INSERT INTO t(id, name) VALUES (1, 'a')", []);
    await connection.run("INSERT OR ROLLBACK INTO t(id, name) VALUES (1, 'b')", []).catch(() => {});
    await connection.run("INSERT INTO t(name) VALUES ('c')", []).catch(() => {});
  });
  await assert.rejects(work, ConstraintError);
  assert.deepEqual(await names(database), []);
});

test("a statement that failed leaves the rest of its transaction standing", async () => {
  const database = await withTable();
  await database.transaction(async (connection) => {
    await connection.run("INSERT INTO t(id, name) VALUES (1, 'a')", []);
    await assert.rejects(connection.run("INSERT INTO t(id, name) VALUES (1, 'b')", []), ConstraintError);
    await connection.run("INSERT INTO t(name) VALUES ('c')", []);
  });
  assert.deepEqual(await names(database), ["a", "c"]);
});

test("integers past 2^53 come as bigint, others as numbers, and a write that returns one is not run twice", async () => {
  const database = await withTable();
  const insert = "INSERT INTO t(n) VALUES (?) RETURNING n, id";
  const big = 9007199254740993n;
  assert.deepEqual(await database.transaction((connection) => connection.get(insert, [big])), [big, 1]);
  assert.deepEqual(await database.transaction((connection) => connection.all(insert, [7])), [[7, 2]]);
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await database.all("SELECT n, id FROM t ORDER BY id", []), [
      [big, 1],
      [7, 2],
    ]);
    assert.deepEqual(await database.get("SELECT n, -n, 9007199254740991, 0.5 FROM t WHERE id = ?", [1]), [
      big,
      -big,
      9007199254740991,
      0.5,
    ]);
  }
});

test("what SQLite says becomes a constraint that was broken, or an expected error", async () => {
  const database = await open();
  const definitions = [
    "CREATE TABLE p (id TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER, CONSTRAINT p_b_max CHECK (b < 9), UNIQUE (a, b)) STRICT",
    "CREATE TABLE c (id INTEGER PRIMARY KEY, p TEXT NOT NULL REFERENCES p(id) ON DELETE RESTRICT) STRICT",
    "INSERT INTO p VALUES ('x', 'a', 1)",
    "INSERT INTO c VALUES (1, 'x')",
  ];
  for (const sql of definitions) await write(database, sql);
  const cases: readonly [string, Partial<ConstraintError>][] = [
    ["INSERT INTO p VALUES ('x', 'b', 1)", { constraint: "unique", table: "p", columns: ["id"] }],
    ["INSERT INTO p VALUES ('y', 'a', 1)", { constraint: "unique", table: "p", columns: ["a", "b"] }],
    ["INSERT INTO c VALUES (1, 'x')", { constraint: "unique", table: "c", columns: ["id"] }],
    ["INSERT INTO p VALUES ('y', 'a', 9)", { constraint: "check", constraintName: "p_b_max" }],
    ["INSERT INTO c VALUES (2, 'nowhere')", { constraint: "foreignKey", referenced: false }],
    ["DELETE FROM p", { constraint: "foreignKey", referenced: true }],
    ["INSERT INTO c VALUES (2, NULL)", { constraint: "notNull", table: "c", columns: ["p"] }],
    ["INSERT INTO p VALUES ('y', x'00', 1)", { constraint: "datatype", table: "p", columns: ["a"] }],
    ["INSERT INTO c VALUES ('x', 'x')", { constraint: "datatype" }],
  ];
  for (const [sql, expected] of cases) {
    await assert.rejects(write(database, sql), (error) => {
      assert.ok(error instanceof ConstraintError, `${sql}: ${String(error)}`);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(error[key as keyof ConstraintError], value, `${sql}: ${key}`);
      return true;
    });
  }
  await assert.rejects(
    database.get("SELECT sum(9223372036854775807) FROM (SELECT 1 UNION ALL SELECT 2)", []),
    appError("numberOutOfRange"),
  );
  await assert.rejects(
    database.get("SELECT nope", []),
    (error) => !(error instanceof AppError) && /no such column/.test(String(error)),
  );
});

test("a lock that another program holds answers unavailable, with a time to come back", async () => {
  const path = join(folder(), "a.db");
  const database = await withTable({ path, busyTimeout: 1 });
  const other = new DatabaseSync(path);
  cleanup.push(() => other.close());
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(
    write(database, "DELETE FROM t"),
    (error) => appError("unavailable")(error) && (error as AppError).headers["Retry-After"] === "1",
  );
  other.exec("ROLLBACK");
  await write(database, "DELETE FROM t");
});

test("a full disk is said, and the transaction is gone whole", async () => {
  const connection = new SqliteConnection({
    path: ":memory:",
    readOnly: false,
    busyTimeout: 0,
    maxStatements: 10,
    pragmas: ["max_page_count = 10"],
  });
  cleanup.push(() => connection.close());
  connection.run("CREATE TABLE t (a)", []);
  assert.throws(() => connection.run("INSERT INTO t VALUES (zeroblob(1000000))", []), appError("storageFull"));
});

test("close lets what was asked for finish, refuses what comes after, and leaves one checkpointed file", async () => {
  const path = join(folder(), "a.db");
  const database = await withTable({ path });
  await write(database, "CREATE TABLE _chassis (name TEXT PRIMARY KEY, value TEXT)");
  const running = database.transaction(async (connection) => {
    await sleep(10);
    await connection.run("INSERT INTO t(name) VALUES ('a')", []);
  });
  const waiting = write(database, "INSERT INTO t(name) VALUES ('b')");
  const closing = database.close();
  await assert.rejects(write(database, "INSERT INTO t(name) VALUES ('c')"), appError("unavailable"));
  await assert.rejects(database.get("SELECT 1", []), appError("unavailable"));
  await Promise.all([running, waiting, closing, database.close()]);
  assert.deepEqual(readdirSync(dirname(path)).sort(), ["a.db", "a.db-lock"]);
  const again = await open({ path });
  assert.deepEqual(await names(again), ["a", "b"]);
});

test("a database in memory leaves nothing behind, and no timer runs on after a transaction", async () => {
  const database = await withTable();
  assert.ok(existsSync(database.path));
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await write(database, "INSERT INTO t(name) VALUES ('a')");
  await assert.rejects(write(database, "nonsense"));
  assert.equal(timers(), before);
  await database.close();
  assert.equal(existsSync(dirname(database.path)), false);
});

test("a file that is no database, or another application's, is refused and not touched", async () => {
  const path = join(folder(), "notes.txt");
  const text = "These are my notes.\n".repeat(500);
  writeFileSync(path, text);
  await assert.rejects(
    open({ path }),
    (error) => error instanceof DatabaseRefusedError && /not a SQLite database/.test(error.message),
  );
  assert.equal(readFileSync(path, "utf8"), text);

  const foreign = join(folder(), "foreign.db");
  const other = new DatabaseSync(foreign);
  other.exec("CREATE TABLE invoices (a); CREATE TABLE orders (a)");
  other.close();
  const bytes = readFileSync(foreign);
  await assert.rejects(
    open({ path: foreign }),
    (error) => error instanceof DatabaseRefusedError && /another application.*invoices, orders/.test(error.message),
  );
  assert.deepEqual(readFileSync(foreign), bytes);
  await assert.rejects(
    open({ path: join(folder(), "no", "such.db") }),
    (error) => error instanceof DatabaseRefusedError && /folder/.test(error.message),
  );
});

test("an SQLite that can lose commits is refused", () => {
  for (const version of ["3.51.2", "3.50.4", "3.7.0", "0"])
    assert.match(versionProblem(version) ?? "", new RegExp(`SQLite ${version}.*${lowestSqliteVersion}`));
  for (const version of [lowestSqliteVersion, "3.53.4", "3.100.0", "4.0.0"]) assert.equal(versionProblem(version), undefined);
});

test("each connection keeps a bounded number of statements, and forgets the one unused for longest", () => {
  const connection = new SqliteConnection({ path: ":memory:", readOnly: false, busyTimeout: 0, maxStatements: 3, pragmas: [] });
  cleanup.push(() => connection.close());
  for (let number = 0; number < 20; number++) {
    assert.deepEqual(connection.get(`SELECT ${number}`, []), [number]);
    assert.deepEqual(connection.get("SELECT 'kept'", []), ["kept"]);
  }
  assert.equal(connection.cachedStatements, 3);
});

test("the file is in WAL mode, synced by us, with foreign keys and the defences on", async () => {
  const database = await withTable({ path: join(folder(), "a.db") });
  await database.transaction(async (connection) => {
    const settings = {
      journal_mode: "wal",
      synchronous: 1,
      wal_autocheckpoint: 0,
      foreign_keys: 1,
      recursive_triggers: 1,
      temp_store: 2,
    };
    for (const [name, value] of Object.entries(settings))
      assert.deepEqual(await connection.get(`PRAGMA ${name}`, []), [value], name);
    for (const pragma of [
      "PRAGMA ignore_check_constraints = ON",
      "/* x */ pragma writable_schema(1)",
      "-- x\nPRAGMA main.synchronous=OFF",
    ]) {
      await assert.rejects(connection.get(pragma, []), /may read a PRAGMA and not set one/);
    }
    await assert.rejects(connection.run("UPDATE sqlite_schema SET sql = ''", []), /may not be modified/);
    await assert.rejects(connection.get(`SELECT "nosuchcolumn" FROM t`, []), /no such column/);
  });
  await assert.rejects(database.run("ATTACH ':memory:' AS other", []), /too many attached databases/);
});
