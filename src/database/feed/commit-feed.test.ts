import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type Stored } from "#contract";
import type { Connection } from "../driver.ts";
import { modelFixture, referenceTo, tableFixture } from "../model/model-fixtures.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase, type SqliteOptions } from "../sqlite/sqlite-database.ts";
import type { FeedSubscription } from "./feed.ts";
import type { RowChange } from "./row-change.ts";
import { take } from "./take-entries.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const id = { kind: "integer", nullable: false, default: { type: "rowNumber" }, immutable: true } as const;
const model = modelFixture(
  tableFixture("cities", { id, name: { kind: "text", searchable: true }, size: { kind: "integer" } }),
  tableFixture("streets", { id, city: { kind: "integer", reference: referenceTo("streets", "city", "cities", "cascade") } }),
  tableFixture("notes", { text: { kind: "text" } }),
);
const narrow = modelFixture(tableFixture("cities", { id, name: { kind: "text" }, size: { kind: "integer" } }));

async function open(options: Partial<SqliteOptions> = {}, tables = model): Promise<SqliteDatabase> {
  const database = await openSqlite({ path: ":memory:", ...options });
  cleanup.push(() => database.close());
  await prepareDatabase(database, tables);
  return database;
}

const run = (database: SqliteDatabase, sql: string, ...parameters: Stored[]): Promise<number> =>
  database.transaction((connection) => connection.run(sql, parameters));

async function listen(database: SqliteDatabase, tables?: readonly string[]): Promise<FeedSubscription> {
  return database.feed.subscribe(tables === undefined ? {} : { tables });
}

const gone = (error: unknown): boolean => error instanceof AppError && error.error === "feedGone" && error.status === 410;

function short({ table, type, key, before, after }: RowChange): readonly unknown[] {
  return [table, type, key, before?.name ?? null, after?.name ?? null];
}

for (const tables of [model, narrow])
  test(`with ${tables.tables.size} tables an entry has every row that a transaction changed, whole, before and after`, async () => {
    const clock = { now: () => Date.UTC(2026, 10, 25, 12), monotonic: () => 0 };
    const database = await open({ clock }, tables);
    await run(database, "INSERT INTO cities (id, name, size) VALUES (1, 'Delft', 100), (2, 'Leiden', 2)");
    const subscription = await listen(database);
    await database.transaction(
      async (connection) => {
        await connection.run("UPDATE cities SET size = 101 WHERE id = 1", []);
        await connection.run("DELETE FROM cities WHERE id = 2", []);
        await connection.run("INSERT INTO cities (id, name, size) VALUES (9007199254740991, 'Ålesund', NULL)", []);
        await connection.run("INSERT INTO cities (id, name) VALUES (4, 'brief')", []);
        await connection.run("DELETE FROM cities WHERE id = 4", []);
      },
      { author: { id: "anna", system: false, requestId: "r1" } },
    );
    const [entry] = await take(subscription, 1);
    assert.deepEqual(entry?.author, { id: "anna", system: false, requestId: "r1" });
    assert.equal(entry?.moment, "2026-11-25T12:00:00.000Z");
    const changes = new Map(entry?.changes.map((change) => [String(change.key), change]));
    assert.deepEqual(changes.get("1"), {
      table: "cities",
      type: "update",
      key: 1,
      before: { id: 1, name: "Delft", size: 100 },
      after: { id: 1, name: "Delft", size: 101 },
    });
    assert.deepEqual(changes.get("2"), {
      table: "cities",
      type: "delete",
      key: 2,
      before: { id: 2, name: "Leiden", size: 2 },
      after: undefined,
    });
    assert.deepEqual(changes.get("9007199254740991"), {
      table: "cities",
      type: "insert",
      key: 9007199254740991,
      before: undefined,
      after: { id: 9007199254740991, name: "Ålesund", size: null },
    });
    assert.equal(changes.size, 3);
  });

