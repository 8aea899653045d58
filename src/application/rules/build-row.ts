import { didYouMean } from "#base";
import { AppError } from "#contract";
import {
  aggregateType,
  type Column,
  type Expression,
  expressions,
  type FreshScope,
  type Relation,
  type RowReference,
  type Table,
  type ValueType,
} from "#database";
import { inDoubt } from "../schema/definition-error.ts";
import type { Doubts, DraftModel } from "../schema/doubts.ts";
import { broken, combine, conditionOf, hasMethod, type Holder, isHolder, isProbe, valueOf } from "./build-value.ts";
import type { Built } from "./value.ts";
import { noteUsed } from "./unused-conditions.ts";

/** What rows are built from. */
export interface RowSource {
  /** The tables, which may still be growing: computed fields are built over those that are stored. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly fresh: FreshScope;
  /** Said of a name that is not there, where nothing like it is: "; ...". */
  readonly hint?: string;
  /** Undefined where the schema has no mistakes. */
  readonly doubts?: Doubts | undefined;
}

/** Which row something in an expression is. */
export interface RowPlace {
  readonly table: string;
  readonly row: RowReference;
}

/** Undefined for what is no row, nor the reference to one. */
export function placeOf(value: unknown): RowPlace | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { readonly "~row"?: RowPlace })["~row"];
}

/** The rows that a relation to many leads to, with what rules can ask of them. */
export function relatedRows<T>(source: RowSource, relation: Relation, row: RowReference): T {
  return collection({ source, relation, row, where: undefined }) as T;
}

/** A row in an expression: an object whose properties are its columns and relations, made when they are asked for. */
export function rowValue<T>(source: RowSource, tableName: string, row: RowReference): T {
  return lookup(source, tableName, row, undefined) as T;
}

/** The row that a to-one relation leads to, which is also the id there. */
function referenceValue(source: RowSource, relation: Relation, row: RowReference, id: Holder): unknown {
  return lookup(source, relation.target, { type: "through", from: row, relation }, id);
}

function lookup(source: RowSource, tableName: string, row: RowReference, id: Holder | undefined): unknown {
  const table = source.tables.get(tableName);
  if (table === undefined) return broken([`there is no table '${tableName}'`]);
  const made = new Map<string, unknown>();
  return new Proxy(id ?? {}, {
    get(target, key) {
      if (key === "~built") return id?.["~built"];
      if (key === "~row") return { table: tableName, row } satisfies RowPlace;
      if (typeof key === "symbol") return undefined;
      if (!made.has(key)) made.set(key, property(source, table, row, key) ?? inherited(target, key, table, source));
      return made.get(key);
    },
    has: (_target, key) =>
      key === "~built" ? id !== undefined : typeof key === "string" && (table.columns.has(key) || table.relationsByName.has(key)),
  });
}

function property(source: RowSource, table: Table, row: RowReference, name: string): unknown {
  const column = table.columns.get(name);
  const relation = table.relationsByName.get(name);
  if (isInDoubt(source, table, name)) return broken([inDoubt]);
  if (column !== undefined) {
    const value = columnValue(row, column);
    return relation === undefined || relation.cardinality === "many" ? value : referenceValue(source, relation, row, value);
  }
  if (relation === undefined) return undefined;
  if (relation.cardinality === "many") return collection({ source, relation, row, where: undefined });
  const target = source.tables.get(relation.target);
  return target === undefined
    ? undefined
    : referenceValue(source, relation, row, columnValue({ type: "through", from: row, relation }, target.key));
}

function isInDoubt({ doubts }: RowSource, table: Table, name: string): boolean {
  if (doubts === undefined) return false;
  // A reference has the kind of the id that it refers to.
  const target = table.columns.get(name)?.reference?.table;
  return doubts.ofField(table.name, name) || (target !== undefined && doubts.ofField(target, "id"));
}

/** A method of the id that a reference is, else a mistake. */
function inherited(target: object, name: string, table: Table, { hint = "", doubts }: RowSource): unknown {
  const method: unknown = hasMethod(name) ? Reflect.get(target, name) : undefined;
  if (typeof method === "function") return method.bind(target);
  if (isProbe(name)) return undefined;
  if (doubts?.ofAbsence(table.name, name) === true) return broken([inDoubt]);
  const known = [...table.columns.keys(), ...table.relationsByName.keys()];
  return broken([`there is no column or relation '${name}' in '${table.name}'${didYouMean(name, known) || hint}`]);
}

function columnValue(row: RowReference, column: Column): Holder {
  const built: Built = { expression: expressions.column(row, column), type: column.type, problems: [] };
  return valueOf(built, { kind: column.kind, options: column.options });
}

