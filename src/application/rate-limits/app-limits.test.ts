import assert from "node:assert/strict";
import { test } from "node:test";
import { type Backend, defineBackend } from "../definition.ts";
import { query } from "../functions/define-function.ts";
import { everyone } from "../rules/conditions.ts";
import { DefinitionError } from "../schema/definition-error.ts";
import { defineSchema } from "../schema/define-schema.ts";
import { text } from "../schema/fields.ts";

const schema = defineSchema({ notes: { body: text() } });

function define(limits: object | undefined, hasRoutes = true): Backend {
  return defineBackend(schema, {
    rules: { notes: () => ({ read: everyone, write: everyone }) },
    functions: { look: query({ access: everyone }, () => 1) },
    ...(hasRoutes ? { routes: () => () => new Response() } : {}),
    ...(limits === undefined ? {} : { limits }),
  });
}

test("limits are by function, table and path, with their method", () => {
  const { limits } = define({
    functions: { look: "5/1h" },
    tables: { notes: "10/1d" },
    routes: { "/a/b": "1/1s", "POST /": "2/1m" },
  });
  assert.deepEqual(
    [...limits.rates],
    [
      ["functions.look", { amount: 5, per: 3_600_000 }],
      ["tables.notes", { amount: 10, per: 86_400_000 }],
      ["routes./a/b", { amount: 1, per: 1000 }],
      ["routes.POST /", { amount: 2, per: 60_000 }],
    ],
  );
  assert.deepEqual(limits.routes, [
    { name: "routes./a/b", method: undefined, segments: ["a", "b"] },
    { name: "routes.POST /", method: "POST", segments: [] },
  ]);
  assert.equal(define(undefined).limits.rates.size, 0);
});

const mistakes: readonly (readonly [limits: object, problem: RegExp])[] = [
  [{ functons: {} }, /limits\.functons: there are limits of functions, tables and routes.*'functions'/],
  [{ functions: [] }, /limits\.functions: must be an object, not a list/],
  [{ functions: { loook: "5/1h" } }, /limits\.functions\.loook: there is no such function.*look/],
  [{ tables: { nots: "5/1h" } }, /limits\.tables\.nots: there is no such table.*notes/],
  [{ tables: { notes: "5" } }, /limits\.tables\.notes: must be a number and a time, such as 5\/1h/],
  [{ tables: { notes: "off" } }, /limits\.tables\.notes: must be a number and a time/],
  [{ tables: { notes: 5 } }, /limits\.tables\.notes: must be a number and a time/],
  [{ routes: { search: "5/1h" } }, /limits\.routes\.search: must be a path such as \/search/],
  [{ routes: { "/search/": "5/1h" } }, /without a slash at its end/],
  [{ routes: { "/s%65arch": "5/1h" } }, /without percent-encoding/],
  [{ routes: { "post /search": "5/1h" } }, /must be a path/],
  [{ routes: { "/rest/v1/notes": "5/1h" } }, /is a path of the server itself/],
  [{ routes: { "POST /auth/sign-in": "5/1h" } }, /is a path of the server itself/],
];

test("what a limit cannot hold is a mistake of the definition", () => {
  for (const [limits, problem] of mistakes)
    assert.throws(
      () => define(limits),
      (error: unknown) => {
        assert.ok(error instanceof DefinitionError);
        assert.match(error.message, problem);
        return true;
      },
    );
  assert.throws(() => define({ routes: { "/search": "5/1h" } }, false), /needs routes, which this back end has none of/);
});
