import { aggregateType } from "../expression/aggregates.ts";
import { callTypes, typeOf } from "../expression/typing.ts";
import type { Aggregate, Exists, Expression, RowReference } from "../expression/expression.ts";
import { operators } from "../expression/operators.ts";
import { isSameType, scaleOf } from "../expression/value-types.ts";
import { integerLimit, powerOfTen } from "../expression/values.ts";
import { type Column, columnOf, type Model, type Relation, type Table, tableOf, type ValueType } from "../model/model.ts";
import { boundOf } from "./bounds.ts";
import type { Dialect } from "./dialect.ts";
import { type SourceOptions, tableSource } from "./table-source.ts";
import { bind, constant, empty, identifier, raw, type Sql, sql } from "./sql.ts";

/** Where the values of a row in scope come from. */
export interface RowSource {
  /** A stored column's value. Computed columns are put together from these. */
  readonly column: (column: Column) => Sql;
  /** The row's hidden number; undefined for a row that is not in the database, which cannot be searched. */
  readonly rowKey: ((table: Table) => Sql) | undefined;
}

export interface CompileContext {
  readonly model: Model;
  readonly dialect: Dialect;
  /** The rows in scope, by the names by which the expression speaks of them. */
  readonly rows: ReadonlyMap<string, RowSource>;
  /**
   * Makes table aliases that the statement does not have yet. What an expression opens always gets one: a computed column
   * brings scopes of its own, whose names may be those of the expression that it stands in.
   */
  readonly alias: () => string;
  /** The rows that a select reads are read under the dialect's time guard. */
  readonly guarded?: boolean;
  /** Tables that have a history are read as they were at the moment of the request. */
  readonly past?: boolean;
}

/** The rows of a table as the statement sees them, to stand after FROM. */
export function rowsOf(table: Table, context: CompileContext, more: Pick<Partial<SourceOptions>, "rows" | "where"> = {}): Sql {
  return tableSource(table, { past: context.past === true, rows: "live", ...more });
}

/** A row of a table that the statement has under an alias. */
export function aliasSource(alias: string): RowSource {
  const table = identifier(alias);
  return {
    column: (column) => sql`${table}.${identifier(column.name)}`,
    rowKey: ({ rowKey }) => sql`${table}.${identifier(rowKey)}`,
  };
}

/** Aliases in the order in which they are asked for. */
export function createAliases(prefix = "r"): () => string {
  let count = 0;
  return () => `${prefix}${++count}`;
}

/**
 * An expression as SQL, with the meaning that `evaluate` gives it: truths are 1, 0 and null. The text depends on the
 * expression's shape alone, never on a value. Throws `operatorMismatch` where its types do not fit.
 */
export function compileExpression(expression: Expression, context: CompileContext): Sql {
  switch (expression.type) {
    case "slot":
    case "actor": {
      const parameter = compileParameter(expression);
      const isNumber = expression.valueType.scalar === "integer" && !(expression.type === "slot" && expression.list);
      return isNumber ? context.dialect.integerParameter(parameter) : parameter;
    }
    case "constant":
      return compileConstant(expression);
    case "role":
      return bind({ type: "role", role: expression.role });
    case "column":
      return within(expression.row, context, (source) => compileColumn(expression.column, source, context));
    case "call":
      return compileCall(expression, context);
    case "json":
      return context.dialect.jsonAt(compileExpression(expression.value, context), expression.path, expression.asText);
    case "search":
      return within(expression.row, context, (source) => {
        if (source.rowKey === undefined) throw new Error("A row that is not in the database yet cannot be searched.");
        const key = source.rowKey(tableOf(context.model, expression.table));
        return context.dialect.search(expression, key, compileExpression(expression.query, context));
      });
    case "when": {
      const [condition, then] = [compileExpression(expression.condition, context), compileExpression(expression.then, context)];
      const otherwise =
        expression.otherwise === undefined ? empty : sql` ELSE ${compileExpression(expression.otherwise, context)}`;
      return sql`CASE WHEN ${condition} THEN ${then}${otherwise} END`;
    }
    case "exists":
      return sql`EXISTS (SELECT 1 ${relatedRows(expression, context).from})`;
    case "aggregate":
      return compileAggregate(expression, context);
  }
}

/** A parameter as it is, where a number of any storage class will do: in a comparison. */
function compileParameter(expression: Extract<Expression, { type: "slot" | "actor" }>): Sql {
  return expression.type === "slot"
    ? bind({ type: "slot", index: expression.index })
    : bind({ type: "actor", fact: expression.fact });
}

function compileConstant({ value, valueType }: Extract<Expression, { type: "constant" }>): Sql {
  if (value === null) return raw("NULL");
  // The two truths are words of the language, so that the database's planner sees them.
  if (valueType.scalar === "bool") return raw(Number(value) === 1 ? "1" : "0");
  return constant(valueType.scalar === "integer" || valueType.scalar === "decimal" ? BigInt(value as number | bigint) : value);
}

function compileColumn(column: Column, source: RowSource, context: CompileContext): Sql {
  if (column.computed === undefined) return source.column(column);
  return compileExpression(column.computed, { ...context, rows: new Map([["row", source]]) });
}

function compileCall(expression: Extract<Expression, { type: "call" }>, context: CompileContext): Sql {
  const operator = operators[expression.operator];
  const types = callTypes(expression);
  const [first] = types.arguments;
  const bare = operator.compares && types.arguments.every((type) => first !== undefined && isSameType(first, type));
  const args = expression.arguments.map((argument) =>
    bare && (argument.type === "slot" || argument.type === "actor")
      ? compileParameter(argument)
      : compileExpression(argument, context),
  );
  return operator.sql(args, types, { dialect: context.dialect, mayOverflow: boundOf(expression) > integerLimit });
}

