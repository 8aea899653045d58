import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type ColumnFixture, modelFixture, referenceTo, tableFixture } from "../../model/model-fixtures.ts";
import type { Model, Table } from "../../model/model.ts";
import { differences } from "../../sqlite/definition/inspect.ts";
import { prepareDatabase, SchemaDifferenceError } from "../../sqlite/prepare-database.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "./apply-migration.ts";
import { clock, insert, migrate, named, openWith } from "../migration-fixtures.ts";
import type { Answers } from "../plan/plan.ts";
import { planMigration } from "../plan/plan-migration.ts";

const open: SqliteDatabase[] = [];
after(async () => {
  for (const database of open) await database.close();
});

async function start(model: Model): Promise<SqliteDatabase> {
  const database = await openWith(model);
  open.push(database);
  return database;
}

const id: ColumnFixture = { kind: "integer", nullable: false, default: { type: "rowNumber" } };
const notes = (columns: Readonly<Record<string, ColumnFixture>>, rest: Partial<Table> = {}): Model =>
  modelFixture(tableFixture("notes", { id, ...columns }, rest));

interface Scenario {
  readonly says: string;
  readonly before: Model;
  readonly after: Model;
  readonly rows?: readonly Readonly<Record<string, string | number | null>>[];
  readonly answers?: Answers;
  readonly read?: string;
  readonly gives?: unknown;
}

