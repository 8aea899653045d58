import { type ColumnFixture, modelFixture, referenceTo, tableFixture } from "../model/model-fixtures.ts";
import type { Model } from "../model/model.ts";
import { definitionOf, fingerprint } from "../sqlite/definition/definition.ts";
import type { SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { insert, uuid } from "./migration-fixtures.ts";
import type { Answers, Plan } from "./plan/plan.ts";
import type { NamedMigration } from "./written/migration.ts";
import type { PlannedStep } from "./step.ts";

/** For tests: one migration that has every type of step, over enough rows for several batches. */
const id: ColumnFixture = { kind: "integer", nullable: false, default: { type: "rowNumber" } };

export const before: Model = modelFixture(
  tableFixture("authors", { name: { kind: "text", nullable: false } }),
  tableFixture(
    "posts",
    {
      id,
      author: { kind: "uuid", nullable: false, reference: referenceTo("posts", "author", "authors", "cascade") },
      title: { kind: "text", limits: { maxLength: 50 }, searchable: true },
      stars: { kind: "text" },
      price: { kind: "decimal", options: { precision: 9, scale: 2 } },
      mood: { kind: "text", nullable: false },
      note: { kind: "text" },
      kept: { kind: "integer", nullable: false, default: { type: "value", value: 7 } },
    },
    { indexes: [{ name: "posts_title_idx", columns: ["title"] }] },
  ),
  tableFixture("tags", {
    id,
    post: { kind: "integer", nullable: false, reference: referenceTo("tags", "post", "posts", "cascade") },
  }),
);

export const after: Model = modelFixture(
  tableFixture("authors", { name: { kind: "text", nullable: false, searchable: true } }),
  tableFixture(
    "articles",
    {
      id,
      author: { kind: "uuid", nullable: false, reference: referenceTo("articles", "author", "authors", "cascade") },
      heading: { kind: "text", limits: { maxLength: 50 }, searchable: true },
      stars: { kind: "integer" },
      price: { kind: "decimal", options: { precision: 9, scale: 3 } },
      note: { kind: "text", limits: { maxLength: 5 } },
      kept: { kind: "integer", default: { type: "value", value: 8 } },
      code: { kind: "text", nullable: false },
      extra: { kind: "integer", nullable: false, default: { type: "value", value: 1 } },
    },
    {
      indexes: [{ name: "articles_heading_idx", columns: ["heading"] }],
      uniques: [{ name: "articles_code_key", columns: ["code"] }],
    },
  ),
  tableFixture("labels", { id, text: { kind: "text" } }),
);

export const answers: Answers = {
  renames: {
    articles: "posts",
    labels: null,
    "articles.heading": "title",
    "articles.code": null,
    "articles.extra": null,
  },
  allow: ["drop tags", "drop posts.mood", "convert articles.stars"],
  fill: { "articles.code": "'code ' || id", "articles.note": "substr(note, 1, 5)" },
};

export async function fill(database: SqliteDatabase, rows = 450): Promise<void> {
  await insert(database, "authors", { id: uuid(1), name: "Ann Smith" }, { id: uuid(2), name: "Ben Brown" });
  await insert(
    database,
    "posts",
    ...Array.from({ length: rows }, (_, index) => ({
      author: uuid(1 + (index % 2)),
      title: `title ${index}`,
      stars: index % 50 === 0 ? `0${index}` : String(index),
      price: index * 10,
      mood: `mood ${index}`,
      note: index % 9 === 0 ? "a long note" : index % 2 === 0 ? "note" : null,
    })),
  );
  await insert(database, "tags", ...Array.from({ length: 20 }, (_, index) => ({ post: index + 1 })));
  // Numbers that were given out are not given out again.
  await database.transaction(async (connection) => {
    await connection.run("INSERT INTO tags(id, post) VALUES (1000, 1)", []);
    await connection.run("DELETE FROM tags WHERE id = 1000", []);
  });
}

/** The plan with steps that only a person writes: SQL, and a table made anew. */
export function wholeMigration(plan: Plan): NamedMigration {
  const authors = definitionOf(after).objects.filter(({ name }) => name === "authors");
  const copy = { _key: "_key", id: "id", name: "name" };
  const sql: PlannedStep = {
    type: "sql",
    sql: "CREATE TABLE _chassis_test (a); INSERT INTO _chassis_test VALUES (';');",
    down: "DROP TABLE _chassis_test;",
    undo: [],
  };
  const update: PlannedStep = {
    type: "updateRows",
    table: "articles",
    set: { extra: "extra + 1" },
    where: "id = 3 AND extra = 1",
    undo: [],
  };
  const rebuild: PlannedStep = {
    type: "rebuildTable",
    table: "authors",
    objects: authors,
    copy,
    oldObjects: authors,
    revert: copy,
    undo: [{ type: "rebuildTable", table: "authors", objects: authors, copy, oldObjects: authors, revert: copy }],
  };
  return {
    id: "20261125000000_whole",
    migration: {
      name: "whole",
      from: plan.from,
      to: fingerprint(definitionOf(after)),
      steps: [sql, rebuild, ...plan.steps, update],
      kinds: plan.kinds,
    },
  };
}

/** What must be there before and again after rolling back. */
export async function contentsBefore(database: SqliteDatabase): Promise<unknown> {
  return {
    posts: await database.all("SELECT id, author, title, stars, price, mood, note, kept FROM posts ORDER BY id", []),
    authors: await database.all("SELECT _key, id, name FROM authors ORDER BY _key", []),
    tags: await database.all("SELECT id, post FROM tags ORDER BY id", []),
    sequence: await database.all("SELECT name, seq FROM sqlite_sequence WHERE name IN ('posts', 'tags') ORDER BY name", []),
    found: await database.all("SELECT rowid FROM posts_search WHERE posts_search MATCH 'title 7'", []),
  };
}

export async function contentsAfter(database: SqliteDatabase): Promise<unknown> {
  return {
    articles: await database.all(
      "SELECT id, author, heading, stars, price, note, kept, code, extra FROM articles ORDER BY id",
      [],
    ),
    authors: await database.all("SELECT _key, id, name FROM authors ORDER BY _key", []),
    sequence: await database.all("SELECT name, seq FROM sqlite_sequence WHERE name = 'articles'", []),
    found: await database.all("SELECT rowid FROM articles_search WHERE articles_search MATCH 'heading:title'", []),
    people: await database.all("SELECT rowid FROM authors_search WHERE authors_search MATCH 'smith'", []),
    sql: await database.all("SELECT a FROM _chassis_test", []),
  };
}
