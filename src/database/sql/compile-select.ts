import { aggregateType } from "../expression/aggregates.ts";
import { castType } from "../expression/cast.ts";
import type { Expression } from "../expression/expression.ts";
import type { ValueType } from "../model/model.ts";
import type { CountOutput, OrderPlan, Output, RowBound, Seek, SelectPlan, ValueOutput } from "../query/select-plan.ts";
import { boundOf } from "./bounds.ts";
import { aggregateSql, aliasSource, type CompileContext, compileExpression, rowsOf } from "./compile-expression.ts";
import { compileSeek } from "./compile-seek.ts";
import { renderingOfType } from "./render.ts";
import { bind, empty, identifier, join, raw, type Sql, sql, textLiteral } from "./sql.ts";

export interface SelectOptions {
  /** Values that follow the JSON text in each result row, in stored form. */
  readonly extra?: readonly Expression[];
  readonly seek?: Seek;
  /** One row more than the limit: to know whether another page follows. */
  readonly oneMore?: boolean;
  /** Each result row ends with the number of rows that there would be without limit, offset and seek. */
  readonly count?: boolean;
  /**
   * Find and sort row numbers first, build JSON for the rows of the page alone. Pays where no index gives the order: SQLite
   * otherwise builds the JSON of every row that it sorts (measured: 4 times slower over 25,000 rows).
   */
  readonly late?: boolean;
}

/** One statement for the whole plan: a result row is the JSON text of an object, then whatever the options add. */
export function compileSelect(plan: SelectPlan, outer: CompileContext, options: SelectOptions = {}): Sql {
  const context = enter(plan, outer);
  const object = jsonObject(plan, context);
  const extra = (options.extra ?? []).map((value) => sql`, ${compileExpression(value, context)}`);
  const count = options.count === true ? sql`, (${compileCount(plan, context)})` : empty;
  const columns = join([object, ...extra, count], "");
  const { order } = options.seek ?? plan;
  const conditions = where(plan, context, { guard: "outer", seek: options.seek });
  const page = sql`${orderBy(order, plan, context)}${limit(plan, options.oneMore === true, context)}`;
  if (options.late !== true || plan.grouped)
    return sql`SELECT ${columns}${from(plan, context)}${conditions}${groupBy(plan, context)}${page}`;
  const key = rowKey(plan);
  return sql`SELECT ${columns}${from(plan, context)} WHERE ${key} IN (SELECT ${key}${from(plan, context)}${conditions}${page})${orderBy(order, plan, context)}`;
}

/** The rows of a plan as plain stored values instead of JSON: what the caller's own code goes on working with. */
export function compileRows(plan: SelectPlan, values: readonly Expression[], outer: CompileContext): Sql {
  const context = enter(plan, outer);
  const columns = join(
    values.map((value) => compileExpression(value, context)),
    ", ",
  );
  return sql`SELECT ${columns}${from(plan, context)}${where(plan, context, { guard: "outer" })}${orderBy(plan.order, plan, context)}${limit(plan, false, context)}`;
}

/** How many rows (or groups) the plan has without its limit and offset. */
export function compileCount(plan: SelectPlan, outer: CompileContext): Sql {
  const context = enter(plan, outer);
  const rows = sql`${from(plan, context)}${where(plan, context, { guard: "outer" })}`;
  if (plan.grouped) return sql`SELECT count(*) FROM (SELECT 1${rows}${groupBy(plan, context)})`;
  return sql`SELECT count(*)${rows}`;
}

/** Counts up to a bound, so that the cost is bounded too. */
export function compileBoundedCount(plan: SelectPlan, outer: CompileContext, most: number): Sql {
  const context = enter(plan, outer);
  const rows = sql`${from(plan, context)}${where(plan, context, { guard: "outer" })}`;
  return sql`SELECT count(*) FROM (SELECT 1${rows}${groupBy(plan, context)} LIMIT ${raw(String(most))})`;
}

/** Of a sample of the table's rows, oldest and newest: how many the plan takes, how many there are, and the table's reach. */
export function compileSample(plan: SelectPlan, outer: CompileContext, half: number): Sql {
  const context = enter(plan, outer);
  const table = identifier(plan.table.name);
  const key = identifier(plan.table.rowKey);
  const ends = (direction: "ASC" | "DESC"): Sql =>
    sql`SELECT * FROM (SELECT ${key} FROM ${table} ORDER BY ${key} ${raw(direction)} LIMIT ${raw(String(half))})`;
  const sample = sql`${ends("ASC")} UNION ${ends("DESC")}`;
  const taken = sql`SELECT count(*)${from(plan, context)} WHERE ${rowKey(plan)} IN (${sample}) AND ${compileExpression(plan.where, context)}`;
  return sql`SELECT (${taken}), (SELECT count(*) FROM (${sample})), (SELECT coalesce(max(${key}) - min(${key}) + 1, 0) FROM ${table})`;
}