test("what cascades and triggers do is in the feed, and of other tables than the model's nothing", async () => {
  const database = await open();
  await run(database, "CREATE TABLE _chassis_other (id INTEGER PRIMARY KEY, a TEXT) STRICT");
  await run(
    database,
    "CREATE TRIGGER note AFTER DELETE ON streets BEGIN INSERT INTO notes (id, text) VALUES (lower(hex(randomblob(4))) || '-0000-7000-8000-000000000000', 'gone'); END",
  );
  await run(database, "INSERT INTO cities (id, name) VALUES (1, 'Delft')");
  await run(database, "INSERT INTO streets (id, city) VALUES (1, 1), (2, 1)");
  const subscription = await listen(database);
  await run(database, "INSERT INTO _chassis_other (a) VALUES ('x')");
  await run(database, "DELETE FROM cities");
  const [entry] = await take(subscription, 1);
  const seen = entry?.changes.map(({ table, type }) => `${table} ${type}`).sort();
  assert.deepEqual(seen, ["cities delete", "notes insert", "notes insert", "streets delete", "streets delete"]);
});

test("a statement that was prepared while nobody listened is heard of all the same", async () => {
  const database = await open({}, narrow);
  await run(database, "DELETE FROM cities");
  await run(database, "INSERT INTO cities (id, name) VALUES (1, 'Delft'), (2, 'Leiden')");
  const subscription = await listen(database);
  await run(database, "DELETE FROM cities");
  assert.equal((await take(subscription, 1))[0]?.changes.length, 2);
});

test("nothing comes of what is undone: rollback, dry run, savepoint, statement that fails, work put back as it was", async () => {
  const database = await open();
  await run(database, "INSERT INTO cities (id, name) VALUES (1, 'Delft')");
  const subscription = await listen(database);
  await assert.rejects(
    database.transaction(async (connection) => {
      await connection.run("INSERT INTO cities (name) VALUES ('thrown')", []);
      throw new Error("no");
    }),
  );
  await database.transaction((connection) => connection.run("INSERT INTO cities (name) VALUES ('dry')", []), { rollback: true });
  await database.transaction(async (connection) => {
    await connection.run("UPDATE cities SET name = 'x'", []);
    await connection.run("UPDATE cities SET name = 'Delft'", []);
  });
  await database.transaction(async (connection) => {
    await connection.run("INSERT INTO cities (id, name) VALUES (2, 'kept')", []);
    await connection.run("SAVEPOINT a", []);
    await connection.run("INSERT INTO cities (id, name) VALUES (3, 'undone')", []);
    await connection.run("UPDATE cities SET name = 'undone' WHERE id = 2", []);
    await connection.run("ROLLBACK TO a", []);
    await connection.run("RELEASE a", []);
    // Its first row is undone with its second.
    await assert.rejects(connection.run("INSERT INTO cities (id, name) VALUES (5, 'five'), (1, 'taken')", []));
  });
  const [entry] = await take(subscription, 1);
  assert.deepEqual(entry?.changes.map(short), [["cities", "insert", 2, null, "kept"]]);
});

