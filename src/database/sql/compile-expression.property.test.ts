import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type Scalar } from "#contract";
import fc from "fast-check";
import type { Expression } from "../expression/expression.ts";
import { createScopes } from "../expression/instantiate.ts";
import { operators } from "../expression/operators.ts";
import { children, typeOf } from "../expression/typing.ts";
import { scaleOf } from "../expression/value-types.ts";
import type { Value } from "../expression/values.ts";
import { columnFixture } from "../model/model-fixtures.ts";
import { type Model, tableOf } from "../model/model.ts";
import { compareInterpreters } from "./compare-interpreters.ts";
import { drawExpression, scalars } from "./property-expressions.ts";
import { type Draw, drawActor, drawModel, drawRows, pick, type World } from "./property-world.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

const runs = propertyRuns(500, 1500);

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
    (table.columns as Map<string, ReturnType<typeof columnFixture>>).set(
      "worked_out",
      columnFixture(table.name, "worked_out", { kind: scalar, ...options, computed }),
    );
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
      const expression = drawExpression(
        { draw, model: world.model, slots, scopes, fresh: createScopes("s") },
        scalar,
        draw(fc.integer, { min: 1, max: 4 }),
      );
      note(expression);
      try {
        compareInterpreters(world, expression, slots);
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
  assert.deepEqual(
    wanted.filter((name) => !seen.has(name)),
    [],
  );
});
