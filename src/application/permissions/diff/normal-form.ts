import {
  type Column,
  createScopes,
  type Expression,
  expressions,
  instantiate,
  type Model,
  type Relation,
  type RowReference,
} from "#database";
import { decimalText } from "#contract";

/**
 * An expression in the one form in which two versions of a rule are compared: computed columns written out, the id behind a reference
 * that must lead somewhere read from the reference, scopes named by their depth. Its value stays what it was.
 */
export function normalise(expression: Expression, model: Model): Expression {
  return named(flat(expression, model), 0);
}

function flat(expression: Expression, model: Model): Expression {
  switch (expression.type) {
    case "column": {
      const { column, row } = expression;
      if (column.computed !== undefined) return flat(instantiate(column.computed, { row }, createScopes("q")), model);
      return shortened(row, column, model);
    }
    case "call":
      return { ...expression, arguments: expression.arguments.map((part) => flat(part, model)) };
    case "json":
      return { ...expression, value: flat(expression.value, model) };
    case "search":
      return { ...expression, query: flat(expression.query, model) };
    case "when":
      return {
        ...expression,
        condition: flat(expression.condition, model),
        // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
        then: flat(expression.then, model),
        otherwise: expression.otherwise && flat(expression.otherwise, model),
      };
    case "exists":
      return { ...expression, where: expression.where && flat(expression.where, model) };
    case "aggregate":
      return {
        ...expression,
        where: expression.where && flat(expression.where, model),
        value: expression.value && flat(expression.value, model),
      };
    default:
      return expression;
  }
}

/** `row.author.id` is `row.author`: a foreign key sees to it, unless the row is kept after its end. */
function shortened(row: RowReference, column: Column, model: Model): Expression {
  if (row.type === "through") {
    const { from, relation } = row;
    const near = model.tables.get(relation.table)?.columns.get(relation.column);
    const target = model.tables.get(relation.target);
    const isReference = near?.reference?.constraint === relation.constraint && relation.junction === undefined;
    if (near !== undefined && isReference && column.name === relation.targetColumn && target?.softDelete === undefined)
      return shortened(from, near, model);
  }
  return expressions.column(row, column);
}

/** Scopes are named by how deep they stand, so that what is alike is alike to the letter. */
function named(expression: Expression, depth: number): Expression {
  if (expression.type === "exists" || expression.type === "aggregate") {
    const name = `d${depth}`;
    const renamed = <E extends Expression | undefined>(part: E): E | Expression =>
      part === undefined
        ? part
        : named(instantiate(part, { [expression.scope]: expressions.scope(name) }, createScopes("q")), depth + 1);
    return expression.type === "exists"
      ? { ...expression, scope: name, where: renamed(expression.where) }
      : { ...expression, scope: name, where: renamed(expression.where), value: renamed(expression.value) };
  }
  switch (expression.type) {
    case "call":
      return { ...expression, arguments: expression.arguments.map((part) => named(part, depth)) };
    case "json":
      return { ...expression, value: named(expression.value, depth) };
    case "search":
      return { ...expression, query: named(expression.query, depth) };
    case "when":
      return {
        ...expression,
        condition: named(expression.condition, depth),
        // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
        then: named(expression.then, depth),
        otherwise: expression.otherwise && named(expression.otherwise, depth),
      };
    default:
      return expression;
  }
}

const keys = new WeakMap<Expression, string>();

/** A text that two expressions share exactly when they are the same, in whichever version of the model they stand. */
export function keyOf(expression: Expression): string {
  let key = keys.get(expression);
  if (key === undefined) {
    key = JSON.stringify(expression, (_, value: unknown) => shortForm(value));
    keys.set(expression, key);
  }
  return key;
}

function shortForm(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString("hex")}`;
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && "table" in value) return `${String(value.table)}.${(value as unknown as Column).name}`;
  if ("cardinality" in value) {
    const { table, target, constraint, junction } = value as unknown as Relation;
    return [table, target, constraint, junction?.table];
  }
  if ("type" in value && value.type === "constant" && "valueType" in value && "value" in value)
    return constantForm(value as never);
  return value;
}

/** 7, 7n and "7.00" of a decimal are one number; a text is never one. */
function constantForm({ value, valueType }: Extract<Expression, { type: "constant" }>): unknown {
  const { scalar, scale = 2 } = valueType;
  if (value === null) return [scalar, null];
  if (scalar === "decimal") return ["decimal", decimalText(BigInt(value as bigint | number), scale)];
  if (scalar === "integer") return ["integer", String(value)];
  if (scalar === "bool") return ["bool", Number(value)];
  return [scalar, value];
}
