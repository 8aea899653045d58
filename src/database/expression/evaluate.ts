import type { Stored } from "#contract";
import type { Relation } from "../model/model.ts";
import { type ActorFacts, factOf, hasRole } from "./actor-facts.ts";
import { aggregate } from "./aggregates.ts";
import type { Aggregate, Exists, Expression, RowReference } from "./expression.ts";
import { jsonAt, jsonText } from "./json-values.ts";
import { operators } from "./operators.ts";
import { matchesSearch } from "./search.ts";
import { callTypes, typeOf } from "./typing.ts";
import { toTruth, toValue, type Truth, type Value } from "./values.ts";

/** The values of a row's stored columns, by name. */
export type StoredRow = Readonly<Record<string, Stored>>;

export interface EvaluationContext {
  /** The rows in scope, by the names by which the expression speaks of them. */
  readonly rows: Readonly<Record<string, StoredRow>>;
  readonly actor: ActorFacts;
  /** The request's values, by slot; none by default. */
  readonly values?: readonly Stored[];
  /** The moment of the request, as a stored timestamp. */
  readonly now: string;
  /**
   * The rows that a relation leads to from a row of its table: through a junction, one for each of the junction's rows. Needed
   * only where the expression looks beyond the rows in scope: see `needsDatabase`.
   */
  readonly related?: (relation: Relation, row: StoredRow) => readonly StoredRow[];
}

/**
 * The value of an expression: the specification that every database is held to. Integers and decimals are bigint, truths 1, 0
 * and null (unknown), all else in stored form. Pure: the same context always gives the same value.
 */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  switch (expression.type) {
    case "constant":
      return toValue(expression.value, expression.valueType);
    case "slot": {
      const value = context.values?.[expression.index] ?? null;
      return expression.list ? value : toValue(value, expression.valueType);
    }
    case "actor":
      return toValue(factOf(context.actor, expression.fact), expression.valueType);
    case "role":
      return hasRole(context.actor, expression.role) ? 1 : 0;
    case "column":
      return columnValue(expression, context);
    case "call":
      return callValue(expression, context);
    case "json": {
      const value = evaluate(expression.value, context);
      const found = value === null ? null : jsonAt(String(value), expression.path);
      return expression.asText ? jsonText(found) : found;
    }
    case "search": {
      const row = rowOf(expression.row, context);
      const query = evaluate(expression.query, context);
      if (row === null) return null;
      const texts = expression.columns.map((name) => stored(row, name));
      return query !== null && matchesSearch(texts, String(query), expression.syntax) ? 1 : 0;
    }
    case "when":
      if (evaluate(expression.condition, context) === 1) return evaluate(expression.then, context);
      return expression.otherwise === undefined ? null : evaluate(expression.otherwise, context);
    case "exists":
      return relatedRows(expression, context).length > 0 ? 1 : 0;
    case "aggregate":
      return aggregateValue(expression, context);
  }
}

/** The verdict of a condition: true, false, or unknown (null). A rule lets through what is true. */
export function evaluateTruth(expression: Expression, context: EvaluationContext): Truth {
  return toTruth(evaluate(expression, context));
}

/** The row that is meant; null where a to-one relation leads nowhere. */
function rowOf(reference: RowReference, context: EvaluationContext): StoredRow | null {
  if (reference.type === "scope") {
    const row = context.rows[reference.name];
    if (row === undefined) throw new Error(`No row '${reference.name}' is in scope.`);
    return row;
  }
  const from = rowOf(reference.from, context);
  return from === null ? null : (follow(reference.relation, from, context)[0] ?? null);
}

function follow(relation: Relation, row: StoredRow, { related }: EvaluationContext): readonly StoredRow[] {
  if (related === undefined) throw new Error("The expression follows a relation, and no rows of others were given.");
  return related(relation, row);
}

/** Never what every object inherits: a column may be called `constructor`. */
function stored(row: StoredRow, name: string): Stored {
  return Object.hasOwn(row, name) ? (row[name] ?? null) : null;
}

function columnValue({ row: reference, column }: Extract<Expression, { type: "column" }>, context: EvaluationContext): Value {
  const row = rowOf(reference, context);
  if (row === null) return null;
  if (column.computed !== undefined) return evaluate(column.computed, { ...context, rows: { row } });
  return toValue(stored(row, column.name), column.type);
}

function callValue(expression: Extract<Expression, { type: "call" }>, context: EvaluationContext): Value {
  const operator = operators[expression.operator];
  const types = callTypes(expression);
  const args = expression.arguments.map((argument) => evaluate(argument, context));
  if (operator.strict && args.includes(null)) return null;
  return operator.evaluate(args, types, context.now);
}

/** The contexts of the related rows for which `where` is true. */
function relatedRows(
  { row: reference, relation, scope, where }: Exists | Aggregate,
  context: EvaluationContext,
): readonly EvaluationContext[] {
  const row = rowOf(reference, context);
  if (row === null) return [];
  return follow(relation, row, context)
    .map((related) => ({ ...context, rows: { ...context.rows, [scope]: related } }))
    .filter((inner) => where === undefined || evaluate(where, inner) === 1);
}

function aggregateValue(expression: Aggregate, context: EvaluationContext): Value {
  const rows = relatedRows(expression, context);
  const { value } = expression;
  if (value === undefined) return BigInt(rows.length);
  return aggregate(
    expression.function,
    rows.map((inner) => evaluate(value, inner)),
    typeOf(value),
  );
}
