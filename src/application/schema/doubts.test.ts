import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Backend, defineBackend } from "../definition.ts";
import { query } from "../functions/define-function.ts";
import { everyone, nobody } from "../rules/conditions.ts";
import { defineSchema } from "./define-schema.ts";
import { DefinitionError } from "./definition-error.ts";
import { decimal, enums, integer, ref, secret, text } from "./fields.ts";
import { table } from "./table.ts";

type Loose = { readonly [name: string]: Loose } & ((...args: unknown[]) => Loose);
type LooseScope = { readonly row: Loose; readonly next: Loose; readonly me: Loose };
const schemaOf = defineSchema as unknown as (tables: unknown, options?: object) => object;
const backendOf = defineBackend as unknown as (schema: object, input: object) => Backend;

function errorOf(tables: unknown, options: object, input: object): DefinitionError {
  try {
    backendOf(schemaOf(tables, options), input);
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error;
  }
  throw new Error("The definition was accepted.");
}

function places({ problems }: DefinitionError): readonly string[] {
  return problems.map(({ place }) => place);
}

test("mistakes in tables, rules, functions and routes are reported together, and so is what has no rule", () => {
  const error = errorOf(
    { schools: { name: text().min(5).max(1) }, reviews: { stars: integer() }, notes: {} },
    { roles: ["Chief editor"] },
    {
      rules: {
        schools: () => ({ read: everyone, write: nobody }),
        reviews: ({ row }: LooseScope) => ({ read: row["stras"]?.["gt"]?.(3), create: nobody }),
      },
      functions: { count: 1 },
      routes: 1,
    },
  );
  assert.deepEqual(places(error), ["schools.name", "roles.Chief editor", "rules.reviews.read", "functions.count", "routes"]);
  assert.deepEqual(
    error.missing.map((way) => (way.type === "table" ? `${way.table}.${way.operation}` : way.name)),
    ["reviews.update", "reviews.delete", "notes.read", "notes.create", "notes.update", "notes.delete"],
  );
});

test("a schema with mistakes that no back end takes throws them when it is used", () => {
  const schema = schemaOf({ schools: { name: 1, at: text().max(-1) } }) as { readonly model: unknown };
  assert.throws(
    () => schema.model,
    (error) => error instanceof DefinitionError && error.problems.length === 2,
  );
});

describe("what stands on a mistake is not a second one", () => {
  interface Case {
    readonly tables: unknown;
    readonly options?: object;
    readonly rules?: (scope: LooseScope) => object;
    readonly functions?: object;
    /** All that is wrong. */
    readonly expected: readonly string[];
  }
  const school = { name: text(), rating: integer() };
  const cases: Readonly<Record<string, Case>> = {
    "a rule on what is no field": {
      tables: { schools: { ...school, country: "text" } },
      rules: ({ row }) => ({ read: row["country"]?.["lower"]?.()["eq"]?.("de"), write: nobody }),
      expected: ["schools.country"],
    },
    "a rule that compares a field whose kind is wrong": {
      tables: { schools: { ...school, fee: decimal(0, 0), kind: enums("a", "a") } },
      rules: ({ row }) => ({ read: row["fee"]?.["lt"]?.("0.5"), write: row["kind"]?.["eq"]?.("b") }),
      expected: ["schools.fee", "schools.kind"],
    },
    "rules of fields that are wrong": {
      tables: { schools: { ...school, country: 1, word: secret().min(3).max(2) } },
      rules: () => ({ read: everyone, write: nobody, fields: { country: { read: nobody }, word: { read: nobody } } }),
      expected: ["schools.country", "schools.word"],
    },
    "a rule along a reference to no table": {
      tables: { schools: { ...school, owner: ref("usres") }, users: { title: text() } },
      rules: ({ row }) => ({ read: row["owner"]?.["title"]?.["eq"]?.("Ann"), write: nobody }),
      expected: ["schools.owner"],
    },
    "a rule along the way back of a reference to no table": {
      tables: { schools: school, reviews: { school: ref("scools"), stars: integer() } },
      rules: ({ row }) => ({ read: row["reviews"]?.["some"]?.((review: Loose) => review["stars"]?.["gt"]?.(3)), write: nobody }),
      expected: ["reviews.school"],
    },
    "a rule along the named way back of a reference to no table": {
      tables: { schools: school, reviews: { school: ref("scools").inverse("opinions") } },
      rules: ({ row }) => ({ read: row["opinions"]?.["some"]?.(), write: nobody }),
      expected: ["reviews.school"],
    },
    "a reference to a row whose id is wrong": {
      tables: { schools: { ...school, owner: ref("users") }, users: { id: decimal(5, 2), age: integer() } },
      rules: ({ row, me }) => ({ read: row["rating"]?.["eq"]?.(me["id"]), write: row["owner"]?.["eq"]?.(3) }),
      expected: ["users.id"],
    },
    "roles that are no list": {
      tables: { schools: school },
      options: { roles: "editor" },
      rules: ({ me }) => ({ read: everyone, write: me["hasRole"]?.("editor") }),
      functions: { count: query({ access: ({ me }: { readonly me: Loose }) => me["hasRole"]?.("editor") } as never, () => 1) },
      expected: ["roles"],
    },
    "a claim that is no field": {
      tables: { schools: school },
      options: { claims: { organisation: "text" } },
      rules: ({ row, me }) => ({ read: me["claim"]?.("organisation")["eq"]?.(row["name"]), write: nobody }),
      expected: ["claims.organisation"],
    },
    "a computed field over a field that is wrong, and a rule on that": {
      tables: { schools: { ...school, fee: "decimal" } },
      options: { computed: { schools: (row: Loose) => ({ twice: row["fee"]?.["times"]?.(2) }) } },
      rules: ({ row }) => ({ read: row["twice"]?.["gt"]?.(3), write: nobody, fields: { twice: { read: nobody } } }),
      expected: ["schools.fee"],
    },
    "computed fields that throw": {
      tables: { schools: school },
      options: {
        computed: {
          schools: () => {
            throw new RangeError("no");
          },
        },
      },
      rules: ({ row }) => ({ read: row["twice"]?.["gt"]?.(3), write: nobody }),
      expected: ["computed.schools"],
    },
    "a check and a unique set over what is no field": {
      tables: {
        schools: (table as (...args: unknown[]) => object)(
          { ...school, country: "text" },
          { unique: [["name", "country"]], checks: (row: Loose) => ({ named: row["country"]?.["neq"]?.("") }) },
        ),
      },
      expected: ["schools.country"],
    },
    "tables that are no object": { tables: null, options: { computed: { schools: () => ({}) } }, expected: ["tables"] },
    "a table that is no object": {
      tables: { schools: null },
      rules: ({ row }) => ({ read: row["title"]?.["eq"]?.("x"), write: nobody }),
      expected: ["schools"],
    },
  };
  for (const [title, { tables, options = {}, rules, functions = {}, expected }] of Object.entries(cases)) {
    test(title, () => {
      const closed = () => ({ read: nobody, write: nobody });
      const others = Object.keys(tables ?? {}).map((name) => [name, closed]);
      const error = errorOf(tables, options, {
        rules: { ...Object.fromEntries(others), schools: rules ?? closed },
        functions,
      });
      assert.deepEqual(places(error), expected);
      assert.deepEqual(error.missing, []);
    });
  }
});

