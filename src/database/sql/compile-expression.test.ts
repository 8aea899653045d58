import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type Scalar, type Stored } from "#contract";
import type { StoredRow } from "../expression/evaluate.ts";
import { call, type Expression, type RowReference } from "../expression/expression.ts";
import { type OperatorName, operators } from "../expression/operators.ts";
import { listText, type Value } from "../expression/values.ts";
import { columnFixture } from "../model/model-fixtures.ts";
import type { Limits } from "../model/model.ts";
import { sqliteDialect } from "../sqlite/dialect/dialect.ts";
import { boundOf } from "./bounds.ts";
import { compareInterpreters } from "./compare-interpreters.ts";
import { aliasSource, compileExpression, createAliases } from "./compile-expression.ts";
import {
  bool,
  bytes,
  column,
  date,
  decimal,
  integer,
  items,
  json,
  model,
  owner,
  people,
  real,
  row,
  slot,
  table,
  text,
  timestamp,
  typed,
  valueOf,
  world,
} from "./expression-fixtures.ts";

const max = 9_223_372_036_854_775_806n;
const big = integer(2 ** 53 - 1);

// biome-ignore format: a table.
const cases: { readonly [Name in OperatorName]: readonly (readonly [args: readonly Expression[], expected: Value])[] } = {
  and: [[[], 1], [[bool(1), bool(1)], 1], [[bool(1), bool(null)], null], [[bool(0), bool(null)], 0]],
  or: [[[], 0], [[bool(0), bool(0)], 0], [[bool(0), bool(null)], null], [[bool(1), bool(null)], 1]],
  not: [[[bool(1)], 0], [[bool(0)], 1], [[bool(null)], null]],
  isTrue: [[[bool(1)], 1], [[bool(null)], 0]],
  isFalse: [[[bool(0)], 1], [[bool(null)], 0]],
  isNull: [[[text(null)], 1], [[text("")], 0]],
  coalesce: [[[integer(null), integer(2)], 2n], [[decimal(null), decimal(15n, 1)], 150n], [[integer(null), decimal(5n)], 5n], [[text(null)], null], [[decimal(10n ** 18n - 1n, 0), decimal(1n, 2)], 1n]],
  eq: [
    [[text("é"), text("e\u0301")], 0],
    [[text("a"), text("A")], 0],
    [[decimal(150n), decimal(15n, 1)], 1],
    [[integer(1), decimal(100n)], 1],
    [[integer(2 ** 53 - 1), real(2 ** 53)], 0],
    [[decimal(10n ** 18n - 1n, 0), decimal(10n ** 18n - 1n, 9)], 0],
    [[json('{"a":1,"b":2}'), json('{"b":2,"a":1.0}')], 1],
    [[integer(1), integer(null)], null],
    [[bytes(Uint8Array.of(1)), bytes(Uint8Array.of(1))], 1],
  ],
  neq: [[[bool(1), bool(0)], 1], [[bool(1), bool(null)], null]],
  lt: [[[text("\uFFFD"), text("\u{1F600}")], 1], [[text("Z"), text("a")], 1], [[bool(0), bool(1)], 1], [[date("2026-01-01"), date("2026-01-02")], 1], [[json("[]"), json("{}")], 1]],
  lte: [[[real(0.1), real(0.1)], 1], [[decimal(-150n), integer(-1)], 1]],
  gt: [[[real(0.30000000000000004), real(0.3)], 1], [[timestamp("2026-01-01T00:00:00.001Z"), timestamp("2026-01-01T00:00:00.000Z")], 1]],
  gte: [[[integer(-1), integer(1)], 0]],
  isDistinct: [[[text(null), text(null)], 0], [[text(null), text("")], 1], [[integer(1), decimal(100n)], 0], [[json("null"), json(null)], 1]],
  in: [
    [[integer(1)], 0],
    [[integer(null)], 0],
    [[integer(null), integer(1)], null],
    [[integer(1), integer(1), integer(null)], 1],
    [[integer(1), integer(2), integer(null)], null],
    [[integer(1), integer(2)], 0],
    [[integer(1), decimal(100n)], 1],
    [[json('{"a":1}'), json('{ "a": 1 }')], 1],
  ],
  like: [
    [[text("ab"), text("a_")], 1],
    [[text("\u{1F600}"), text("_")], 1],
    [[text("aB"), text("ab")], 0],
    [[text("a%b"), text("a\\%b")], 1],
    [[text("axb"), text("a\\%b")], 0],
    [[text("a*b"), text("a*b")], 1],
    [[text("axb"), text("a*b")], 0],
    [[text("[a]"), text("[a]")], 1],
    [[text("a"), text("[a]")], 0],
    [[text("a?"), text("a?")], 1],
    [[text("a]b"), text("a]b")], 1],
    [[text("a\\"), text("a\\")], 1],
    [[text(""), text("%")], 1],
    [[text("aaaab"), text("%a%b")], 1],
  ],
  ilike: [[[text("ÉA"), text("é_")], 1], [[text("ΑΣ"), text("ασ")], 1], [[text("a"), text("b")], 0]],
  match: [[[text("xab\ny"), text("^xab.y$")], 1], [[text("A"), text("a")], 0], [[text("a"), column("title")], 0], [[text(null), text("a")], null]],
  imatch: [[[text("É"), text("é")], 1], [[text("b"), text("a")], 0]],
  contains: [[[json('{"a":[1,{"b":2}],"c":3}'), json('{"a":[{"b":2}]}')], 1], [[json("[1,2]"), json("2")], 1], [[json("[[1,2]]"), json("[1]")], 0], [[json('{"a":1}'), json("null")], 0]],
  containedBy: [[[json("[2,1,1]"), json("[1,2,3]")], 1], [[json("[4]"), json("[1]")], 0]],
  overlaps: [[[json("[1,2]"), json("[2,3]")], 1], [[json("[1]"), json("1")], 0]],
  add: [
    [[integer(1), integer(2)], 3n],
    [[decimal(150n), integer(1)], 250n],
    [[decimal(150n), decimal(1n, 3)], 1501n],
    [[decimal(1n), real(0.5)], 0.51],
    [[real(1e308), real(1e308)], null],
    [[typed({ scalar: "integer" }, max), integer(0)], max],
    [[typed({ scalar: "integer" }, max), integer(1)], null],
    // The right side leaves the range on its way to the left one's scale, and the sum would be back in it.
    [[decimal(-922_337_203_685_477_580n, 5), decimal(10n ** 18n - 1n, 4)], null],
  ],
  subtract: [[[integer(1), integer(2)], -1n], [[decimal(10n), decimal(5n, 1)], -40n]],
  multiply: [[[big, integer(2)], 18_014_398_509_481_982n], [[big, big], null], [[integer(3_037_000_500), integer(3_037_000_500)], null], [[decimal(150n), decimal(15n, 1)], 2250n], [[real(1e200), real(1e200)], null]],
  divide: [[[integer(7), integer(2)], 3n], [[integer(-7), integer(2)], -3n], [[integer(1), integer(0)], null], [[decimal(1250n), integer(2)], 6.25], [[real(1), real(0)], null], [[real(1e308), real(1e-10)], null]],
  modulo: [[[integer(-7), integer(3)], -1n], [[decimal(750n), integer(2)], 150n], [[integer(1), integer(0)], null]],
  negate: [[[integer(5)], -5n], [[real(0)], 0], [[decimal(null)], null]],
  length: [[[text("\u{1F600}e\u0301")], 3n], [[text("")], 0n], [[bytes(Uint8Array.of(0, 1))], 2n]],
  lower: [[[text("ÀΣΑΣİ")], "àσασi\u0307"]],
  upper: [[[text("ß\u{1F600}é")], "SS\u{1F600}É"]],
  concat: [[[text("a"), text("'"), text("b")], "a'b"], [[text("a"), text(null)], null]],
  now: [[[], "2026-11-25T18:00:00.000Z"]],
  addSeconds: [[[timestamp("2024-02-28T23:59:59.500Z"), integer(1)], "2024-02-29T00:00:00.500Z"], [[timestamp("9999-12-31T23:59:59.999Z"), integer(1)], null], [[timestamp("0001-01-01T00:00:00.000Z"), integer(-1)], null], [[timestamp("2026-01-01T00:00:00.000Z"), big], null]],
  cast: [
    [[decimal(-150n), text("integer")], -2n],
    [[real(2.5), text("int8")], 3n],
    [[real(1e19), text("integer")], null],
    [[text(" 12.5 "), text("integer")], 13n],
    [[text("twelve"), text("integer")], null],
    [[text("2026-02-30"), text("date")], null],
    [[timestamp("2026-11-25T18:00:00.000Z"), text("date")], "2026-11-25"],
    [[date("2026-11-25"), text("timestamp")], "2026-11-25T00:00:00.000Z"],
    [[decimal(-5n), text("text")], "-0.05"],
    [[real(1e300), text("text")], "1e+300"],
    [[bool(1), text("text")], "true"],
    [[bytes(Uint8Array.of(255)), text("text")], "\\xff"],
    [[json("12"), text("integer")], 12n],
    [[json('"12"'), text("integer")], null],
    [[text('{"a": 1}'), text("jsonb")], '{"a":1}'],
    [[text("{"), text("json")], null],
  ],
};