/** The plan's own rows in scope, beside those around it. Scopes are unique, so they serve as aliases. */
function enter(plan: SelectPlan, outer: CompileContext): CompileContext {
  const rows = new Map(outer.rows).set(plan.scope, aliasSource(plan.scope));
  if (plan.via !== undefined) rows.set(plan.via.scope, aliasSource(plan.via.scope));
  return { ...outer, rows };
}

function rowKey(plan: SelectPlan): Sql {
  return sql`${identifier(plan.scope)}.${identifier(plan.table.rowKey)}`;
}

function from(plan: SelectPlan, context: CompileContext): Sql {
  const { link } = plan;
  const isTold = link !== undefined && context.past === true;
  const where = isTold ? { where: { column: link.column, value: compileExpression(link.value, context) } } : {};
  const first = plan.via === undefined ? where : {};
  const own = sql`${rowsOf(plan.table, context, { rows: plan.rows ?? "live", ...first })} AS ${identifier(plan.scope)}`;
  if (plan.via === undefined) return sql` FROM ${own}`;
  const junction = sql`${rowsOf(plan.via.table, context, where)} AS ${identifier(plan.via.scope)}`;
  return sql` FROM ${junction} JOIN ${own} ON ${compileExpression(plan.via.on, context)}`;
}

interface WhereOptions {
  /** Which time guard stands before the conditions: none where one row at most is looked up by a unique column. */
  readonly guard: "outer" | "inner" | "none";
  readonly seek?: Seek | undefined;
}

function where(plan: SelectPlan, context: CompileContext, { guard, seek }: WhereOptions): Sql {
  const conditions =
    context.guarded === true && guard !== "none" ? [context.dialect.timeGuard(guard === "outer" ? rowKey(plan) : undefined)] : [];
  if (!isTrue(plan.where)) conditions.push(compileExpression(plan.where, context));
  if (seek !== undefined && seek.slots.length > 0) conditions.push(compileSeek(seek, context));
  return conditions.length === 0 ? empty : sql` WHERE ${join(conditions, " AND ")}`;
}

function isTrue(expression: Expression): boolean {
  return expression.type === "constant" && expression.value === 1;
}

function orderBy(order: readonly OrderPlan[], plan: SelectPlan, context: CompileContext): Sql {
  if (order.length === 0) return plan.grouped ? empty : sql` ORDER BY ${rowKey(plan)}`;
  const terms = order.map(({ value, direction, nulls, nullable }) => {
    // An index serves an order of nulls that is not SQLite's own only where the planner need not think of nulls at all.
    const nullOrder = nullable ? (nulls === "first" ? " NULLS FIRST" : " NULLS LAST") : "";
    return sql`${compileExpression(value, context)}${raw(`${direction === "asc" ? " ASC" : " DESC"}${nullOrder}`)}`;
  });
  return sql` ORDER BY ${join(terms, ", ")}`;
}

function limit(plan: SelectPlan, oneMore: boolean, context: CompileContext): Sql {
  if (plan.limit === undefined && plan.offset === undefined) return empty;
  const rows = plan.limit === undefined ? raw("-1") : rowBound(plan.limit, context);
  const all = oneMore ? sql` LIMIT ${rows} + 1` : sql` LIMIT ${rows}`;
  return plan.offset === undefined ? all : sql`${all} OFFSET ${rowBound(plan.offset, context)}`;
}

function rowBound(bound: RowBound, { dialect }: CompileContext): Sql {
  // SQLite's planner looks at a bare parameter here, and plans the statement anew at every binding (measured: 1.4 times slower).
  return bound.type === "fixed" ? raw(String(bound.rows)) : dialect.integerParameter(bind({ type: "slot", index: bound.index }));
}

function groupBy(plan: SelectPlan, context: CompileContext): Sql {
  if (!plan.grouped) return empty;
  const groups = plan.outputs.flatMap((output) => groupKeys(output, context));
  return groups.length === 0 ? empty : sql` GROUP BY ${join(groups, ", ")}`;
}

