import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { AppError } from "#contract";
import type { BeforeCommitListener, Connection } from "../driver.ts";
import { modelFixture, tableFixture } from "../model/model-fixtures.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase, type SqliteOptions } from "../sqlite/sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const id = { kind: "integer", nullable: false, default: { type: "rowNumber" }, immutable: true } as const;
const model = modelFixture(
  tableFixture("cities", { id, name: { kind: "text" } }),
  tableFixture("streets", { id, name: { kind: "text" } }),
  tableFixture("lines", { id, text: { kind: "text" } }),
);

async function open(options: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  const database = await openSqlite({ path: ":memory:", ...options });
  cleanup.push(() => database.close());
  await prepareDatabase(database, model);
  return database;
}

const run = (database: SqliteDatabase, sql: string): Promise<number> =>
  database.transaction((connection) => connection.run(sql, []));

const lines = async (database: SqliteDatabase): Promise<readonly unknown[]> =>
  (await database.all("SELECT text FROM lines ORDER BY id", [])).map(([text]) => text);

/** Writes a line for each change. */
function scribe(name: string, ...tables: readonly string[]): BeforeCommitListener {
  return {
    tables,
    async beforeCommit(changes, connection, { author }) {
      for (const { table, type, key } of changes)
        await connection.run("INSERT INTO lines (text) VALUES (?)", [`${name}: ${table} ${type} ${key} by ${author.id}`]);
    },
  };
}

for (const listening of [false, true])
  test(`a listener hears of its tables alone, and what it writes is committed with them${listening ? " and is in the feed" : ""}`, async () => {
    const database = await open();
    const subscription = listening ? await database.feed.subscribe() : undefined;
    const remove = database.onBeforeCommit(scribe("one", "cities", "nowhere"));
    database.onBeforeCommit(scribe("two", "cities", "streets", "lines"));
    await run(database, "INSERT INTO cities (id, name) VALUES (1, 'Delft')");
    await database.transaction(
      async (connection) => {
        await connection.run("UPDATE cities SET name = 'Leiden'", []);
        await connection.run("INSERT INTO streets (id, name) VALUES (5, 'Breestraat')", []);
      },
      { author: { id: 7, system: false } },
    );
    remove();
    await run(database, "DELETE FROM cities");
    const told = [
      "one: cities insert 1 by null",
      "two: cities insert 1 by null",
      "one: cities update 1 by 7",
      "two: cities update 1 by 7",
      "two: streets insert 5 by 7",
      "two: cities delete 1 by null",
    ];
    assert.deepEqual(await lines(database), told);
    if (subscription === undefined) return;
    const inFeed: unknown[] = [];
    let entries = 0;
    for await (const { changes } of subscription) {
      inFeed.push(...changes.filter(({ table }) => table === "lines").map(({ after }) => after?.text));
      if (++entries === 3) break;
    }
    assert.deepEqual(inFeed, told);
  });

test("what a listener throws undoes the transaction and is what it throws; later listeners are not asked", async () => {
  const database = await open();
  database.onBeforeCommit(scribe("one", "cities"));
  database.onBeforeCommit({ tables: ["cities"], beforeCommit: () => Promise.reject(new AppError("forbidden")) });
  database.onBeforeCommit({ tables: ["cities"], beforeCommit: () => assert.fail("never") });
  await assert.rejects(
    run(database, "INSERT INTO cities (name) VALUES ('Delft')"),
    (error) => error instanceof AppError && error.error === "forbidden",
  );
  assert.deepEqual(await database.all("SELECT * FROM cities", []), []);
  assert.deepEqual(await lines(database), []);
});

test("a listener that takes too long ends the transaction at its time limit", async () => {
  const database = await open({ transactionTimeLimit: 30 });
  let late: Connection | undefined;
  database.onBeforeCommit({
    tables: ["cities"],
    beforeCommit: (_, connection) => {
      late = connection;
      return new Promise(() => {});
    },
  });
  await assert.rejects(
    run(database, "INSERT INTO cities (name) VALUES ('Delft')"),
    (error) => error instanceof AppError && error.error === "timeout",
  );
  assert.deepEqual(await database.all("SELECT * FROM cities", []), []);
  await assert.rejects(late?.run("INSERT INTO lines (text) VALUES ('late')", []) ?? Promise.resolve(), AppError);
});

test("the work's own connection is refused once listeners are asked: nothing goes into the commit unseen", async () => {
  const database = await open();
  let own: Connection | undefined;
  database.onBeforeCommit({
    tables: ["cities"],
    beforeCommit: async () => {
      await assert.rejects(own?.run("INSERT INTO cities (name) VALUES ('unseen')", []) ?? Promise.resolve(), /over/);
    },
  });
  await database.transaction(async (connection) => {
    own = connection;
    await connection.run("INSERT INTO cities (name) VALUES ('seen')", []);
  });
  assert.deepEqual(await database.all("SELECT name FROM cities", []), [["seen"]]);
});

test("listeners are not asked of dry runs, of what changes nothing, nor of other tables", async () => {
  const database = await open();
  database.onBeforeCommit({ tables: ["cities"], beforeCommit: () => assert.fail("never") });
  await database.transaction((connection) => connection.run("INSERT INTO cities (name) VALUES ('dry')", []), { rollback: true });
  await run(database, "INSERT INTO streets (name) VALUES ('Breestraat')");
  await database.transaction(async (connection) => {
    await connection.run("INSERT INTO cities (id, name) VALUES (3, 'brief')", []);
    await connection.run("DELETE FROM cities WHERE id = 3", []);
  });
});

test("of transactions that share a commit each is told by itself, and one that is refused undoes no other", async () => {
  const database = await open();
  database.onBeforeCommit({
    tables: ["cities"],
    async beforeCommit(changes, connection) {
      assert.equal(changes.length, 1);
      if (changes[0]?.after?.name === "bad") throw new AppError("forbidden");
      const [count] = (await connection.get("SELECT count(*) FROM lines", [])) ?? [];
      await connection.run("INSERT INTO lines (text) VALUES (?)", [String(count)]);
    },
  });
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      database.transaction(
        (connection) => connection.run("INSERT INTO cities (name) VALUES (?)", [index % 4 === 3 ? "bad" : `city ${index}`]),
        { brief: true },
      ),
    ),
  );
  assert.equal(results.filter(({ status }) => status === "rejected").length, 10);
  assert.deepEqual(
    await lines(database),
    Array.from({ length: 30 }, (_, index) => `${index}`),
  );
  assert.deepEqual(await database.get("SELECT count(*), count(*) FILTER (WHERE name = 'bad') FROM cities", []), [30, 0]);
});