for (const [operator, rows] of Object.entries(cases)) {
  test(`${operator} gives the values of its table in both interpreters`, () => {
    for (const [args, expected] of rows) assert.deepEqual(valueOf(call(operator as OperatorName, ...args)), expected);
  });
}

test("every operator has a table of cases", () => assert.deepEqual(Object.keys(cases).sort(), Object.keys(operators).sort()));

test("a list slot takes the values of every type", () => {
  const inList = (value: Expression, scalar: Scalar, items: readonly Stored[]): Value | undefined =>
    valueOf(call("in", value, slot(scalar, true)), listText(items));
  assert.equal(inList(decimal(10n ** 18n - 1n), "decimal", [10n ** 18n - 1n]), 1);
  assert.equal(inList(decimal(10n ** 18n - 2n), "decimal", [10n ** 18n - 1n]), 0);
  assert.equal(inList(bool(1), "bool", [0, 1]), 1);
  assert.equal(inList(real(0.1), "real", [0.1]), 1);
  assert.equal(inList(real(1e21), "real", [1e21]), 1);
  assert.equal(inList(bytes(Uint8Array.of(1)), "bytes", [Uint8Array.of(1)]), 1);
  assert.equal(inList(text("5"), "text", ["5"]), 1);
  assert.equal(inList(text("a"), "text", ["b", null]), null);
  assert.equal(inList(text("a"), "text", []), 0);
  assert.equal(inList(json('{"a":1}'), "json", ['{"a":1.0}']), 1);
});