for (const brief of [false, true])
  test(`a transaction whose COMMIT fails is not in the feed, ${brief ? "nor are those that shared it, " : ""}and the next one is`, async () => {
    const database = await open();
    // A reference that is looked at by COMMIT itself.
    await database.transaction(
      (connection) => connection.run("CREATE TABLE late (city INTEGER REFERENCES cities (id) DEFERRABLE INITIALLY DEFERRED)", []),
      { unrecorded: true },
    );
    const listening = await listen(database);
    const write = (sql: string, isBroken: boolean): Promise<number> =>
      database.transaction(
        async (connection) => {
          if (isBroken) await connection.run("INSERT INTO late VALUES (77)", []);
          return connection.run(sql, []);
        },
        { brief },
      );
    const results = await Promise.allSettled([
      write("INSERT INTO cities (id, name) VALUES (3, 'broken')", true),
      ...(brief ? [write("INSERT INTO cities (id, name) VALUES (1, 'shared')", false)] : []),
    ]);
    assert.match(String(results[0]?.status === "rejected" && results[0].reason), /ConstraintError/);
    const kept = (await database.all("SELECT name FROM cities", [])).flat();
    assert.ok(!kept.includes("broken"));
    assert.equal(results[1]?.status === "fulfilled", kept.includes("shared"));
    await write("INSERT INTO cities (id, name) VALUES (2, 'next')", false);
    const entries = await take(listening, kept.length + 1);
    assert.deepEqual(
      entries.map(({ changes }) => changes.map(short)),
      [...kept.map((name) => [["cities", "insert", 1, null, name]]), [["cities", "insert", 2, null, "next"]]],
    );
  });

for (const brief of [false, true])
  test(`many transactions at once ${brief ? "that share commits " : ""}come in the order of their commits, without a gap`, async () => {
    const database = await open();
    await run(database, "INSERT INTO cities (id, name, size) VALUES (1, 'counter', 0)");
    const subscriptions = [await listen(database), await listen(database)];
    const total = 300;
    const all = Promise.all(
      Array.from({ length: total }, async (_, index) => {
        await sleep(index % 7);
        await database
          .transaction(
            async (connection) => {
              const [row] = await connection.all("UPDATE cities SET size = size + 1 WHERE id = 1 RETURNING size", []);
              if (!brief && index % 3 === 0) await sleep(0);
              if (index % 10 === 0) throw new Error("rolled back");
              return row;
            },
            { brief },
          )
          .catch(() => undefined);
      }),
    );
    const kept = total - total / 10;
    for (const entries of await Promise.all(subscriptions.map((subscription) => take(subscription, kept)))) {
      const first = entries[0]?.sequence ?? 0;
      assert.deepEqual(
        entries.map(({ sequence }) => sequence),
        entries.map((_, index) => first + index),
      );
      assert.deepEqual(
        entries.map(({ changes }) => changes[0]?.after?.size),
        entries.map((_, index) => index + 1),
      );
    }
    await all;
  });

test("who subscribes while a transaction is open waits for it, and then misses nothing", async () => {
  const database = await open();
  const go = Promise.withResolvers<void>();
  const under = database.transaction(async (connection) => {
    await connection.run("INSERT INTO cities (id, name) VALUES (1, 'before')", []);
    await go.promise;
  });
  const subscribing = listen(database);
  const after = run(database, "INSERT INTO cities (id, name) VALUES (2, 'after')");
  await sleep(5);
  go.resolve();
  await under;
  const subscription = await subscribing;
  const seen = new Set((await database.all("SELECT name FROM cities", [])).map(([name]) => name));
  await after;
  for (const change of (await take(subscription, seen.size === 2 ? 0 : 1)).flatMap(({ changes }) => changes))
    seen.add(change.after?.name ?? null);
  assert.deepEqual(seen, new Set(["before", "after"]));
});

test("a consumer goes on after a position, past entries that are nothing to it", async () => {
  const database = await open();
  const first = await listen(database, ["notes"]);
  await run(database, "INSERT INTO notes (id, text) VALUES ('0190f3c1-7b2a-7c3d-8e4f-000000000001', 'a')");
  const [entry] = await take(first, 1);
  assert.equal(entry?.changes[0]?.table, "notes");
  const position = first.position;
  await run(database, "INSERT INTO cities (id, name) VALUES (1, 'Delft')");
  await run(database, "INSERT INTO cities (id, name) VALUES (2, 'Leiden')");
  const again = await database.feed.subscribe({ after: position });
  assert.equal(again.position, position);
  assert.deepEqual(
    (await take(again, 2)).map(({ changes }) => changes[0]?.after?.name),
    ["Delft", "Leiden"],
  );
  // One that waits moves on although nothing comes.
  const filtered = await database.feed.subscribe({ after: position, tables: ["notes"] });
  const waiting = take(filtered, 1);
  await run(database, "INSERT INTO cities (id, name) VALUES (3, 'Gouda')");
  await sleep(0);
  const latest = await listen(database);
  assert.equal(filtered.position, latest.position);
  filtered.close();
  assert.deepEqual(await waiting, []);
});

