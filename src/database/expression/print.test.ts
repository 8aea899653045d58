import assert from "node:assert/strict";
import { test } from "node:test";
import { columnFixture } from "../model/model-fixtures.ts";
import type { Relation } from "../model/model.ts";
import { call, type Expression, type RowReference } from "./expression.ts";
import { clauses, printExpression } from "./print.ts";

const row: RowReference = { type: "scope", name: "row" };
const school: Relation = {
  name: "school",
  table: "reviews",
  target: "schools",
  cardinality: "one",
  column: "school",
  targetColumn: "id",
  constraint: "reviews_school_fkey",
  foreignColumn: "school",
  junction: undefined,
};
const editors: Relation = {
  ...school,
  name: "editors",
  table: "schools",
  target: "editors",
  cardinality: "many",
  column: "id",
  targetColumn: "school",
};
const column = (name: string, at: RowReference = row): Expression => ({
  type: "column",
  row: at,
  column: columnFixture("reviews", name, { kind: "text" }),
});
const me: Expression = { type: "actor", fact: { type: "id" }, valueType: { scalar: "text" } };
const editor: Expression = { type: "role", role: "editor" };
const mine = call("eq", column("author"), me);
const some: Expression = {
  type: "exists",
  row: { type: "through", from: row, relation: school },
  relation: editors,
  scope: "e",
  where: call("eq", column("user", { type: "scope", name: "e" }), me),
};
const two: Expression = { type: "constant", value: 2, valueType: { scalar: "integer" } };

const cases: readonly (readonly [Expression, string])[] = [
  [call("or", mine, editor), 'row.author.eq(me.id).or(me.hasRole("editor"))'],
  [some, "row.school.editors.some((e) => e.user.eq(me.id))"],
  [call("not", some), "row.school.editors.none((e) => e.user.eq(me.id))"],
  [call("not", mine), "row.author.eq(me.id).not()"],
  [call("gt", call("length", column("body")), two), "row.body.length().gt(2)"],
  [
    call("lt", call("add", two, two), { type: "constant", value: 1250n, valueType: { scalar: "decimal", scale: 2 } }),
    '2.plus(2).lt("12.50")',
  ],
  [call("eq", column("author"), { type: "constant", value: 'a"b', valueType: { scalar: "text" } }), 'row.author.eq("a\\"b")'],
  [call("lt", column("created"), call("now")), "row.created.lt(now())"],
  [{ type: "json", value: column("data"), path: ["a", 0], asText: true }, 'row.data.text("a", 0)'],
  [{ type: "slot", index: 0, valueType: { scalar: "text" }, list: false }, "$1"],
  [
    {
      type: "aggregate",
      function: "count",
      row,
      relation: editors,
      scope: "e",
      value: undefined,
      where: undefined,
      valueType: { scalar: "integer" },
    },
    "row.editors.count()",
  ],
];

for (const [expression, text] of cases) test(text, () => assert.equal(printExpression(expression), text));

test("clauses follow and, or and not down to what they join", () => {
  const tree = clauses(call("and", call("or", mine, editor), call("not", mine)));
  const shape = (clause: typeof tree): unknown =>
    clause.type === "leaf" ? clause.text : [clause.type, ...clause.parts.map(shape)];
  assert.deepEqual(shape(tree), ["and", ["or", "row.author.eq(me.id)", 'me.hasRole("editor")'], ["not", "row.author.eq(me.id)"]]);
});