test("a number of the request divides as an integer", () =>
  assert.equal(valueOf(call("divide", column("size"), slot("integer")), 2), 3n));

test("arithmetic on columns leaves the range as null, unless their limits keep it in", () => {
  const product = (limits: Limits, size: number): Value | undefined => {
    const bounded: Expression = { type: "column", row, column: columnFixture("items", "size", { kind: "integer", limits }) };
    const [first] = world.rows.get("items") ?? [];
    const rows = new Map([...world.rows, ["items", [{ ...first, size } as StoredRow]]]);
    return compareInterpreters({ ...world, rows }, call("multiply", bounded, bounded), [])[0];
  };
  assert.equal(product({}, Number.MAX_SAFE_INTEGER), null);
  assert.equal(product({ min: 0 }, Number.MAX_SAFE_INTEGER), null);
  assert.equal(product({ min: -9, max: 5 }, -9), 81n);
  assert.equal(product({ min: 0, max: Number.MAX_SAFE_INTEGER }, Number.MAX_SAFE_INTEGER), null);
  const bounded = columnFixture("items", "size", { kind: "integer", limits: { min: -9, max: 5 } });
  assert.equal(boundOf({ type: "column", row, column: bounded }), 9n);
  const computed = columnFixture("items", "double", { kind: "integer", computed: call("add", column("size"), column("size")) });
  assert.equal(boundOf({ type: "column", row, column: computed }), 2n * BigInt(Number.MAX_SAFE_INTEGER));
});

test("a related value that is missing makes `in` unknown", () => {
  const name = column("name", people, { type: "through", from: row, relation: owner });
  assert.deepEqual(compareInterpreters(world, call("in", text("Ann"), name), []), [1, null]);
});

test("an aggregate of nothing but the outer row's columns counts the inner rows", () => {
  const outer: RowReference = { type: "through", from: row, relation: owner };
  const sum: Expression = {
    type: "aggregate",
    function: "sum",
    row: outer,
    relation: items,
    scope: "s",
    value: column("size"),
    where: undefined,
    valueType: { scalar: "integer" },
  };
  assert.deepEqual(compareInterpreters(world, sum, []), [7n, null]);
});

