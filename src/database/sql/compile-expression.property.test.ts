import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, kinds, type Scalar } from "#contract";
import fc from "fast-check";
import { type EvaluationContext, evaluate } from "../expression/evaluate.ts";
import type { Expression } from "../expression/expression.ts";
import { fold, foldCondition } from "../expression/fold.ts";
import { createScopes } from "../expression/instantiate.ts";
import { operators } from "../expression/operators.ts";
import { printExpression } from "../expression/print.ts";
import { children, typeOf } from "../expression/typing.ts";
import { scaleOf } from "../expression/value-types.ts";
import type { Value } from "../expression/values.ts";
import { columnFixture } from "../model/model-fixtures.ts";
import { type Model, tableOf, type ValueType } from "../model/model.ts";
import { sqliteDialect } from "../sqlite/dialect.ts";
import { resolveBindings } from "./bindings.ts";
import { aliasSource, compileExpression, createAliases } from "./compile-expression.ts";
import { drawExpression, scalars } from "./property-expressions.ts";
import { type Draw, drawActor, drawModel, drawRows, openWorld, pick, relatedIn, type World } from "./property-world.ts";
import { renderingOfType } from "./render.ts";
import { sql } from "./sql.ts";

const runs = Number(process.env["CHASSIS_PROPERTY_RUNS"] ?? 200);

/** What was drawn over all runs: a test that never makes an operator says nothing about it. */
const seen = new Set<string>();

function note(expression: Expression): void {
  seen.add(expression.type);
  if (expression.type === "call") seen.add(expression.operator);
  if (expression.type === "aggregate") seen.add(expression.function);
  for (const part of children(expression)) note(part);
}

/** Each table gets computed columns, over the stored ones and over relations. */
function addComputed(draw: Draw, model: Model): void {
  for (const table of model.tables.values()) {
    const scalar = pick(draw, ...scalars);
    const scopes = [{ reference: { type: "scope", name: "row" }, table }] as const;
    const computed = drawExpression({ draw, model, slots: undefined, scopes, fresh: createScopes("s") }, scalar, 2);
    const type = typeOf(computed);
    const options = type.scalar === "decimal" ? { options: { scale: scaleOf(type), precision: 18 } } : {};
    (table.columns as Map<string, ReturnType<typeof columnFixture>>).set("worked_out", columnFixture(table.name, "worked_out", { kind: scalar, ...options, computed }));
  }
}

/** One form for values from both sides; an integer that became a real shows. */
function comparable(value: Value | undefined, type: ValueType): unknown {
  if (value === null || value === undefined) return null;
  if (type.scalar === "bool") return Number(value);
  if (type.scalar === "real") return Number(value) + 0;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value;
}

function jsonForm(value: Value, type: ValueType): unknown {
  if (value === null) return null;
  const { scalar } = type;
  return kinds[scalar].toJson(scalar === "bool" ? Number(value) : value, { scale: scaleOf(type) });
}

/** What a world says of one expression, both ways; the message of the refusal where it cannot be asked. */
function check(world: World, expression: Expression, slots: readonly Value[]): void {
  const type = typeOf(expression);
  const { model, rows, actor, now } = world;
  const context = { model, dialect: sqliteDialect, rows: new Map([["row", aliasSource("main row")]]), alias: createAliases() };
  const items = rows.get("items") ?? [];
  const contexts = items.map((row): EvaluationContext => ({ rows: { row }, actor, values: slots, now, related: relatedIn(rows) }));
  const value = compileExpression(expression, context);
  const json = sql`json_object('v', ${sqliteDialect.renderJson(value, renderingOfType(type))})`;
  const statement = sql`SELECT ${value}, ${json} FROM "items" AS "main row" ORDER BY "main row"._key`;
  const database = openWorld(world);
  try {
    const parameters = resolveBindings(statement.bindings, { values: slots, actor, now });
    const prepared = database.prepare(statement.text, { readBigInts: true, returnArrays: true });
    const results = prepared.all(...parameters) as unknown as readonly (readonly [Value, string])[];
    assert.equal(results.length, items.length);
    for (const [index, inner] of contexts.entries()) {
      const expected = evaluate(expression, inner);
      const [actual, text] = results[index] ?? [];
      const place = (): string => `row ${index} of ${printExpression(expression)}\nin SQL: ${statement.text}`;
      assert.deepEqual(comparable(actual, type), comparable(expected, type), place());
      assert.deepEqual(JSON.parse(text ?? "{}"), { v: jsonForm(expected, type) }, `JSON of ${place()}`);
      assert.deepEqual(comparable(evaluate(fold(expression, actor), inner), type), comparable(expected, type), `folded: ${place()}`);
      if (type.scalar === "bool") assert.equal(evaluate(foldCondition(expression, actor), inner) === 1, expected === 1, `folded as a condition: ${place()}`);
    }
  } finally {
    database.close();
  }
}

function drawWorld(draw: Draw): World {
  const model = drawModel(draw);
  addComputed(draw, model);
  return { model, rows: drawRows(draw, model), actor: drawActor(draw, model), now: "2026-11-25T18:00:00.000Z" };
}

test("SQL gives every expression the value that the evaluator gives it", () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const world = drawWorld(draw);
      const scalar: Scalar = draw(fc.boolean) ? "bool" : pick(draw, ...scalars);
      const slots: Value[] = [];
      const scopes = [{ reference: { type: "scope", name: "row" }, table: tableOf(world.model, "items") }] as const;
      const expression = drawExpression({ draw, model: world.model, slots, scopes, fresh: createScopes("s") }, scalar, draw(fc.integer, { min: 1, max: 4 }));
      note(expression);
      try {
        check(world, expression, slots);
      } catch (error) {
        // Patterns and searches that are not well formed are refused when they are bound.
        if (!(error instanceof AppError && (error.error === "invalidQuery" || error.error === "limitExceeded"))) throw error;
      }
    }),
    // Shrinking takes minutes, and the message names the expression: with seed and path, a failure can be shrunk at leisure.
    { numRuns: runs, endOnFailure: true },
  );
});

test("every operator, node and aggregate was among the expressions", () => {
  const nodes = ["constant", "slot", "actor", "role", "column", "call", "exists", "aggregate", "json", "search", "when"];
  const wanted = [...Object.keys(operators), ...nodes, "count", "sum", "avg", "min", "max"];
  assert.deepEqual(wanted.filter((name) => !seen.has(name)), []);
});

