import assert from "node:assert/strict";
import { test } from "node:test";
import type { Model } from "#database";
import { type Backend, defineBackend } from "./definition.ts";
import { query } from "./functions/define-function.ts";
import { everyone, nobody } from "./rules/conditions.ts";
import { missingRules, openToEveryone } from "./rules/rule-gaps.ts";
import { defineSchema } from "./schema/define-schema.ts";
import { text } from "./schema/fields.ts";

const schema = defineSchema({ pages: { title: text() }, notes: { body: text() } });
const untypedSchema = defineSchema as unknown as (tables: unknown, options?: object) => { readonly model: Model };
const untyped = defineBackend as unknown as (schema: object, input: object) => Backend;

test("a back end cannot be changed once it is defined", () => {
  const backend = defineBackend(schema, {
    rules: { pages: () => ({ read: everyone, write: nobody }), notes: () => ({ read: nobody, write: nobody }) },
  });
  assert.ok(Object.isFrozen(backend));
  assert.equal(backend.model, schema.model);
});

test("mistakes in rules, functions and routes are reported together", () => {
  const input = { rules: { page: () => ({}) }, functions: { count: 1 }, routes: new Response(), seed: 1 };
  assert.throws(
    () => untyped(schema, input),
    (error: Error & { problems?: readonly { place: string }[] }) => {
      assert.equal(error.name, "DefinitionError");
      assert.deepEqual(
        error.problems?.map(({ place }) => place),
        ["rules.page", "functions.count", "routes", "seed"],
      );
      return true;
    },
  );
});

test("a part that there is not is a mistake, and not left out without a word", () => {
  const rules = { pages: () => ({ read: nobody, write: nobody }), notes: () => ({ read: nobody, write: nobody }) };
  assert.throws(() => untyped(schema, { rules, function: {}, Auth: true }), {
    message: /\n {2}function: is none of rules, .*; did you mean 'functions'\?\n {2}Auth: is none of .*; did you mean 'auth'\?$/,
  });
  assert.throws(() => untypedSchema({ pages: {} }, { role: ["editor"] }).model, {
    message:
      "The definition has a mistake: role: is none of roles, claims, computed, tenant, organisations; did you mean 'roles'?",
  });
});

test("operations without a rule are missing; nobody is a rule", () => {
  const backend = untyped(schema, { rules: { pages: () => ({ read: everyone, update: nobody }) } });
  assert.deepEqual(
    missingRules(backend).map((way) => (way.type === "table" ? `${way.table}.${way.operation}` : way.name)),
    ["pages.create", "pages.delete", "notes.read", "notes.create", "notes.update", "notes.delete"],
  );
});

test("what anybody may do is listed, functions too", () => {
  const backend = defineBackend(schema, {
    rules: {
      pages: ({ row }) => ({ read: everyone.or(row.title.eq("x")), write: row.title.eq("x"), update: everyone }),
      notes: () => ({ read: nobody, write: nobody }),
    },
    functions: { count: query({ access: everyone }, () => 1), secret: query({ access: ({ me }) => me.isSignedIn }, () => 1) },
  });
  assert.deepEqual(openToEveryone(backend), [
    { type: "table", table: "pages", operation: "read" },
    { type: "table", table: "pages", operation: "update" },
    { type: "function", name: "count" },
  ]);
});

test("undefined rules, functions and options are mistakes, not crashes", () => {
  assert.throws(() => untyped(schema, {}), { name: "DefinitionError" });
  assert.throws(() => (untyped as unknown as (schema: object) => Backend)(schema), {
    message: "The definition has a mistake: rules: must be an object, not undefined",
  });
  assert.throws(() => untypedSchema(undefined).model, { name: "DefinitionError" });
  assert.throws(() => untypedSchema({ pages: null }).model, { name: "DefinitionError" });
  assert.throws(() => untyped({}, { rules: {} }), { name: "DefinitionError" });
});
