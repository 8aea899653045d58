import assert from "node:assert/strict";
import { test } from "node:test";
import { missingRules } from "#application";
import { differences, openSqlite, prepareDatabase, schemaObjects } from "#database";
import { DefinitionError, defineBackend, defineSchema, everyone, nobody, ref, table, text } from "chassis";

/** What is wrong with a definition, a line each. */
function mistakes(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

const modelOf = (tables: Readonly<Record<string, unknown>>): unknown => defineSchema(tables as never).model;

test("what softDelete and history may say", () => {
  for (const keep of ["30", "30m", "0d", "-1d", "soon", 30, "1.5d", ""]) {
    assert.deepEqual(
      mistakes(() => modelOf({ notes: table({ body: text() }, { softDelete: { keep } as never }) })),
      ['notes.softDelete: softDelete is true or { keep: "30d" }, a number of hours (h) or days (d)'],
      String(keep),
    );
  }
  assert.deepEqual(
    mistakes(() => modelOf({ notes: table({ body: text() }, { history: "yes" as never }) })),
    ['notes.history: history is true or { keep: "30d" }, a number of hours (h) or days (d)'],
  );
  const { model } = defineSchema({ notes: table({ body: text() }, { softDelete: { keep: "12h" }, history: { keep: "2d" } }) });
  const notes = model.tables.get("notes");
  assert.deepEqual([notes?.softDelete, notes?.history], [{ keep: 43_200_000 }, { keep: 172_800_000 }]);
});

test("names that belong to what is kept", () => {
  assert.deepEqual(
    mistakes(() => modelOf({ notes: table({ deleted: text() }, { softDelete: true }) })),
    ["notes.deleted: a table with softDelete has 'deleted' by itself, set by the server; choose another name"],
  );
  assert.deepEqual(
    mistakes(() => modelOf({ notes: { deleted: text() } })),
    [],
  );
  assert.deepEqual(
    mistakes(() => modelOf({ notes: table({ body: text() }, { history: true }), notes_history: { body: text() } })),
    ["notes_history: the name is that of the old versions of 'notes'; choose another name"],
  );
  assert.deepEqual(
    mistakes(() => modelOf({ notes: { body: text() }, notes_history: { body: text() } })),
    [],
  );
});

test("what a delete takes along must be able to come back", () => {
  const posts = table({ title: text() }, { softDelete: true });
  const likes = { post: ref("posts").onDelete("cascade") };
  assert.deepEqual(
    mistakes(() => modelOf({ posts, likes })),
    [
      "likes.post: 'posts' has softDelete and its delete would take these rows along for good: give 'likes' softDelete too, or choose another onDelete()",
    ],
  );
  assert.deepEqual(
    mistakes(() => modelOf({ posts, likes: table(likes, { softDelete: true }) })),
    [],
  );
  assert.deepEqual(
    mistakes(() => modelOf({ posts, likes: { post: ref("posts") } })),
    [],
  );
});

/** What somebody writes who has no types. */
const untyped = (rules: unknown): (() => { readonly read: typeof everyone; readonly write: typeof everyone }) => rules as never;

test("a table with history wants to hear who may read the past, and no other", () => {
  const schema = defineSchema({ notes: table({ body: text() }, { history: true }), plain: { body: text() } });
  const open = { read: everyone, write: everyone };
  const without = defineBackend(schema, { rules: { notes: () => open, plain: () => open } });
  assert.deepEqual(missingRules(without), [{ type: "table", table: "notes", operation: "history" }]);
  const closed = defineBackend(schema, { rules: { notes: () => ({ ...open, history: nobody }), plain: () => open } });
  assert.deepEqual(missingRules(closed), []);
  assert.deepEqual(
    mistakes(() =>
      defineBackend(schema, {
        rules: { notes: () => ({ ...open, history: nobody }), plain: untyped(() => ({ ...open, history: everyone })) },
      }),
    ),
    ["rules.plain.history: 'plain' keeps no old versions: its definition would need 'history'"],
  );
  assert.deepEqual(
    mistakes(() =>
      defineBackend(schema, {
        rules: { notes: ({ next }) => ({ ...open, history: next.body.eq("x") }), plain: () => open },
      }),
    ),
    ["rules.notes.history: speaks of 'next', the row after a change, and there is none in history"],
  );
});

test("the tables of what is kept are part of the schema of the database", async (t) => {
  const { model } = defineSchema({
    notes: table({ title: text().unique(), body: text() }, { softDelete: true, history: true, unique: [["title", "body"]] }),
  });
  const texts = schemaObjects(model).map(({ sql }) => sql);
  const has = (part: string): boolean => texts.some((sql) => sql.includes(part));
  assert.ok(has('CREATE UNIQUE INDEX "notes_title_key" ON "notes"("title") WHERE "deleted" IS NULL'));
  assert.ok(has('CREATE UNIQUE INDEX "notes_title_body_key" ON "notes"("title", "body") WHERE "deleted" IS NULL'));
  assert.ok(has('CREATE TABLE "notes_history"'));
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await prepareDatabase(database, model);
  assert.deepEqual(await differences(model, database), []);
  const { model: other } = defineSchema({
    notes: table({ title: text().unique(), body: text() }, { softDelete: true, unique: [["title", "body"]] }),
  });
  assert.deepEqual(await differences(other, database), ["table 'notes_history' is in the database and not in the definition"]);
});