const body: ColumnFixture = { kind: "text", limits: { maxLength: 100 } };
const scenarios: readonly Scenario[] = [
  {
    says: "an optional column is added",
    before: notes({ body }),
    after: notes({ body, title: { kind: "text" } }),
    rows: [{ body: "a" }],
    read: "SELECT body, title FROM notes",
    gives: [["a", null]],
  },
  {
    says: "a required column with a default is added",
    before: notes({ body }),
    after: notes({ body, stars: { kind: "integer", nullable: false, default: { type: "value", value: 3 } } }),
    rows: [{ body: "a" }],
    read: "SELECT body, stars FROM notes",
    gives: [["a", 3]],
  },
  {
    says: "a required column gets the value that was said for the rows that are there",
    before: notes({ body }),
    after: notes({ body, title: { kind: "text", nullable: false } }),
    rows: [{ body: "a" }, { body: "b" }],
    answers: { fill: { "notes.title": "upper(body)" } },
    read: "SELECT title FROM notes ORDER BY id",
    gives: [["A"], ["B"]],
  },
  {
    says: "a default that SQLite must compute",
    before: notes({ body }),
    after: notes({ body, title: { kind: "text", nullable: false, default: { type: "value", value: "a\nb" } } }),
    rows: [{ body: "a" }],
    read: "SELECT title FROM notes",
    gives: [["a\nb"]],
  },
  {
    says: "a column is renamed with its checks and indexes",
    before: notes({ body }, { indexes: [{ name: "notes_body_idx", columns: ["body"] }] }),
    after: notes({ text: body }, { indexes: [{ name: "notes_text_idx", columns: ["text"] }] }),
    rows: [{ body: "a" }],
    answers: { renames: { "notes.text": "body" } },
    read: "SELECT text FROM notes",
    gives: [["a"]],
  },
  {
    says: "two columns change names",
    before: notes({ a: { kind: "text" }, b: { kind: "text" } }),
    after: notes({ a: { kind: "text" }, b: { kind: "text" } }),
    rows: [{ a: "1", b: "2" }],
    answers: { renames: { "notes.a": "b", "notes.b": "a" } },
    read: "SELECT a, b FROM notes",
    gives: [["2", "1"]],
  },
  {
    says: "a searchable column is renamed and its index goes with it",
    before: notes({ body: { ...body, searchable: true } }),
    after: notes({ text: { ...body, searchable: true } }),
    rows: [{ body: "green tea" }],
    answers: { renames: { "notes.text": "body" } },
    read: "SELECT rowid FROM notes_search WHERE notes_search MATCH 'text:green'",
    gives: [[1]],
  },
  {
    says: "a column becomes searchable, and no more",
    before: notes({ body: { ...body, searchable: true }, title: { kind: "text" } }),
    after: notes({ body, title: { kind: "text", searchable: true } }),
    rows: [{ body: "green tea", title: "black tea" }],
    read: "SELECT rowid FROM notes_search WHERE notes_search MATCH 'black'",
    gives: [[1]],
  },
  {
    says: "a table is renamed, and what refers to it follows",
    before: modelFixture(
      tableFixture(
        "pages",
        { id, title: { kind: "text", searchable: true } },
        { indexes: [{ name: "pages_title_idx", columns: ["title"] }] },
      ),
      tableFixture("notes", { id, page: { kind: "integer", reference: referenceTo("notes", "page", "pages") } }),
    ),
    after: modelFixture(
      tableFixture(
        "sheets",
        { id, title: { kind: "text", searchable: true } },
        { indexes: [{ name: "sheets_title_idx", columns: ["title"] }] },
      ),
      tableFixture("notes", { id, page: { kind: "integer", reference: referenceTo("notes", "page", "sheets") } }),
    ),
    answers: { renames: { sheets: "pages" } },
    read: "SELECT count(*) FROM sheets_search",
    gives: [[0]],
  },
  {
    says: "a column is dropped, and is there again afterwards",
    before: notes({ body, title: { kind: "text", nullable: false } }),
    after: notes({ body }),
    rows: [{ body: "a", title: "t" }],
    answers: { allow: ["drop notes.title"] },
    read: "SELECT body FROM notes",
    gives: [["a"]],
  },
  {
    says: "a table is dropped that refers to another",
    before: modelFixture(
      tableFixture("pages", { id }),
      tableFixture("notes", { id, page: { kind: "integer", nullable: false, reference: referenceTo("notes", "page", "pages") } }),
    ),
    after: modelFixture(tableFixture("pages", { id })),
  },
  {
    says: "a new default leaves the values of rows that were there before the column",
    before: notes({ body, stars: { kind: "integer", default: { type: "value", value: 3 } } }),
    after: notes({ body, stars: { kind: "integer", default: { type: "value", value: 5 } } }),
    rows: [{ body: "a" }],
    read: "SELECT stars FROM notes",
    gives: [[3]],
  },
  {
    says: "a column becomes required",
    before: notes({ body }),
    after: notes({ body: { ...body, nullable: false } }),
    rows: [{ body: "a" }, { body: null }],
    answers: { fill: { "notes.body": "'none'" } },
    read: "SELECT body FROM notes ORDER BY id",
    gives: [["a"], ["none"]],
  },
  {
    says: "a limit widens, another narrows, with a value for what is too long",
    before: notes({ body, title: { kind: "text" } }),
    after: notes({ body: { kind: "text", limits: { maxLength: 200 } }, title: { kind: "text", limits: { maxLength: 3 } } }),
    rows: [{ body: "a", title: "long title" }],
    answers: { fill: { "notes.title": "substr(title, 1, 3)" } },
    read: "SELECT title FROM notes",
    gives: [["lon"]],
  },
  {
    says: "text becomes a number, and the words are there again afterwards",
    before: notes({ stars: { kind: "text", nullable: false } }, { indexes: [{ name: "notes_stars_idx", columns: ["stars"] }] }),
    after: notes({ stars: { kind: "integer", nullable: false } }, { indexes: [{ name: "notes_stars_idx", columns: ["stars"] }] }),
    rows: [{ stars: "7" }, { stars: "08" }],
    answers: { allow: ["convert notes.stars"] },
    read: "SELECT stars FROM notes ORDER BY id",
    gives: [[7], [8]],
  },
  {
    says: "the scale of a decimal grows",
    before: notes({ price: { kind: "decimal", options: { precision: 9, scale: 2 } } }),
    after: notes({ price: { kind: "decimal", options: { precision: 9, scale: 4 } } }),
    rows: [{ price: 1250 }],
    read: "SELECT price FROM notes",
    gives: [[125000]],
  },
];

for (const scenario of scenarios) {
  test(`${scenario.says}; up, down, up`, async () => {
    const database = await start(scenario.before);
    await insert(database, "notes", ...(scenario.rows ?? []));
    const columns = [...(scenario.before.tables.get("notes")?.columns.keys() ?? [])].map((name) => `"${name}"`).join(", ");
    const all = `SELECT ${columns} FROM notes ORDER BY id`;
    const before = await database.all(all, []);
    const first = await migrate(database, scenario.after, scenario.answers);
    assert.deepEqual(first.differences, []);
    assert.equal(first.applied.isExpected, true);
    assert.equal(await prepareDatabase(database, scenario.after), "same");
    if (scenario.read !== undefined) assert.deepEqual(await database.all(scenario.read, []), scenario.gives);
    assert.equal((await planMigration(database, scenario.after)).isEmpty, true);

    const down = await rollbackMigration(database, { clock });
    assert.deepEqual(await differences(scenario.before, database), []);
    assert.equal(down.isExpected, true);
    assert.deepEqual(await database.all(all, []), before);
    assert.equal(await prepareDatabase(database, scenario.before), "same");

    const again = await applyMigration(database, named(first.plan), { clock });
    assert.equal(again.isExpected, true);
    assert.deepEqual(await differences(scenario.after, database), []);
    if (scenario.read !== undefined) assert.deepEqual(await database.all(scenario.read, []), scenario.gives);
    assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
    assert.deepEqual(await database.all("PRAGMA foreign_key_check", []), []);
  });
}