test("a position that is not known any more is gone, and one that never was is refused", async () => {
  const database = await open({ feed: { entries: 3 } });
  const subscription = await listen(database);
  const early = subscription.position;
  for (let size = 0; size < 4; size++) await run(database, "INSERT INTO cities (name, size) VALUES ('x', ?)", size);
  await assert.rejects(database.feed.subscribe({ after: early }), gone);
  await assert.rejects(take(subscription, 1), gone);
  const other = await open();
  const foreign = (await listen(other)).position;
  await assert.rejects(database.feed.subscribe({ after: foreign }), gone);
  for (const wrong of ["", "x", "1", `${early}9999`, `${early}.1`, "a.-1", "🚲.1"]) {
    await assert.rejects(
      database.feed.subscribe({ after: wrong }),
      (error) => error instanceof AppError && error.error === "invalidValue",
      wrong,
    );
  }
});

test("what is kept is bounded by bytes too, and a consumer that stands still is told that it is gone", async () => {
  const database = await open({ feed: { bytes: 40_000 } });
  const slow = await listen(database);
  const quick = await listen(database);
  const read = take(quick, 60);
  for (let size = 0; size < 60; size++) await run(database, "INSERT INTO cities (name) VALUES (?)", "x".repeat(1000));
  assert.equal((await read).length, 60);
  await assert.rejects(take(slow, 60), gone);
});

test("changes that are larger than all that is kept are told as a break", async () => {
  const database = await open({ feed: { bytes: 10_000 } });
  const subscription = await listen(database);
  const waiting = take(subscription, 1);
  await run(database, "INSERT INTO cities (name) VALUES (?)", "x".repeat(20_000));
  await assert.rejects(waiting, gone);
  const again = await listen(database);
  await run(database, "INSERT INTO cities (id, name) VALUES (7, 'small')");
  assert.deepEqual((await take(again, 1))[0]?.changes.map(short), [["cities", "insert", 7, null, "small"]]);
});

test("an unrecorded transaction is told to nobody but as a break, and only when it is committed", async () => {
  const database = await open();
  const heard: RowChange[] = [];
  database.onBeforeCommit({ tables: ["cities"], beforeCommit: async (changes) => void heard.push(...changes) });
  const unrecorded = async (connection: Connection): Promise<void> => {
    await connection.run("ALTER TABLE streets RENAME COLUMN city TO town", []);
    await connection.run("INSERT INTO cities (name) VALUES ('x')", []);
  };
  const subscription = await listen(database);
  await database.transaction(unrecorded, { unrecorded: true, rollback: true });
  await assert.rejects(
    database.transaction(
      async (connection) => {
        await unrecorded(connection);
        throw new Error("no");
      },
      { unrecorded: true },
    ),
  );
  await run(database, "INSERT INTO cities (id, name) VALUES (7, 'seen')");
  const iterator = subscription[Symbol.asyncIterator]();
  assert.equal((await iterator.next()).value?.changes.length, 1);
  await database.transaction(unrecorded, { unrecorded: true });
  await assert.rejects(iterator.next(), gone);
  assert.deepEqual(heard.map(short), [["cities", "insert", 7, null, "seen"]]);
});