/**
 * SQL over the row that is meant. What a to-one relation leads to becomes a subquery by its key, which is null where there
 * is no such row.
 */
function within(reference: RowReference, context: CompileContext, value: (source: RowSource) => Sql): Sql {
  if (reference.type === "scope") return value(sourceOf(reference.name, context));
  const { from, relation } = reference;
  const alias = context.alias();
  const link = linkTo(from, relation, alias, context);
  return sql`(SELECT ${value(aliasSource(alias))} ${link})`;
}

function sourceOf(name: string, context: CompileContext): RowSource {
  const source = context.rows.get(name);
  if (source === undefined) throw new Error(`No row '${name}' is in scope.`);
  return source;
}

/** `FROM ... WHERE ...` of the rows that a relation leads to, the target's under `alias`. */
function linkTo(from: RowReference, relation: Relation, alias: string, context: CompileContext): Sql {
  const near = columnAt(from, columnOf(tableOf(context.model, relation.table), relation.column), context);
  const [table, far] = [tableOf(context.model, relation.target), identifier(alias)];
  const { junction } = relation;
  if (junction === undefined) {
    const isPast = context.past === true && table.history !== undefined;
    const target = rowsOf(table, context, isPast ? { where: { column: relation.targetColumn, value: near } } : {});
    return sql`FROM ${target} AS ${far} WHERE ${far}.${identifier(relation.targetColumn)} = ${near}`;
  }
  const target = rowsOf(table, context);
  const between = identifier(context.alias());
  return sql`FROM ${rowsOf(tableOf(context.model, junction.table), context)} AS ${between} JOIN ${target} AS ${far} ON ${far}.${identifier(relation.targetColumn)} = ${between}.${identifier(junction.targetColumn)} WHERE ${between}.${identifier(junction.column)} = ${near}`;
}

/**
 * A column of the row that is meant. The key of a row that is referred to already stands in the row that refers to it, as long as the
 * one that it refers to must be there.
 */
function columnAt(reference: RowReference, column: Column, context: CompileContext): Sql {
  if (reference.type === "through") {
    const { from, relation } = reference;
    const near = tableOf(context.model, relation.table).columns.get(relation.column);
    const target = tableOf(context.model, relation.target);
    const isThere = target.softDelete === undefined && context.past !== true;
    if (
      isThere &&
      near?.reference?.constraint === relation.constraint &&
      relation.junction === undefined &&
      column.name === relation.targetColumn
    ) {
      return columnAt(from, near, context);
    }
  }
  return within(reference, context, (source) => compileColumn(column, source, context));
}

function relatedRows(
  { row, relation, scope, where }: Exists | Aggregate,
  context: CompileContext,
): { readonly from: Sql; readonly inner: CompileContext } {
  const alias = context.alias();
  const inner = { ...context, rows: new Map(context.rows).set(scope, aliasSource(alias)) };
  const link = linkTo(row, relation, alias, context);
  const isGuarded = context.guarded === true && relation.cardinality === "many";
  const guarded = isGuarded ? sql`${link} AND ${context.dialect.timeGuard(undefined)}` : link;
  return { from: where === undefined ? guarded : sql`${guarded} AND ${compileExpression(where, inner)}`, inner };
}

function compileAggregate(expression: Aggregate, context: CompileContext): Sql {
  const { from, inner } = relatedRows(expression, context);
  const { value } = expression;
  if (value === undefined) return sql`(SELECT count(*) ${from})`;
  const type = typeOf(value);
  aggregateType(expression.function, type);
  const target = { dialect: context.dialect, bound: boundOf(value) };
  const each = compileExpression(value, inner);
  const isOwnColumn =
    value.type === "column" &&
    value.row.type === "scope" &&
    value.row.name === expression.scope &&
    value.column.computed === undefined;
  if (isOwnColumn) return sql`(SELECT ${aggregateSql(expression.function, each, type, target)} ${from})`;
  // SQL takes an aggregate of nothing but outer columns for one of the outer query; a subquery makes the value this query's own.
  const result = aggregateSql(expression.function, raw("v"), type, target);
  return sql`(SELECT ${result} FROM (SELECT ${each} AS v ${from}))`;
}

/** What an aggregate needs to know besides its value. */
export interface AggregateTarget {
  readonly dialect: Dialect;
  /** The largest absolute value that one row can have, where it is an integer or a decimal: see `boundOf`. */
  readonly bound: bigint;
}

/** No number of rows that a table can have sums values below this past 64 bits. */
const smallBound = 2n ** 31n;

/** An aggregate function over the rows of the surrounding select; its meaning is that of `aggregate`, its type that of `aggregateType`. */
export function aggregateSql(name: Aggregate["function"], value: Sql, type: ValueType, { dialect, bound }: AggregateTarget): Sql {
  if (name === "count" || name === "min" || name === "max") return sql`${raw(name)}(${value})`;
  if (type.scalar === "real") return dialect.realInRange(sql`${raw(name)}(${value})`);
  const total = dialect.integerSum(value, bound < smallBound);
  if (name === "sum") return total;
  const mean = sql`${dialect.toReal(total)} / count(${value})`;
  return scaleOf(type) === 0 ? sql`(${mean})` : sql`(${mean} / ${raw(`${powerOfTen(scaleOf(type))}.0`)})`;
}
