import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createDbOpener } from "#application";
import { createIdSource, systemClock } from "#base";
import { type Db, defineSchema, json, ref, text } from "chassis";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/reference/db.md"), "utf8");

const schema = defineSchema({
  users: {},
  notes: { title: text().optional(), author: ref("users").optional(), data: json().optional() },
});

type Where = NonNullable<NonNullable<Parameters<Db<typeof schema>["notes"]["count"]>[0]>["where"]>;
type KeysOf<C> = C extends object ? keyof C : never;

/** The compiler keeps this whole: an operator that is new, or gone, is an error here. */
const operators: Readonly<Record<KeysOf<Where["title"] | Where["data"]>, true>> = {
  eq: true,
  neq: true,
  distinctFrom: true,
  gt: true,
  gte: true,
  lt: true,
  lte: true,
  in: true,
  notIn: true,
  like: true,
  ilike: true,
  match: true,
  imatch: true,
  search: true,
  searchQuery: true,
  contains: true,
  containedBy: true,
  overlaps: true,
};

/** The names in the first column of the table under a heading. */
function names(heading: string): readonly string[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)/g)].map(([, name = ""]) => name),
  );
}

test("the page has every call of a table, and no other", () => {
  const never = (): never => {
    throw new Error("Nothing is asked here.");
  };
  const connection = { all: never, get: never, run: never, execute: never };
  const dbs = createDbOpener({ model: schema.model, clock: systemClock, ids: createIdSource(systemClock) });
  const db = dbs.openSystem({ records: { read: never, write: never }, connection, writes: false });
  const calls = Object.getOwnPropertyNames(Object.getPrototypeOf(db["notes"])).filter((name) => name !== "constructor");
  assert.deepEqual([...names("Calls of a table")].sort(), calls.sort());
});

test("the page has every operator, and no other", () => {
  const others = ["some", "none", "every", "and", "or", "not"];
  assert.deepEqual([...names("where")].sort(), [...Object.keys(operators), ...others].sort());
});