interface CollectionSource {
  readonly source: RowSource;
  readonly relation: Relation;
  readonly row: RowReference;
  /** The scope that `where` speaks of is its own: each use takes fresh ones. */
  readonly where: readonly ((row: unknown) => unknown)[] | undefined;
}

function collection(from: CollectionSource): unknown {
  return {
    where: (condition: (row: unknown) => unknown) => collection({ ...from, where: [...(from.where ?? []), condition] }),
    some: (condition?: (row: unknown) => unknown) => exists(from, condition, "some"),
    none: (condition?: (row: unknown) => unknown) => combine(negate, ".none()", [exists(from, condition, "none")]),
    every: (condition: (row: unknown) => unknown) =>
      // A row for which the condition is unknown is one for which it is not true.
      combine(negate, ".every()", [
        exists(from, condition, "every", (part) => expressions.not(expressions.call("isTrue", part))),
      ]),
    count: () => aggregate(from, "count", undefined),
    sum: (value: (row: unknown) => unknown) => aggregate(from, "sum", value),
    avg: (value: (row: unknown) => unknown) => aggregate(from, "avg", value),
    min: (value: (row: unknown) => unknown) => aggregate(from, "min", value),
    max: (value: (row: unknown) => unknown) => aggregate(from, "max", value),
  };
}

const negate = (part: Expression = expressions.never): Expression => expressions.not(part);

interface Inside {
  readonly scope: string;
  readonly row: unknown;
  readonly where: Holder;
}

/** Enters the related row, under the conditions that `where` has given. */
function enter({ source, relation, where }: CollectionSource, spelling: string): Inside {
  const scope = source.fresh();
  const row = rowValue<unknown>(source, relation.target, { type: "scope", name: scope });
  const conditions = (where ?? []).map((condition) => ask(condition, row, ".where()"));
  return { scope, row, where: conditionOf(combine(expressions.and, spelling, conditions), spelling) };
}

function ask(condition: unknown, row: unknown, spelling: string): Holder {
  if (typeof condition !== "function") return broken([`${spelling} needs a function such as (row) => row.id.eq(me.id)`]);
  return conditionOf(condition(row), spelling);
}

function exists(
  from: CollectionSource,
  condition: unknown,
  name: string,
  change = (part: Expression): Expression => part,
): unknown {
  const spelling = `.${name}()`;
  const { scope, row, where } = enter(from, spelling);
  const asked = condition === undefined ? undefined : ask(condition, row, spelling);
  const problems = [...where["~built"].problems, ...(asked?.["~built"].problems ?? [])];
  if (problems.length > 0) return broken(problems);
  const inner = expressions.and(where["~built"].expression, asked === undefined ? undefined : change(asked["~built"].expression));
  return valueOf({
    expression: { type: "exists", row: from.row, relation: from.relation, scope, where: optional(inner) },
    type: { scalar: "bool" },
    problems,
  });
}

const optional = (where: Expression): Expression | undefined => (expressions.isConstantTruth(where, true) ? undefined : where);

type AggregateName = expressions.Aggregate["function"];

function aggregate(from: CollectionSource, name: AggregateName, callback: unknown): unknown {
  const { scope, row, where } = enter(from, `.${name}()`);
  const value = name === "count" ? undefined : askValue(callback, row, `.${name}()`);
  const built = value?.["~built"];
  const problems = [...where["~built"].problems, ...(built?.problems ?? [])];
  if (problems.length > 0) return broken(problems);
  const type = typeOrProblem(name, built?.type);
  if (typeof type === "string") return broken([type]);
  return valueOf({
    expression: {
      type: "aggregate",
      function: name,
      row: from.row,
      relation: from.relation,
      scope,
      value: built?.expression,
      where: optional(where["~built"].expression),
      valueType: type,
    },
    type,
    problems,
  });
}

function askValue(callback: unknown, row: unknown, spelling: string): Holder {
  if (typeof callback !== "function") return broken([`${spelling} needs a function such as (row) => row.stars`]);
  const value: unknown = callback(row);
  if (!isHolder(value)) return broken([`${spelling} needs a value of the row, not a plain ${typeof value}`]);
  noteUsed(value["~built"].expression);
  return value;
}

function typeOrProblem(name: AggregateName, type: ValueType | undefined): ValueType | string {
  try {
    return aggregateType(name, type);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** For a whole model. */
export function rowSource(model: DraftModel, fresh: FreshScope): RowSource {
  return { tables: model.tables, fresh, doubts: model.doubts };
}