function groupKeys(output: Output, context: CompileContext): readonly Sql[] {
  switch (output.type) {
    case "count":
      return [];
    case "value":
      return output.aggregate === undefined ? [compileExpression(output.value, context)] : [];
    case "embed":
      return [embed(output.plan, output.cardinality, context)];
    case "spread":
      return spread(output.plan, output.cardinality, context).map(({ value }) => value);
  }
}

function jsonObject(plan: SelectPlan, context: CompileContext): Sql {
  const pairs = fields(plan, context).map(({ key, value }) => sql`${textLiteral(key)}, ${value}`);
  const object = sql`json_object(${join(pairs, ", ")})`;
  // A merge patch drops the members that are null (RFC 7396).
  return plan.stripNulls ? sql`json_patch('{}', ${object})` : object;
}

interface JsonField {
  readonly key: string;
  /** SQL that gives JSON (with SQLite's JSON subtype where it is an object, an array, true or false). */
  readonly value: Sql;
}

function fields(plan: SelectPlan, context: CompileContext): readonly JsonField[] {
  return plan.outputs.flatMap((output): readonly JsonField[] => {
    switch (output.type) {
      case "value":
        return [{ key: output.key, value: valueField(output, context) }];
      case "count":
        return [{ key: output.key, value: countField(output, context) }];
      case "embed":
        return [{ key: output.key, value: embed(output.plan, output.cardinality, context) }];
      case "spread":
        return spread(output.plan, output.cardinality, context);
    }
  });
}

/** As large as a stored integer can be. */
const anyInteger = 2n ** 63n;

/** A value on its way into the answer, with what decides how it is written. */
interface Typed {
  readonly value: Sql;
  readonly valueType: ValueType;
}

function valueField(output: ValueOutput, context: CompileContext): Sql {
  let typed: Typed = { valueType: output.valueType, value: compileExpression(output.value, context) };
  if (output.cast !== undefined) typed = cast(typed, output.cast, context);
  if (output.aggregate !== undefined) {
    const name = output.aggregate.function;
    // A cast may give any number: its bound is not the column's.
    const bound = output.cast === undefined ? boundOf(output.value) : anyInteger;
    const type = aggregateType(name, typed.valueType);
    typed = { value: aggregateSql(name, typed.value, typed.valueType, { dialect: context.dialect, bound }), valueType: type };
    if (output.aggregate.cast !== undefined) typed = cast(typed, output.aggregate.cast, context);
  }
  return context.dialect.renderJson(typed.value, renderingOfType(typed.valueType));
}

function countField(output: CountOutput, context: CompileContext): Sql {
  const typed: Typed = { value: raw("count(*)"), valueType: { scalar: "integer" } };
  const { value, valueType } = output.cast === undefined ? typed : cast(typed, output.cast, context);
  return context.dialect.renderJson(value, renderingOfType(valueType));
}

function cast({ value, valueType }: Typed, name: string, { dialect }: CompileContext): Typed {
  const to = castType(valueType, name);
  return { value: dialect.cast(value, valueType, to), valueType: to };
}

function embed(plan: SelectPlan, cardinality: "one" | "many", outer: CompileContext): Sql {
  const context = enter(plan, outer);
  const object = jsonObject(plan, context);
  if (cardinality === "one")
    return sql`(SELECT ${object}${from(plan, context)}${where(plan, context, { guard: "none" })}${groupBy(plan, context)} LIMIT 1)`;
  return sql`(SELECT json_group_array(json(j)) FROM (SELECT ${object} AS j${tail(plan, context)}))`;
}

/** The fields of an embedded plan, each as a value of the parent's own. */
function spread(plan: SelectPlan, cardinality: "one" | "many", outer: CompileContext): readonly JsonField[] {
  const context = enter(plan, outer);
  return fields(plan, context).map(({ key, value }) => {
    if (cardinality === "one") {
      return {
        key,
        value: sql`(SELECT ${value}${from(plan, context)}${where(plan, context, { guard: "none" })}${groupBy(plan, context)} LIMIT 1)`,
      };
    }
    // The array around each value keeps its JSON type on the way out of the ordered subquery.
    return {
      key,
      value: sql`(SELECT json_group_array(json(j -> '$[0]')) FROM (SELECT json_array(${value}) AS j${tail(plan, context)}))`,
    };
  });
}

function tail(plan: SelectPlan, context: CompileContext): Sql {
  return sql`${from(plan, context)}${where(plan, context, { guard: "inner" })}${groupBy(plan, context)}${orderBy(plan.order, plan, context)}${limit(plan, false, context)}`;
}
