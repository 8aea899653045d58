import assert from "node:assert/strict";
import { test } from "node:test";
import { type CheckFact, findChecks, readCheck, tokensText } from "./read-check.ts";

function read(check: string): readonly CheckFact[] | undefined {
  const [tokens = []] = findChecks(`CREATE TABLE t (a, b, "the name", CHECK (${check}))`);
  return readCheck(tokens, ["a", "b", "the name"]);
}

test("a check is understood in all the ways in which people write it", () => {
  const scenarios: readonly (readonly [check: string, facts: readonly CheckFact[] | undefined])[] = [
    ["a IN ('x', 'it''s')", [{ type: "oneOf", column: "a", values: ["x", "it's"] }]],
    ["([A] in (0,1))", [{ type: "oneOf", column: "a", values: [0, 1] }]],
    ["a IS NULL OR a IN ('x')", [{ type: "oneOf", column: "a", values: ["x"] }]],
    ["(a in ('x') or a is null)", [{ type: "oneOf", column: "a", values: ["x"] }]],
    ['length("the name") <= 40', [{ type: "length", column: "the name", max: 40 }]],
    [
      "LENGTH(`a`) BETWEEN 1 AND 40 AND b > -1.5",
      [
        { type: "length", column: "a", min: 1, max: 40 },
        { type: "bound", column: "b", min: -1.5, exclusive: true },
      ],
    ],
    ["length(a) > 0", [{ type: "length", column: "a", min: 1 }]],
    ["0 < length(a)", [{ type: "length", column: "a", min: 1 }]],
    ["a <> ''", [{ type: "length", column: "a", min: 1 }]],
    ["10 >= b", [{ type: "bound", column: "b", max: 10, exclusive: false }]],
    [
      "[a]>=(0) AND [a]<=(1)",
      [
        { type: "bound", column: "a", min: 0, exclusive: false },
        { type: "bound", column: "a", max: 1, exclusive: false },
      ],
    ],
    [
      "b BETWEEN 1 AND 5 AND a >= b",
      [
        { type: "bound", column: "b", min: 1, max: 5, exclusive: false },
        { type: "compare", left: "a", operator: ">=", right: "b" },
      ],
    ],
    ["json_valid(a)", [{ type: "json", column: "a" }]],
    ["typeof(a) = 'text' AND a NOT NULL", undefined],
    ["typeof(a) = 'text' AND a IS NOT NULL", [{ type: "implied" }, { type: "required", column: "a" }]],
    ["a LIKE '%x' ", undefined],
    ["a IN (SELECT b)", undefined],
    ["length(a) > b", undefined],
    ["a > 1 OR b > 1", undefined],
    ["a % 2 = 0", undefined],
    ["upper(a) = a", undefined],
    ["a IN ()", undefined],
    ["", undefined],
  ];
  for (const [check, facts] of scenarios) assert.deepEqual(read(check), facts, check);
});

test("checks are found at columns and at the table, whatever stands in texts and comments", () => {
  const checks = findChecks(`CREATE TABLE t (
    a TEXT DEFAULT 'CHECK (' CHECK (a <> ')'), -- CHECK (nothing)
    "check" INT CONSTRAINT positive CHECK ("check" > 0) /* CHECK (x) */,
    CONSTRAINT c CHECK (a IN ('x', 'y') AND length(a) > 0)
  )`);
  assert.deepEqual(checks.map(tokensText), ["a <> ')'", '"check" > 0', "a IN ('x', 'y') AND length(a) > 0"]);
});