test("tables that are changed in a transaction are a break for consumers, and refused where a listener must know the rows", async () => {
  const database = await open();
  await run(database, "INSERT INTO cities (name) VALUES ('x')");
  const change = (): Promise<void> =>
    database.transaction(async (connection) => {
      await connection.run("UPDATE cities SET name = 'y'", []);
      await connection.run("DROP TRIGGER cities_search_update", []).catch(() => undefined);
      await connection.run("ALTER TABLE cities RENAME TO towns", []);
    });
  const subscription = await listen(database);
  const waiting = take(subscription, 1);
  const remove = database.onBeforeCommit({ tables: ["cities"], beforeCommit: async () => {} });
  await assert.rejects(change(), /unrecorded/);
  assert.deepEqual(await database.all("SELECT name FROM cities", []), [["x"]]);
  remove();
  await change();
  await assert.rejects(waiting, gone);
});

test("entries are collected while somebody listens and for a while after, and positions end with the collecting", async () => {
  const database = await open({ feed: { linger: 400 } });
  const first = await listen(database);
  const position = first.position;
  first.close();
  await run(database, "INSERT INTO cities (id, name) VALUES (1, 'while lingering')");
  const back = await database.feed.subscribe({ after: position });
  assert.equal((await take(back, 1))[0]?.changes.length, 1);
  const later = back.position;
  await sleep(600);
  await run(database, "INSERT INTO cities (id, name) VALUES (2, 'unheard')");
  await assert.rejects(database.feed.subscribe({ after: later }), gone);
  const fresh = await listen(database);
  await run(database, "INSERT INTO cities (id, name) VALUES (3, 'heard')");
  assert.deepEqual((await take(fresh, 1))[0]?.changes.map(short), [["cities", "insert", 3, null, "heard"]]);
});

test("a subscription ends by its signal, by close, and with the database; it is iterated over once", async () => {
  const database = await open();
  const abort = new AbortController();
  const aborted = take(await database.feed.subscribe({ signal: abort.signal }), 1);
  const closed = await listen(database);
  const ended = take(closed, 1);
  const last = take(await listen(database), 1);
  abort.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  closed.close();
  assert.deepEqual(await ended, []);
  await assert.rejects(take(closed, 1), /once/);
  await assert.rejects(database.feed.subscribe({ signal: abort.signal }), /enough/);
  await database.close();
  assert.deepEqual(await last, []);
  await assert.rejects(database.feed.subscribe(), (error) => error instanceof AppError && error.error === "unavailable");
});

test("who waits while the database is closed is told, and so is who names a table that is not there", async () => {
  const database = await open();
  const go = Promise.withResolvers<void>();
  const under = database.transaction(() => go.promise);
  const closing = database.close();
  // The closing stands in line by now, and nobody will have a turn after it.
  await sleep(20);
  const waiting = assert.rejects(
    database.feed.subscribe(),
    (error) => error instanceof AppError && error.error === "unavailable",
  );
  go.resolve();
  await under;
  await Promise.all([waiting, closing]);
  await assert.rejects((await open()).feed.subscribe({ tables: ["citie"] }), /no table 'citie'; did you mean 'cities'\?/);
});

test("who gives up while waiting for an open transaction is let go at once", async () => {
  const database = await open({ feed: { linger: 1 } });
  const go = Promise.withResolvers<void>();
  const under = database.transaction(() => go.promise);
  const abort = new AbortController();
  const subscribing = database.feed.subscribe({ signal: abort.signal });
  abort.abort(new Error("enough"));
  await assert.rejects(subscribing, /enough/);
  go.resolve();
  await under;
});

test("the moment never goes back, though the clock does", async () => {
  let now = Date.UTC(2026, 0, 2);
  const database = await open({ clock: { now: () => now, monotonic: () => 0 } });
  const subscription = await listen(database);
  await run(database, "INSERT INTO cities (name) VALUES ('a')");
  now -= 60_000;
  await run(database, "INSERT INTO cities (name) VALUES ('b')");
  const moments = (await take(subscription, 2)).map(({ moment }) => moment);
  assert.deepEqual(moments, ["2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.000Z"]);
});