test("what nobody said is asked or refused, and nothing changes", async () => {
  const before = notes({ body, code: { kind: "text" } });
  const database = await start(before);
  await insert(database, "notes", { body: "a", code: "x" }, { body: "b", code: "x" }, { body: null, code: null });
  const after = notes(
    { text: { ...body, nullable: false }, code: { kind: "text", limits: { minLength: 2 } } },
    { uniques: [{ name: "notes_code_key", columns: ["code"] }] },
  );
  const plan = await planMigration(database, after);
  assert.equal(plan.isReady, false);
  assert.deepEqual(
    plan.questions.map(({ type, about }) => [type, about]),
    [
      ["renameColumn", "notes.text"],
      ["fill", "notes.text"],
    ],
  );
  assert.deepEqual(
    plan.losses.map(({ id: loss, rows, isAllowed }) => [loss, rows, isAllowed]),
    [
      ["drop notes.body", 2, false],
      ["break notes_code_length", 2, false],
      ["break notes_code_key", 2, false],
    ],
  );
  assert.deepEqual(await differences(before, database), []);
  await assert.rejects(planMigration(database, after, { renames: { "notes.txt": "body" } }), /did you mean 'notes.text'/);
  await assert.rejects(planMigration(database, after, { renames: { "notes.text": "boddy" } }), /no such column. There: /);
});

test("what is no SQL over the rows is asked for again, with what was wrong", async () => {
  const database = await start(notes({ body }));
  await insert(database, "notes", { body: "a" });
  const after = notes({ body, mood: { kind: "text" }, stars: { kind: "integer", nullable: true } });
  const wrong: readonly (readonly [expression: string, text: RegExp])[] = [
    [
      "fine",
      /^fine is no SQL .*no such column: fine\)\. If it is a text, put it in single quotes: 'fine'\. What does 'notes\.mood' get\?$/,
    ],
    ["'fine", /unrecognized token[^.]*\. What does/],
    ["'a', 'b'", /row value misused/],
    ["1; DROP TABLE notes", /syntax error/],
    ["'a' --", /incomplete input/],
    ["max(body)", /misuse of aggregate/],
  ];
  for (const [expression, text] of wrong) {
    const plan = await planMigration(database, after, { fill: { "notes.mood": expression } });
    assert.deepEqual(
      plan.questions.map(({ type, about }) => [type, about]),
      [["fill", "notes.mood"]],
    );
    assert.match(plan.questions[0]?.text ?? "", text);
    assert.equal(plan.isReady, false);
  }
  // Where no value would have been asked for, too.
  const needless = await planMigration(database, after, { fill: { "notes.mood": "body || '!'", "notes.stars": "five" } });
  assert.deepEqual(
    needless.questions.map(({ about }) => about),
    ["notes.stars"],
  );
  assert.equal((await planMigration(database, after, { fill: { "notes.mood": "body || '!'" } })).isReady, true);
});

test("the version before goes on beside the new one, or is refused with the reason", async () => {
  const old = notes({ body, title: { kind: "text", nullable: false } });
  const compatible = notes({ body, stars: { kind: "integer", nullable: false, default: { type: "value", value: 1 } } });
  const database = await start(old);
  await insert(database, "notes", { body: "a", title: "t" });
  const { plan } = await migrate(database, compatible, { allow: ["drop notes.title"], renames: { "notes.stars": null } });
  assert.equal(plan.compatibility.isCompatible, true);
  assert.equal(await prepareDatabase(database, compatible), "same");
  assert.equal(await prepareDatabase(database, old), "compatible");
  await insert(database, "notes", { body: "by the old", title: "still there" });
  await insert(database, "notes", { body: "by the new", stars: 2 });

  const breaking = notes({
    body: { ...body, nullable: false },
    stars: { kind: "integer" },
    author: { kind: "text", nullable: false },
  });
  await migrate(
    database,
    breaking,
    { fill: { "notes.author": "'x'" }, renames: { "notes.author": null } },
    { id: "20261126000000_break" },
  );
  await assert.rejects(prepareDatabase(database, compatible), (error) => {
    assert.ok(error instanceof SchemaDifferenceError);
    assert.match(error.message, /does not know 'notes.author'/);
    assert.match(error.message, /may leave 'notes.body' empty/);
    return true;
  });
});
