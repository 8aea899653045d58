import type { Scalar, Stored } from "#contract";
import fc from "fast-check";
import { type Constant, type Expression, isConstantTruth, type RowReference, type Slot } from "../expression/expression.ts";
import type { OperatorName } from "../expression/operators.ts";
import { typeOf, typeProblem } from "../expression/typing.ts";
import { isSameType } from "../expression/value-types.ts";
import { listText } from "../expression/values.ts";
import { type Column, type Model, type Table, tableOf, type ValueType } from "../model/model.ts";
import { type Draw, drawStored, dyadicColumn, pick, texts } from "./property-world.ts";

/** For the property test: random expressions whose types fit. */

interface Scope {
  readonly reference: RowReference;
  readonly table: Table;
}

export interface ExpressionDraw {
  readonly draw: Draw;
  readonly model: Model;
  /** The values of the slots drawn so far; undefined where an expression may have none. */
  readonly slots: Stored[] | undefined;
  readonly scopes: readonly Scope[];
  readonly fresh: () => string;
}

const scalars: readonly Scalar[] = ["text", "integer", "decimal", "real", "bool", "timestamp", "date", "json", "bytes"];
const numbers: readonly Scalar[] = ["integer", "decimal", "real"];

type Maker = (context: ExpressionDraw, depth: number) => Expression | undefined;

/** An expression of that scalar type, at most so deep. */
export function drawExpression(context: ExpressionDraw, scalar: Scalar, depth: number): Expression {
  if (depth > 0 && context.draw(fc.integer, { min: 0, max: 5 }) > 0) {
    const made = pick(context.draw, ...makersOf(scalar))(context, depth - 1);
    // A call that was put together from parts that do not fit (two scales too many) gives way to a leaf.
    if (made !== undefined && typeProblem(made) === undefined && typeOf(made).scalar === scalar) return made;
  }
  return drawLeaf(context, scalar);
}

function drawLeaf(context: ExpressionDraw, scalar: Scalar): Expression {
  const { draw, model, slots } = context;
  const choice = draw(fc.integer, { min: 0, max: 9 });
  const valueType: ValueType = scalar === "decimal" ? { scalar, scale: pick(draw, 0, 2, 5) } : { scalar };
  if (choice === 0) return { type: "constant", value: null, valueType };
  if (choice === 1) return drawConstant(context, valueType);
  if (choice === 2 && slots !== undefined) return slot(slots, drawStored(draw, scalar), valueType);
  if (choice === 3 && scalar === "text") return { type: "actor", fact: { type: "id" }, valueType: model.actorId };
  if (choice === 3 && scalar === "timestamp") return { type: "actor", fact: { type: "proved" }, valueType };
  if (choice === 4) {
    const name = `claim_${scalar}`;
    return { type: "actor", fact: { type: "claim", name }, valueType: model.claims.get(name) ?? valueType };
  }
  if (choice === 5 && scalar === "bool") return { type: "role", role: pick(draw, undefined, "admin", "editor", "+password") };
  return drawColumn(context, (column) => column.type.scalar === scalar) ?? drawConstant(context, valueType);
}

function drawConstant({ draw }: ExpressionDraw, valueType: ValueType): Constant {
  return { type: "constant", value: drawStored(draw, valueType.scalar), valueType };
}

function slot(slots: Stored[], value: Stored, valueType: ValueType, list = false): Slot {
  return { type: "slot", index: slots.push(value) - 1, valueType, list };
}

/** A row within reach: in scope, or up to two steps along to-one relations. */
function drawScope({ draw, model, scopes }: ExpressionDraw): Scope {
  let scope = pick(draw, ...scopes);
  for (let steps = pick(draw, 0, 0, 1, 2); steps > 0; steps--) {
    const ways = scope.table.relations.filter((relation) => relation.cardinality === "one");
    if (ways.length === 0) break;
    const relation = pick(draw, ...ways);
    scope = { reference: { type: "through", from: scope.reference, relation }, table: tableOf(model, relation.target) };
  }
  return scope;
}

function drawColumn(context: ExpressionDraw, fits: (column: Column) => boolean): Expression | undefined {
  const { reference, table } = drawScope(context);
  const columns = [...table.columns.values()].filter(fits);
  return columns.length === 0 ? undefined : { type: "column", row: reference, column: pick(context.draw, ...columns) };
}

function call(operator: OperatorName, ...kinds: readonly Scalar[]): Maker {
  return (context, depth) => ({ type: "call", operator, arguments: kinds.map((kind) => drawExpression(context, kind, depth)) });
}

function many(operator: OperatorName, scalar: Scalar): Maker {
  return (context, depth) => {
    const count = context.draw(fc.integer, { min: 1, max: 3 });
    return { type: "call", operator, arguments: Array.from({ length: count }, () => drawExpression(context, scalar, depth)) };
  };
}

/** Two values that compare: of one scalar, or two kinds of numbers. */
function comparison(operator: OperatorName): Maker {
  return (context, depth) => {
    const left = pick(context.draw, ...scalars);
    const right = numbers.includes(left) ? pick(context.draw, ...numbers) : left;
    return { type: "call", operator, arguments: [drawExpression(context, left, depth), drawExpression(context, right, depth)] };
  };
}