test("beside a mistake in a table, those of its computed fields, checks and of other tables are still reported", () => {
  const error = errorOf(
    {
      schools: (table as (...args: unknown[]) => object)(
        { name: text(), country: "text" },
        { checks: (row: Loose) => ({ named: row["nmae"]?.["neq"]?.("") }) },
      ),
      reviews: { school: ref("scools"), stars: integer() },
    },
    { computed: { schools: (row: Loose) => ({ shout: row["nmae"]?.["upper"]?.() }), scools: () => ({}) } },
    { rules: { reviews: ({ row }: LooseScope) => ({ read: row["stras"]?.["gt"]?.(3), write: nobody }), nobodies: () => ({}) } },
  );
  assert.deepEqual(places(error), [
    "schools.country",
    "reviews.school",
    "computed.schools.shout",
    "computed.scools",
    "schools.checks.named",
    "rules.reviews.read",
    "rules.nobodies",
  ]);
});

test("beside a mistake, others of the same table and rule are still reported", () => {
  const { problems } = errorOf(
    { schools: { name: text(), country: "text" } },
    {},
    {
      rules: {
        schools: ({ row }: LooseScope) => ({
          read: row["country"]?.["eq"]?.(row["nmae"]),
          write: row["nmae"]?.["eq"]?.("x"),
          fields: { nmae: { read: nobody } },
        }),
      },
    },
  );
  assert.deepEqual(
    problems.map(({ place, message }) => `${place}: ${message}`),
    [
      'schools.country: is no field; write one such as text() or ref("users")',
      "rules.schools.write: there is no column or relation 'nmae' in 'schools'; did you mean 'name'?",
      "rules.schools.read: there is no column or relation 'nmae' in 'schools'; did you mean 'name'?",
      "rules.schools.fields.nmae: there is no field 'nmae' in 'schools'; did you mean 'name'?",
    ],
  );
});

test("rules that are wrong are not missing as well", () => {
  const { missing } = errorOf(
    { schools: {}, reviews: {}, notes: {}, users: {} },
    {},
    {
      rules: {
        scools: () => ({}),
        reviews: () => ({ read: everyone, wirte: nobody }),
        notes: () => ({ read: everyone, write: true }),
        users: () => ({ read: true, fields: { name: {} }, create: nobody, delete: nobody }),
      },
    },
  );
  assert.deepEqual(missing, [{ type: "table", table: "users", operation: "update" }]);
});