test("sums and averages leave the range as null, and only when the sum itself does", () => {
  const sumOf = (values: readonly bigint[], name: "sum" | "avg"): Value | undefined => {
    const rows = values.map((size, index) => ({ id: `i${index}`, owner: "p1", title: null, data: null, size }));
    const outer: RowReference = { type: "through", from: row, relation: owner };
    const value = column("size", table, { type: "scope", name: "s" });
    const expression: Expression = {
      type: "aggregate",
      function: name,
      row: outer,
      relation: items,
      scope: "s",
      value,
      where: undefined,
      valueType: { scalar: name === "sum" ? "integer" : "real" },
    };
    return compareInterpreters({ ...world, rows: new Map([...world.rows, ["items", rows]]) }, expression, [])[0];
  };
  assert.equal(sumOf([max, 1n], "sum"), null);
  assert.equal(sumOf([max, 1n, -1n], "sum"), max);
  assert.equal(sumOf([max, max, -max, -5n], "sum"), max - 5n);
  assert.equal(sumOf([-max, -1n], "sum"), null);
  assert.equal(sumOf([-max, -1n], "avg"), null);
  assert.equal(sumOf([1n, 2n], "avg"), 1.5);
});

test("the key of a row that is referred to is read from the row that refers to it", () => {
  const through: RowReference = { type: "through", from: row, relation: owner };
  const exists: Expression = { type: "exists", row: through, relation: items, scope: "s", where: undefined };
  const context = { model, dialect: sqliteDialect, rows: new Map([["row", aliasSource("row")]]), alias: createAliases() };
  assert.equal(
    compileExpression(exists, context).text,
    'EXISTS (SELECT 1 FROM "items" AS "r1" WHERE "r1"."owner" = "row"."owner")',
  );
  assert.deepEqual(compareInterpreters(world, exists, []), [1, 0]);
});

test("a computed column's own scopes do not meet those around it", () => {
  const outer: RowReference = { type: "through", from: row, relation: owner };
  const scoped: RowReference = { type: "scope", name: "s" };
  const siblings: Expression = {
    type: "aggregate",
    function: "count",
    row: { type: "through", from: row, relation: owner },
    relation: items,
    scope: "s",
    value: undefined,
    where: call("eq", column("size", table, scoped), column("size")),
    valueType: { scalar: "integer" },
  };
  const computed = columnFixture("items", "siblings", { kind: "integer", computed: siblings });
  const expression: Expression = {
    type: "exists",
    row: outer,
    relation: items,
    scope: "s",
    where: call("eq", { type: "column", row: scoped, column: computed }, integer(1)),
  };
  assert.deepEqual(compareInterpreters(world, expression, []), [1, 0]);
});

test("JSON as text stays text inside JSON", () => {
  const at = (path: readonly (string | number)[], asText: boolean): Value | undefined =>
    valueOf({ type: "json", value: column("data"), path, asText });
  assert.equal(at(["a", 'b"c', 0], true), "1");
  assert.equal(at(["a", 'b"c', -1], false), '"x"');
  assert.equal(at(["a", 'b"c', 2 ** 32], false), null);
  assert.equal(at(["t"], true), "true");
  assert.equal(at(["n"], true), null);
  assert.equal(at(["n"], false), "null");
});

test("types that do not fit are refused", () => {
  const wrong: readonly Expression[] = [
    call("eq", text("1"), integer(1)),
    call("eq", date("2026-01-01"), timestamp("2026-01-01T00:00:00.000Z")),
    call("add", text("1"), integer(1)),
    call("like", integer(1), text("1")),
    call("and", integer(1)),
    call("contains", text("a"), json("1")),
    call("modulo", real(1), integer(1)),
    call("multiply", decimal(1n, 10), decimal(1n, 10)),
    call("not"),
    call("eq", text("a"), slot("text", true)),
    call("cast", integer(1), text("nonsense")),
    call("cast", bytes(null), text("integer")),
    {
      type: "aggregate",
      function: "sum",
      row: { type: "through", from: row, relation: owner },
      relation: items,
      scope: "s",
      value: column("title", table, { type: "scope", name: "s" }),
      where: undefined,
      valueType: { scalar: "integer" },
    },
  ];
  for (const expression of wrong)
    assert.throws(
      () => valueOf(expression, "x"),
      (error) => error instanceof AppError && error.error === "operatorMismatch",
    );
});
