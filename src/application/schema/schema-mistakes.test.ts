import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Model } from "#database";
import { everyone } from "../rules/conditions.ts";
import { now } from "../rules/moments.ts";
import { defineSchema } from "./define-schema.ts";
import { DefinitionError } from "./definition-error.ts";
import { bool, date, decimal, enums, id, integer, json, real, ref, secret, text, timestamp } from "./fields.ts";
import { table } from "./table.ts";

// What callers without types write, too.
const untyped: (tables: object, options?: object) => { readonly model: Model } = defineSchema;

function mistakesOf(tables: object, options?: object): readonly string[] {
  try {
    void untyped(tables, options).model;
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
  return [];
}

const loose = (field: unknown): Record<string, (...args: unknown[]) => unknown> =>
  field as Record<string, (...args: unknown[]) => unknown>;

describe("mistakes are reported with their place and a suggestion", () => {
  const cases: readonly (readonly [title: string, tables: object, expected: string, options?: object])[] = [
    [
      "an unknown table",
      { schools: {}, reviews: { school: ref("scools") } },
      "reviews.school: there is no table 'scools'; did you mean 'schools'?",
    ],
    [
      "indexes of two tables that would have one name",
      { a: { b_c: text().index() }, a_b: { c: text().index() } },
      "a_b.c: its index would have the name 'a_b_c_idx', which that over (b_c) of 'a' has; rename one of the fields or tables",
    ],
    [
      "a table's name",
      { "my-table": {} },
      "my-table: 'my-table' must start with a lower-case letter and have only letters, digits and underscores, at most 63 in all",
    ],
    [
      "a field's name",
      { posts: { Title: text() } },
      "posts.Title: 'Title' must start with a lower-case letter and have only letters, digits and underscores, at most 63 in all",
    ],
    [
      "a name with an underscore first",
      { posts: { _key: text() } },
      "posts._key: '_key' must not start with an underscore: such names are the server's own",
    ],
    ["a reserved field", { posts: { then: text() } }, "posts.then: 'then' is a reserved name"],
    [
      "a reserved table",
      { chassis_jobs: {} },
      "chassis_jobs: 'chassis_jobs' must not start with chassis, sqlite or pg_: such tables are the server's own",
    ],
    ["a table named rpc", { rpc: {} }, "rpc: 'rpc' is where functions are called; choose another name"],
    [
      "a table named as a call of db",
      { write: {} },
      "write: 'write' is a call of db, where the tables stand too; choose another name",
    ],
    ["a table named sql", { sql: {} }, "sql: 'sql' is a call of db, where the tables stand too; choose another name"],
    [
      "a table named as a word of conditions",
      { some: {} },
      "some: 'some' is a word of conditions, as in { or: [...] }; choose another name",
    ],
    [
      "a field named as a word of conditions",
      { posts: { not: text() } },
      "posts.not: 'not' is a word of conditions, as in { or: [...] }; choose another name",
    ],
    [
      "a way back named as a word of conditions",
      { posts: { author: ref("users").inverse("every") }, users: {} },
      "posts.author: inverse(): 'every' is a word of conditions, as in { or: [...] }; choose another name",
    ],
    ["tables that differ in case", { posts: {}, pOsts: {} }, "pOsts: the name differs from 'posts' in case alone"],
    [
      "fields that differ in case",
      { posts: { title: text(), tiTle: text() } },
      "posts.tiTle: the name differs from 'title' in case alone",
    ],
    [
      "a field of the server",
      { posts: { version: integer() } },
      "posts.version: every table has 'version' by itself, set by the server; choose another name",
    ],
    [
      "a search table's name",
      { posts: { title: text().search() }, posts_search: {} },
      "posts_search: the name is that of the search table of 'posts'; choose another name",
    ],
    ["what is no field", { posts: { title: "text" } }, 'posts.title: is no field; write one such as text() or ref("users")'],
    ["another kind of id", { posts: { id: bool() } }, 'posts.id: the primary key is id(), id("integer") or id("text")'],
    [
      "a second id",
      { posts: { other: id() } },
      "posts.other: id() is the primary key and can only be the field 'id'; refer to a row by ref()",
    ],
    ["min over max", { posts: { stars: integer().min(5).max(1) } }, "posts.stars: min(5) is over max(1)"],
    ["lengths the wrong way round", { posts: { title: text().min(5).max(1) } }, "posts.title: min(5) is over max(1)"],
    [
      "a length below zero",
      { posts: { title: text().max(-1) } },
      "posts.title: a length must be a whole number from 0 on, not -1",
    ],
    [
      "a limit of another kind",
      { posts: { stars: loose(integer()).min?.("one") } },
      'posts.stars: min("one"): the value must be a whole number',
    ],
    ["a limit of a truth", { posts: { open: loose(bool()).max?.(1) } }, "posts.open: max() does not work on bool"],
    [
      "a length of a number",
      { posts: { stars: loose(integer()).length?.(1) } },
      "posts.stars: length() does not work on integer",
    ],
    [
      "a default of another kind",
      { posts: { stars: loose(integer()).default?.("one") } },
      'posts.stars: default("one"): the value must be a whole number',
    ],
    [
      "a default over the limit",
      { posts: { stars: integer().max(5).default(6) } },
      "posts.stars: default(6) breaks the field's own limit: it must be at most 5",
    ],
    [
      "a default of null",
      { posts: { stars: loose(integer()).default?.(null) } },
      "posts.stars: default(null) says nothing; use optional() for a field that may be null",
    ],
    [
      "a default of no member",
      { posts: { kind: loose(enums("a", "b")).default?.("c") } },
      'posts.kind: default("c"): the value must be one of a, b',
    ],
    [
      "now for a date",
      { posts: { day: loose(date()).default?.(now) } },
      "posts.day: default(now) belongs to a timestamp(), not to date",
    ],
    [
      "the actor elsewhere",
      { posts: {}, notes: { post: ref("posts").defaultToActor() } },
      'notes.post: defaultToActor() belongs to a ref("users")',
    ],
    [
      "a pattern on a number",
      { posts: { stars: loose(integer()).pattern?.(/a/) } },
      "posts.stars: pattern() works on text, not on integer",
    ],
    [
      "a pattern that is a text",
      { posts: { title: loose(text()).pattern?.("a") } },
      "posts.title: pattern() takes a regular expression such as /^[a-z]+$/",
    ],
    [
      "a pattern with a memory",
      { posts: { title: text().pattern(/a/g) } },
      "posts.title: pattern() takes no flags g and y: /a/g",
    ],
    [
      "search in a number",
      { posts: { stars: loose(integer()).search?.() } },
      "posts.stars: search() works on text, not on integer",
    ],
    ["a unique JSON field", { posts: { data: json().unique() } }, "posts.data: unique() does not work on json"],
    [
      "set null on a required reference",
      { a: {}, b: { a: ref("a").onDelete("set null") } },
      'b.a: onDelete("set null") needs optional(): a required reference cannot be null',
    ],
    [
      "set null on a fixed reference",
      { a: {}, b: { a: ref("a").optional().immutable().onDelete("set null") } },
      'b.a: onDelete("set null") changes the field, and immutable() forbids it',
    ],
    [
      "another action",
      { a: {}, b: { a: loose(ref("a")).onDelete?.("forget") } },
      'b.a: onDelete() takes "restrict", "cascade" or "set null", not "forget"',
    ],
    [
      "onDelete on a text",
      { posts: { title: loose(text()).onDelete?.("cascade") } },
      "posts.title: onDelete(), inverse() and allowUnreadable() belong to a ref(), not to text",
    ],
    [
      "a way back with a field's name",
      { a: { title: text() }, b: { a: ref("a").inverse("title") } },
      "b.a: inverse(\"title\"): 'a' has a field of that name",
    ],
    [
      "two ways back of one name",
      { a: {}, b: { a: ref("a").inverse("all") }, c: { a: ref("a").inverse("all") } },
      "c.a: inverse(\"all\"): the way back along b.a has that name on 'a' already",
    ],
    [
      "a way back with a table's",
      { a: {}, b: { a: ref("a") }, c: { a: ref("a").inverse("b") } },
      "c.a: inverse(\"b\"): the way back along b.a has that name on 'a' already",
    ],
    [
      "a decimal without digits",
      { posts: { fee: decimal(0, 0) } },
      "posts.fee: decimal(precision, scale) takes a precision from 1 to 18",
    ],
    [
      "a decimal all fraction",
      { posts: { fee: decimal(2, 3) } },
      "posts.fee: decimal(precision, scale) takes a scale from 0 to the precision, 2",
    ],
    ["a member twice", { posts: { kind: enums("a", "a") } }, "posts.kind: enums() has the member 'a' twice"],
    ["no member", { posts: { kind: (enums as () => unknown)() } }, "posts.kind: enums() needs at least one member"],
    [
      "a unique set with an unknown field",
      { posts: (table as (...args: unknown[]) => object)({ title: text() }, { unique: [["title", "titel"]] }) },
      "posts.unique: there is no field 'titel' in 'posts'; did you mean 'title'?",
    ],
    [
      "a set of one",
      { posts: table({ title: text() }, { unique: [["title"]] }) },
      "posts.unique: a set has two fields or more; for one write .unique() on the field",
    ],
    [
      "a set of twins",
      { posts: table({ title: text() }, { indexes: [["title", "title"]] }) },
      "posts.indexes: the set [title, title] names a field twice",
    ],
    [
      "a set twice",
      {
        posts: table(
          { a: text(), b: text() },
          {
            unique: [
              ["a", "b"],
              ["a", "b"],
            ],
          },
        ),
      },
      "posts.unique: the set [a, b] stands there twice",
    ],
    [
      "a secret in a set",
      { posts: table({ a: text(), b: secret() }, { unique: [["a", "b"]] }) },
      "posts.unique: 'b' is secret, which cannot be in a set",
    ],
    [
      "a check of another row",
      {
        a: { n: integer() },
        b: (table as (...args: unknown[]) => object)(
          { a: ref("a") },
          { checks: (row: { a: { n: { gt(n: number): unknown } } }) => ({ big: row.a.n.gt(1) }) },
        ),
      },
      "b.checks.big: a check sees the fields of its own row alone; follow relations in a rule",
    ],
    [
      "a check of the time",
      { a: table({ at: timestamp() }, { checks: (row) => ({ past: row.at.lt(now()) }) }) },
      "a.checks.past: a check must mean the same at any time; now() belongs in a rule",
    ],
    [
      "a check that is a truth",
      { a: (table as (...args: unknown[]) => object)({ n: integer() }, { checks: () => ({ fine: true }) }) },
      "a.checks.fine: a check needs a condition, not the plain value true; say 'everyone'",
    ],
    [
      "a check that throws",
      {
        a: table(
          { n: integer() },
          {
            checks: () => {
              throw new RangeError("no");
            },
          },
        ),
      },
      "a.checks: throws RangeError: no",
    ],
    [
      "a role's name",
      {},
      "roles.Chief editor: 'Chief editor' must start with a lower-case letter and have only letters, digits and underscores, at most 63 in all",
      { roles: ["Chief editor"] },
    ],
    ["a role twice", {}, "roles.editor: the role stands there twice", { roles: ["editor", "editor"] }],
    [
      "a claim that refers",
      { users: {} },
      "claims.boss: a claim cannot be a ref; use text()",
      { claims: { boss: ref("users") } },
    ],
    ["a claim that is no field", {}, "claims.boss: is no field; write one such as text()", { claims: { boss: "text" } }],
    [
      "computed fields of an unknown table",
      { schools: {} },
      "computed.scools: there is no table 'scools'; did you mean 'schools'?",
      { computed: { scools: () => ({}) } },
    ],
    [
      "a computed field over nothing",
      { schools: { name: text() } },
      "computed.schools.size: there is no column or relation 'nmae' in 'schools'; did you mean 'name'?",
      { computed: { schools: (row: { nmae: { length(): unknown } }) => ({ size: row.nmae.length() }) } },
    ],
    [
      "a computed field over a secret",
      { users: { word: secret() } },
      "computed.users.size: 'users.word' is secret, and a computed field would show it",
      { computed: { users: (row: { word: { length(): unknown } }) => ({ size: row.word.length() }) } },
    ],
    [
      "a computed field over a computed one",
      { users: { name: text() } },
      "computed.users.twice: there is no column or relation 'size' in 'users'; a computed field sees stored ones alone",
      {
        computed: {
          users: (row: { name: { length(): unknown }; size: { plus(n: number): unknown } }) => ({
            size: row.name.length(),
            twice: row.size.plus(1),
          }),
        },
      },
    ],
    [
      "a computed field with a field's name",
      { users: { name: text() } },
      "computed.users.name: 'users' has a field 'name' already",
      { computed: { users: () => ({ name: everyone }) } },
    ],
    [
      "a computed field with a relation's name",
      { users: {}, posts: { by: ref("users") } },
      "computed.users.posts: 'users' has a relation 'posts' already",
      { computed: { users: () => ({ posts: everyone }) } },
    ],
    [
      "a computed field that is a number",
      { users: {} },
      "computed.users.one: is no expression over the row",
      { computed: { users: () => ({ one: 1 }) } },
    ],
  ];
  for (const [title, tables, expected, options] of cases) {
    test(title, () => assert.deepEqual(mistakesOf(tables, options), [expected]));
  }

  test("all at once", () => {
    const mistakes = mistakesOf(
      { Posts: { stars: integer().min(5).max(1), by: ref("user") }, users: { then: text() } },
      { roles: ["A"] },
    );
    assert.deepEqual(
      mistakes.map((mistake) => mistake.slice(0, mistake.indexOf(":"))),
      ["Posts", "users.then", "Posts.stars", "Posts.by", "roles.A"],
    );
  });

  test("the message lists them", () => {
    assert.throws(() => untyped({ posts: { a: ref("b"), c: ref("d") } }).model, {
      name: "DefinitionError",
      message: "The definition has 2 mistakes:\n  posts.a: there is no table 'b'\n  posts.c: there is no table 'd'",
    });
    assert.throws(() => untyped({ posts: { a: ref("b") } }).model, {
      message: "The definition has a mistake: posts.a: there is no table 'b'",
    });
  });

  test("none of them in a definition that is right", () => {
    assert.deepEqual(mistakesOf({ posts: { title: text(), lat: real().min(-90) } }), []);
  });
});
