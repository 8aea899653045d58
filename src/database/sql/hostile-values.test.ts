import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#contract";
import { call, type Expression } from "../expression/expression.ts";
import { listText } from "../expression/values.ts";
import { column, row, slot, text, valueOf } from "./expression-fixtures.ts";

const attacks = [
  "'; DROP TABLE items; --",
  "' OR '1'='1",
  '"',
  "')) UNION SELECT 1 --",
  "\\' OR 1=1",
  "$.a') OR 1",
  '"] OR 1',
  "%' OR 1",
  "[",
  "*",
  "?1",
  "{title} : x",
  'x" OR "y',
  "NEAR(a b)",
  "-- ",
  "/*",
  "\u{1F600}'",
];

for (const attack of attacks) {
  test(`${JSON.stringify(attack)} is a value wherever it stands`, () => {
    const search: Expression = { type: "search", row, table: "items", columns: ["title"], query: slot("text"), syntax: "wfts" };
    const expressions: readonly Expression[] = [
      call("eq", column("title"), text(attack)),
      call("eq", column("title"), slot("text")),
      call("like", column("title"), slot("text")),
      call("ilike", column("title"), text(attack)),
      call("in", column("title"), slot("text", true, 1)),
      { type: "json", value: column("data"), path: [attack, "a"], asText: true },
      search,
      { ...search, syntax: "plfts" },
    ];
    for (const expression of expressions) {
      const value = valueOf(expression, attack, listText([attack]));
      assert.ok(value === 0 || value === null, String(value));
    }
  });
}

test("a regular expression that is none is refused before the statement runs", () => {
  for (const pattern of ["(", "a**", "(?=a)", "\\1", "[b-a]"]) {
    assert.throws(
      () => valueOf(call("match", column("title"), slot("text")), pattern),
      (error) => error instanceof AppError && error.error === "invalidQuery",
    );
  }
  const catastrophe = "a".repeat(5000);
  assert.equal(valueOf(call("match", text(catastrophe), slot("text")), "^(a+)+$b"), 0);
});

test("a pattern that is too long is refused", () => {
  for (const operator of ["like", "ilike", "match"] as const) {
    assert.throws(
      () => valueOf(call(operator, column("title"), slot("text")), "a".repeat(8001)),
      (error) => error instanceof AppError && error.error === "limitExceeded",
    );
  }
});
