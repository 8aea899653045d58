import assert from "node:assert/strict";
import { test } from "node:test";
import { expressions, resultTypeOf, type ValueType } from "#database";
import { comparables, type FilterEntry, filterOperators, isFilterOperator } from "./filter-operators.ts";

for (const [name, { compares, operator, value }] of Object.entries<FilterEntry>(filterOperators)) {
  if (operator === "search") continue;
  test(`${name} compares with what '${operator}' takes`, () => {
    for (const scalar of comparables[compares]) {
      const left: ValueType = scalar === "decimal" ? { scalar, scale: 2 } : { scalar };
      const right: ValueType = value === "text" || value === "pattern" ? { scalar: "text" } : left;
      const [row, list] = [expressions.always, { type: "slot", index: 0, valueType: right, list: value === "list" } as const];
      assert.deepEqual(resultTypeOf(operator, [left, right], [row, list]), { scalar: "bool" }, scalar);
    }
  });
}

test("what objects have by themselves is no operator", () => {
  assert.equal(isFilterOperator("eq"), true);
  for (const name of ["toString", "constructor", "__proto__", "", "EQ"]) assert.equal(isFilterOperator(name), false, name);
});
