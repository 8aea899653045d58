import assert from "node:assert/strict";
import { kinds, type Stored } from "#contract";
import { type EvaluationContext, evaluate } from "../expression/evaluate.ts";
import type { Expression } from "../expression/expression.ts";
import { fold, foldCondition } from "../expression/fold.ts";
import { printExpression } from "../expression/print.ts";
import { typeOf } from "../expression/typing.ts";
import { scaleOf } from "../expression/value-types.ts";
import type { Value } from "../expression/values.ts";
import type { ValueType } from "../model/model.ts";
import { sqliteDialect } from "../sqlite/dialect/dialect.ts";
import { resolveBindings } from "./bindings.ts";
import { aliasSource, compileExpression, createAliases } from "./compile-expression.ts";
import { openWorld, relatedIn, type World } from "./property-world.ts";
import { renderingOfType } from "./render.ts";
import { sql } from "./sql.ts";

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

/**
 * Asserts that both interpreters give an expression the same value over every row of `items`, that the value is written into
 * JSON as its kind says, and that folding does not change it. Gives the values. Throws `AppError` where the expression is refused.
 */
export function compareInterpreters(world: World, expression: Expression, slots: readonly Stored[]): readonly Value[] {
  const type = typeOf(expression);
  const { model, rows, actor, now } = world;
  const context = { model, dialect: sqliteDialect, rows: new Map([["row", aliasSource("main row")]]), alias: createAliases() };
  const items = rows.get("items") ?? [];
  const contexts = items.map(
    (row): EvaluationContext => ({ rows: { row }, actor, values: slots, now, related: relatedIn(rows) }),
  );
  const value = compileExpression(expression, context);
  const json = sql`json_object('v', ${sqliteDialect.renderJson(value, renderingOfType(type))})`;
  const statement = sql`SELECT ${value}, ${json} FROM "items" AS "main row" ORDER BY "main row"._key`;
  const database = openWorld(world);
  try {
    const parameters = resolveBindings(statement.bindings, { values: slots, actor, now });
    const prepared = database.prepare(statement.text, { readBigInts: true, returnArrays: true });
    const results = prepared.all(...parameters) as unknown as readonly (readonly [Value, string])[];
    assert.equal(results.length, items.length);
    return contexts.map((inner, index) => {
      const expected = evaluate(expression, inner);
      const [actual, text] = results[index] ?? [];
      const place = (): string => `row ${index} of ${printExpression(expression)}\nin SQL: ${statement.text}`;
      assert.deepEqual(comparable(actual, type), comparable(expected, type), place());
      assert.deepEqual(JSON.parse(text ?? "{}"), { v: jsonForm(expected, type) }, `JSON of ${place()}`);
      assert.deepEqual(
        comparable(evaluate(fold(expression, actor), inner), type),
        comparable(expected, type),
        `folded: ${place()}`,
      );
      if (type.scalar === "bool")
        assert.equal(
          evaluate(foldCondition(expression, actor), inner) === 1,
          expected === 1,
          `folded as a condition: ${place()}`,
        );
      return expected;
    });
  } finally {
    database.close();
  }
}