/** Patterns are most often ones that have a chance. */
function pattern(operator: OperatorName): Maker {
  return (context, depth) => {
    const { draw, slots } = context;
    const wildcard = draw(
      fc.array<string>,
      fc.constantFrom("%", "_", "a", "b", "\\%", "*", "[", "é", "Σ", "\u{1F600}", "^", "$", ".", "B"),
      { maxLength: 4 },
    ).join("");
    const expression = operator.endsWith("match")
      ? pick(draw, "a", "^a.*b$", "[aA]b", "^$", "\\p{L}", "(?i)É", "a|b", ".")
      : wildcard;
    const type: ValueType = { scalar: "text" };
    const choices: Expression[] = [{ type: "constant", value: expression, valueType: type }];
    if (slots !== undefined) choices.push(slot(slots, expression, type));
    choices.push(drawExpression(context, "text", depth));
    return { type: "call", operator, arguments: [drawExpression(context, "text", depth), pick(draw, ...choices)] };
  };
}

const isIn: Maker = (context, depth) => {
  const { draw, slots } = context;
  const scalar = pick(draw, ...scalars);
  const value = drawExpression(context, scalar, depth);
  const others = Array.from({ length: draw(fc.integer, { min: 0, max: 2 }) }, () => drawExpression(context, scalar, depth));
  if (slots !== undefined && draw(fc.boolean)) {
    const items = Array.from({ length: draw(fc.integer, { min: 0, max: 3 }) }, () =>
      draw(fc.integer, { min: 0, max: 4 }) === 0 ? null : drawStored(draw, scalar),
    );
    others.push(slot(slots, listText(items), scalar === "decimal" ? { scalar, scale: pick(draw, 0, 2, 5) } : { scalar }, true));
  }
  return { type: "call", operator: "in", arguments: [value, ...others] };
};

const castTargets: Readonly<Partial<Record<Scalar, readonly string[]>>> = {
  text: ["text"],
  integer: ["integer", "int8"],
  real: ["double precision", "numeric"],
  decimal: ["numeric"],
  bool: ["boolean"],
  date: ["date"],
  timestamp: ["timestamp"],
  json: ["jsonb"],
};

function cast(to: Scalar): Maker {
  return (context, depth) => {
    const { draw } = context;
    const name: Constant = {
      type: "constant",
      value: pick(draw, ...(castTargets[to] ?? ["text"])),
      valueType: { scalar: "text" },
    };
    return { type: "call", operator: "cast", arguments: [drawExpression(context, pick(draw, ...scalars), depth), name] };
  };
}

function when(scalar: Scalar): Maker {
  return (context, depth) => {
    const [condition, then] = [drawExpression(context, "bool", depth), drawExpression(context, scalar, depth)];
    const other = context.draw(fc.boolean) ? drawExpression(context, scalar, depth) : undefined;
    const otherwise = other !== undefined && isSameType(typeOf(other), typeOf(then)) ? other : undefined;
    // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
    return { type: "when", condition, then, otherwise };
  };
}

function json(asText: boolean): Maker {
  return (context, depth) => {
    const steps = fc.oneof(
      fc.constantFrom<(string | number)[]>("a", "b", "c", "a.b", 'a"b', "", "é", "\n", "__proto__", "$", "0", "x' OR 1", "]"),
      fc.integer({ min: -3, max: 3 }),
      fc.constant(2 ** 32),
    );
    const path = context.draw(fc.array<string | number>, steps, { minLength: 1, maxLength: 3 });
    return { type: "json", value: drawExpression(context, "json", depth), path, asText };
  };
}

/** The rows of a to-many relation, and what stands over them. */
function related(context: ExpressionDraw):
  | {
      readonly row: RowReference;
      readonly inner: ExpressionDraw;
      readonly relation: Table["relations"][number];
      readonly scope: string;
    }
  | undefined {
  const { draw, model } = context;
  const { reference, table } = drawScope(context);
  const ways = table.relations.filter((relation) => relation.cardinality === "many");
  if (ways.length === 0) return undefined;
  const relation = pick(draw, ...ways);
  const scope = context.fresh();
  const inner: ExpressionDraw = {
    ...context,
    scopes: [...context.scopes, { reference: { type: "scope", name: scope }, table: tableOf(model, relation.target) }],
  };
  return { row: reference, inner, relation, scope };
}

/** Some, none and every: the latter two as `not` around. */
const exists: Maker = (context, depth) => {
  const over = related(context);
  if (over === undefined) return undefined;
  const where = context.draw(fc.boolean) ? drawExpression(over.inner, "bool", depth) : undefined;
  return {
    type: "exists",
    row: over.row,
    relation: over.relation,
    scope: over.scope,
    where: where !== undefined && isConstantTruth(where, true) ? undefined : where,
  };
};

