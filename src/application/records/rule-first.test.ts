import assert from "node:assert/strict";
import { test } from "node:test";
import { expressions } from "#database";
import { compare, fields, openProjects } from "../../../tests/support/projects-store.ts";
import { ruleFirst } from "./rule-first.ts";

const { always, call, never } = expressions;
const text = { type: "constant", value: "a", valueType: { scalar: "text" } } as const;
const slow = call("imatch", text, text);

test("a slow filter stands behind a rule that looks at other rows, and asks it", () => {
  const relation = { name: "x" } as never;
  const rule = () => ({ type: "exists", row: { type: "scope", name: "r" }, relation, scope: "s", where: undefined }) as const;
  const both = ruleFirst(rule, expressions.and(call("eq", text, text), slow));
  assert.ok(both.type === "call" && both.operator === "and");
  const [first, fast, last] = both.arguments;
  assert.equal(first?.type, "exists");
  assert.ok(fast?.type === "call" && fast.operator === "eq");
  assert.ok(last?.type === "when" && last.condition.type === "exists" && last.then === slow && last.otherwise === never);
  // A rule over the row alone is taken in its place.
  assert.ok(ruleFirst(() => always, slow) === slow);
});

test("what a rule hides stays hidden from patterns", async (t) => {
  const { database, rows, data } = await openProjects();
  t.after(() => database.close());
  const where = { type: "and", conditions: [compare("title", "imatch", 0)] } as const;
  assert.deepEqual(await rows("projects", { items: fields("title"), where }, ["^secret"], data.bob), []);
  assert.deepEqual(await rows("projects", { items: fields("title"), where }, ["^secret"], data.eve), [
    { title: "Secret garden" },
  ]);
});
