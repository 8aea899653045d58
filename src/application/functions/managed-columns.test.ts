import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { createIdSource } from "#base";
import { openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import { defineSchema } from "../schema/define-schema.ts";
import { bool, decimal, enums, integer, ref, text } from "../schema/fields.ts";
import type { KyselyDatabase } from "../schema/types.ts";
import { fillManagedColumns } from "./managed-columns.ts";
import { openSql } from "./open-sql.ts";

const schema = defineSchema({
  users: { name: text() },
  notes: {
    author: ref("users").optional(),
    title: text().unique(),
    status: enums("draft", "live").default("draft"),
    price: decimal(6, 2).default("1.50"),
    open: bool().default(true),
    size: integer().optional(),
  },
});

let now = Date.UTC(2026, 0, 1);
const clock = { now: () => now, monotonic: () => now };
const source = { model: schema.model, clock, ids: createIdSource(clock) };
let database: SqliteDatabase;

before(async () => {
  database = await openSqlite({ path: ":memory:", clock });
  await prepareDatabase(database, schema.model, clock);
});
after(() => database.close());

/** Runs within a transaction that leaves nothing behind. */
function within<T>(work: (db: Kysely<KyselyDatabase<typeof schema>>) => Promise<T>): Promise<T> {
  return database.transaction(
    (connection) =>
      work(openSql({ connection, writes: true }, [fillManagedColumns(source)]) as Kysely<KyselyDatabase<typeof schema>>),
    { rollback: true },
  );
}

const first = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:00:01.000Z";

test("a new row gets what it leaves out", async () => {
  const row = await within((db) => db.insertInto("notes").values({ title: "a" }).returningAll().executeTakeFirstOrThrow());
  const { id, ...rest } = row;
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(rest, {
    author: null,
    title: "a",
    status: "draft",
    price: 150,
    open: 1,
    size: null,
    created: first,
    updated: first,
    version: 1,
  });
});

test("what a row says itself stays", async () => {
  const given = { id: "0190a0b0-0000-7000-8000-000000000000", title: "a", created: "2020-01-01T00:00:00.000Z", version: 7 };
  const row = await within((db) =>
    db.insertInto("notes").values(given).returning(["id", "created", "version", "updated"]).execute(),
  );
  assert.deepEqual(row, [{ id: given.id, created: given.created, version: 7, updated: first }]);
});

test("in a list, what one row leaves out is its default and not null", async () => {
  const rows = await within((db) =>
    db
      .insertInto("notes")
      .values([
        { title: "a", status: "live", size: 3 },
        { title: "b", price: 0 },
      ])
      .returning(["title", "status", "size", "price"])
      .execute(),
  );
  assert.deepEqual(rows, [
    { title: "a", status: "live", size: 3, price: 150 },
    { title: "b", status: "draft", size: null, price: 0 },
  ]);
});

test("rows of one insert have ids of their own", async () => {
  const rows = await within((db) =>
    db
      .insertInto("notes")
      .values([{ title: "a" }, { title: "b" }])
      .returning("id")
      .execute(),
  );
  assert.equal(new Set(rows.map(({ id }) => id)).size, 2);
});

test("an insert from a query that leaves columns out says which", async () => {
  await assert.rejects(
    within((db) => db.insertInto("notes").columns(["title"]).expression(db.selectFrom("users").select("name")).execute()),
    /An insert into 'notes' from a query gives every column itself; it leaves out id, .*created, updated, version/,
  );
});

const updates: readonly (readonly [title: string, run: (db: Kysely<KyselyDatabase<typeof schema>>) => Promise<unknown>])[] = [
  ["an object", (db) => db.updateTable("notes").set({ size: 1 }).execute()],
  ["a column and a value", (db) => db.updateTable("notes").set("size", 1).execute()],
  ["an alias", (db) => db.updateTable("notes as n").set({ size: 1 }).where("n.title", "=", "a").execute()],
  [
    "another table beside it",
    (db) => db.updateTable("notes").from("users").set({ size: 1 }).whereRef("users.id", "=", "notes.author").execute(),
  ],
  [
    "an insert that finds its row",
    (db) =>
      db
        .insertInto("notes")
        .values({ title: "a" })
        .onConflict((conflict) => conflict.column("title").doUpdateSet({ size: 1 }))
        .execute(),
  ],
];
for (const [title, run] of updates) {
  test(`a change by ${title} is a new version`, async () => {
    now = Date.UTC(2026, 0, 1);
    const rows = await within(async (db) => {
      const { id } = await db.insertInto("users").values({ name: "u" }).returning("id").executeTakeFirstOrThrow();
      await db.insertInto("notes").values({ title: "a", author: id }).execute();
      now += 1000;
      await run(db);
      return db.selectFrom("notes").select(["size", "created", "updated", "version"]).execute();
    });
    assert.deepEqual(rows, [{ size: 1, created: first, updated: later, version: 2 }]);
  });
}

test("a change that sets the version itself keeps it, and raw SQL is left as it is", async () => {
  now = Date.UTC(2026, 0, 1);
  const rows = await within(async (db) => {
    await db.insertInto("notes").values({ title: "a" }).execute();
    await db.updateTable("notes").set({ version: 9 }).execute();
    await sql`update notes set size = 4`.execute(db);
    return db.selectFrom("notes").select(["size", "version"]).execute();
  });
  assert.deepEqual(rows, [{ size: 4, version: 9 }]);
});