const every: Maker = (context, depth) => {
  const over = exists(context, depth);
  if (over?.type !== "exists") return undefined;
  const counter = over.where === undefined ? undefined : ({ type: "call", operator: "isTrue", arguments: [over.where] } as const);
  const where: Expression | undefined =
    counter === undefined ? undefined : { type: "call", operator: "not", arguments: [counter] };
  return { type: "call", operator: "not", arguments: [{ ...over, where }] };
};

function aggregate(scalar: Scalar): Maker {
  return (context, depth) => {
    const { draw } = context;
    const over = related(context);
    if (over === undefined) return undefined;
    const where = draw(fc.boolean) ? drawExpression(over.inner, "bool", depth) : undefined;
    const base = { type: "aggregate", row: over.row, relation: over.relation, scope: over.scope, where } as const;
    const exact: Expression | undefined = drawColumn(
      { ...over.inner, scopes: over.inner.scopes.slice(-1) },
      (column) => column.name === dyadicColumn,
    );
    if (scalar === "integer" && draw(fc.boolean)) {
      const value = draw(fc.boolean) ? drawExpression(over.inner, pick(draw, ...scalars), depth) : undefined;
      return { ...base, function: "count", value, valueType: { scalar } };
    }
    if (scalar === "real" && draw(fc.boolean)) {
      const value = draw(fc.boolean) ? exact : drawExpression(over.inner, pick(draw, "integer", "decimal"), depth);
      return value === undefined ? undefined : { ...base, function: "avg", value, valueType: { scalar } };
    }
    const sums = numbers.includes(scalar) && draw(fc.boolean);
    const value = sums && scalar === "real" ? exact : drawExpression(over.inner, scalar, depth);
    if (value === undefined) return undefined;
    return { ...base, function: sums ? "sum" : pick(draw, "min", "max"), value, valueType: typeOf(value) };
  };
}

const search: Maker = (context) => {
  const { draw, slots } = context;
  const { reference, table } = drawScope(context);
  if (table.searchColumns.length === 0) return undefined;
  const syntax = pick(draw, "fts", "plfts", "phfts", "wfts");
  const word = (): string => pick(draw, "fish", "RED", "réd", "one", "two", "fi:*", "'one two'", "日本", "e\u0301", "!!");
  const joined = (): string => `${word()}${pick(draw, " & ", " | ", " & !", " <-> ")}${word()}`;
  const wanted = `fish & ${draw(fc.boolean) ? `(${joined()})` : `!(${joined()})`}`;
  const query =
    syntax === "fts" ? pick(draw, word(), wanted) : pick(draw, ...texts, 'red -one or "one two"', '"red fish" -three');
  const columns = draw(fc.subarray<string>, [...table.searchColumns], { minLength: 1 });
  const valueType: ValueType = { scalar: "text" };
  const text: Expression = slots === undefined ? { type: "constant", value: query, valueType } : slot(slots, query, valueType);
  return { type: "search", row: reference, table: table.name, columns, query: text, syntax };
};

const anyType = (scalar: Scalar): readonly Maker[] => [
  when(scalar),
  many("coalesce", scalar),
  cast(scalar),
  ...(scalar === "json" ? [] : [aggregate(scalar)]),
];
const arithmetic = (scalar: Scalar): readonly Maker[] =>
  (["add", "subtract", "multiply", "divide", "modulo"] as const).map(
    (operator): Maker =>
      (context, depth) => {
        const left = scalar === "integer" ? scalar : pick(context.draw, ...numbers);
        const right = scalar === "integer" ? scalar : pick(context.draw, ...numbers);
        return call(operator, left, right)(context, depth);
      },
  );

const makers: Readonly<Record<Scalar, readonly Maker[]>> = {
  bool: [
    many("and", "bool"),
    many("or", "bool"),
    call("not", "bool"),
    call("isTrue", "bool"),
    call("isFalse", "bool"),
    exists,
    exists,
    every,
    search,
    isIn,
    isIn,
    ...(["eq", "neq", "lt", "lte", "gt", "gte", "isDistinct"] as const).map(comparison),
    ...(["like", "ilike", "match", "imatch"] as const).map(pattern),
    ...(["contains", "containedBy", "overlaps"] as const).map((operator) => call(operator, "json", "json")),
    (context, depth) => call("isNull", pick(context.draw, ...scalars))(context, depth),
    ...anyType("bool"),
  ],
  text: [many("concat", "text"), call("lower", "text"), call("upper", "text"), json(true), json(true), ...anyType("text")],
  integer: [
    ...arithmetic("integer"),
    call("negate", "integer"),
    call("length", "text"),
    call("length", "bytes"),
    ...anyType("integer"),
  ],
  decimal: [...arithmetic("decimal"), call("negate", "decimal"), ...anyType("decimal")],
  real: [...arithmetic("real"), call("negate", "real"), ...anyType("real")],
  timestamp: [call("now"), call("addSeconds", "timestamp", "integer"), ...anyType("timestamp")],
  date: anyType("date"),
  json: [json(false), json(false), ...anyType("json")],
  bytes: [when("bytes"), many("coalesce", "bytes"), aggregate("bytes")],
};

function makersOf(scalar: Scalar): readonly Maker[] {
  return makers[scalar];
}

export { scalars };
