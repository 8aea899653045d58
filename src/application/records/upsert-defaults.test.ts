import assert from "node:assert/strict";
import { test } from "node:test";
import { defineBackend, defineSchema, enums, everyone, id, ref, table, text } from "chassis";
import { createIdSource, silentLogger, systemClock } from "#base";
import { openSqlite, prepareDatabase, sqliteDialect } from "#database";
import { system } from "../access/caller.ts";
import type { InsertQuery } from "./query.ts";
import { createRecordStore } from "./record-store.ts";

const schema = defineSchema({
  users: { id: id("text") },
  saved: table(
    {
      owner: ref("users").defaultToActor(),
      place: text(),
      list: enums("wishes", "plans").default("wishes"),
      note: text().optional(),
    },
    { unique: [["owner", "place", "list"]] },
  ),
});
const { model, rules } = defineBackend(schema, {
  rules: {
    users: () => ({ read: everyone, write: everyone }),
    saved: ({ row, me }) => ({ read: row.owner.eq(me.id), write: row.owner.eq(me.id) }),
  },
});

test("an upsert finds its row by the values that defaults give", async (t) => {
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: systemClock });
  t.after(() => database.close());
  await prepareDatabase(database, model);
  const store = createRecordStore({
    database,
    dialect: sqliteDialect,
    model,
    rules,
    clock: systemClock,
    ids: createIdSource(systemClock),
  });
  const ann = { id: "ann", roles: [], claims: {} };
  const insert = (table: string, row: Record<string, unknown>, more: Partial<InsertQuery> = {}): InsertQuery => ({
    type: "insert",
    table,
    rows: [row],
    rowForm: "json",
    form: "json",
    values: [],
    missing: "default",
    ...more,
  });
  await store.write(insert("users", { id: "ann" }), system);
  await store.write(insert("saved", { place: "Rome" }), ann);

  const columns = ["owner", "place", "list"];
  const merged = await store.write(
    insert(
      "saved",
      { place: "Rome", note: "in spring" },
      { onConflict: { resolution: "merge", columns }, returning: { items: [] } },
    ),
    ann,
  );
  assert.deepEqual([merged.affected, merged.inserted], [1, 0]);
  assert.match(merged.json ?? "", /in spring/);
  const ignored = await store.write(insert("saved", { place: "Rome" }, { onConflict: { resolution: "ignore", columns } }), ann);
  assert.deepEqual([ignored.affected, ignored.inserted], [0, 0]);
  const other = await store.write(
    insert("saved", { place: "Rome", list: "plans" }, { onConflict: { resolution: "ignore", columns } }),
    ann,
  );
  assert.equal(other.inserted, 1);
});
