import assert from "node:assert/strict";
import { test } from "node:test";
import { defineSchema } from "./define-schema.ts";
import { ref, text } from "./fields.ts";
import { type ReferenceCircle, referenceCircles } from "./reference-circles.ts";
import type { AnySchema } from "./schema.ts";

const circlesOf = (schema: AnySchema): readonly ReferenceCircle[] => referenceCircles(schema.model);

test("two tables that must refer to each other, and longer ways round, are circles; what only leads to one is none", () => {
  const both = defineSchema({
    teams: { owner: ref("users") },
    users: { team: ref("teams"), name: text() },
    notes: { by: ref("users") },
  });
  assert.deepEqual(circlesOf(both), [
    [
      { table: "teams", column: "owner" },
      { table: "users", column: "team" },
    ],
  ]);
  const long = defineSchema({ a: { b: ref("b") }, b: { free: ref("d").optional(), c: ref("c") }, c: { a: ref("a") }, d: {} });
  assert.deepEqual(
    circlesOf(long).map((circle) => circle.map(({ table, column }) => `${table}.${column}`)),
    [["a.b", "b.c", "c.a"]],
  );
  const two = defineSchema({ a: { b: ref("b") }, b: { a: ref("a") }, c: { d: ref("d") }, d: { a: ref("a"), c: ref("c") } });
  assert.equal(circlesOf(two).length, 1, "c and d wait for a, and are told of once that is mended");
});

test("where one of them may be left out, or a table refers to itself, a first row can be written", () => {
  assert.deepEqual(circlesOf(defineSchema({ teams: { owner: ref("users").optional() }, users: { team: ref("teams") } })), []);
  assert.deepEqual(circlesOf(defineSchema({ pages: { above: ref("pages"), by: ref("users") }, users: {} })), []);
});
