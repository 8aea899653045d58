import { AppError, type Kind, type KindOptions, kinds } from "#contract";
import { didYouMean } from "#base";
import {
  createScopes,
  type Expression,
  expressions,
  type FreshScope,
  instantiate,
  type RowReference,
  type Table,
  type ValueType,
} from "#database";
import { hintOf } from "../access/key-scope.ts";
import { type AccessView, readableColumns } from "./access-view.ts";
import type { RecordLimits } from "./limits.ts";
import type { PastReading } from "./past.ts";
import type { Path, ValueForm } from "./query.ts";
import { Slots } from "./slots.ts";

/** What resolving one query carries along: whose view of the data, the slots found so far, and how much was asked for. */
export interface Resolver {
  readonly view: AccessView;
  readonly form: ValueForm;
  readonly values: readonly unknown[];
  readonly slots: Slots;
  readonly fresh: FreshScope;
  readonly limits: RecordLimits;
  /** Set where the query reads the past. */
  readonly past: PastReading | undefined;
  readonly spent: Record<"conditions" | "relations" | "regular expressions" | "searches", number>;
}

export function createResolver(
  view: AccessView,
  query: { form: ValueForm; values: readonly unknown[]; past?: PastReading | undefined },
  limits: RecordLimits,
): Resolver {
  return {
    view,
    form: query.form,
    values: query.values,
    slots: new Slots(),
    fresh: createScopes("t"),
    limits,
    past: query.past,
    spent: { conditions: 0, relations: 0, "regular expressions": 0, searches: 0 },
  };
}

/** Counts what a query spends against a limit; refuses with the limit's name. */
export function spend(resolver: Resolver, what: keyof Resolver["spent"]): void {
  const { maxConditions, maxRelations, maxPatterns, maxSearches } = resolver.limits;
  const limit = { conditions: maxConditions, relations: maxRelations, "regular expressions": maxPatterns, searches: maxSearches }[
    what
  ];
  if (++resolver.spent[what] > limit) {
    throw new AppError("limitExceeded", {
      message: `A query may have at most ${limit} ${what}.`,
      hint: "Ask for less, or in several queries.",
    });
  }
}

export function refuseDepth(resolver: Resolver, depth: number): void {
  if (depth > resolver.limits.maxDepth) {
    throw new AppError("limitExceeded", { message: `Relations may nest at most ${resolver.limits.maxDepth} deep.` });
  }
}

/** A column, or a step into its JSON, as an expression: null wherever a field rule hides it from this row's reader. */
export interface ResolvedPath {
  readonly value: Expression;
  readonly valueType: ValueType;
  /** How values to compare with it are parsed. */
  readonly kind: Kind;
  readonly options: KindOptions;
  readonly nullable: boolean;
}

export function resolvePath(resolver: Resolver, table: Table, row: RowReference, path: Path): ResolvedPath {
  const visible = resolver.view.readableColumn(table, path.column);
  if (visible === undefined) throw unknownColumn(resolver.view, table, path.column);
  const { column, mask } = visible;
  const plain = expressions.column(row, column);
  const value: Expression =
    mask === undefined
      ? plain
      : // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
        { type: "when", condition: instantiate(mask, { row }, resolver.fresh), then: plain, otherwise: undefined };
  const nullable = column.nullable || column.computed !== undefined || mask !== undefined || row.type === "through";
  if (path.json.length === 0) {
    const { kind, options, type: valueType } = column;
    return { value, valueType, kind, options, nullable };
  }
  if (column.type.scalar !== "json") {
    throw new AppError("operatorMismatch", { message: `The column '${column.name}' is not JSON: it has no '->'.` });
  }
  const asText = path.json.at(-1)?.asText ?? false;
  const kind = asText ? kinds.text : kinds.json;
  return {
    value: { type: "json", value, path: path.json.map((step) => step.key), asText },
    valueType: { scalar: kind.scalar },
    kind,
    options: {},
    nullable: true,
  };
}

/** The same answer for a column that is not there and for one that this caller may not read. */
function unknownColumn(view: AccessView, table: Table, name: string): AppError {
  const known = readableColumns(view, table).map(({ column }) => column.name);
  return new AppError("unknownColumn", {
    message: `There is no column '${name}' in '${table.name}'${didYouMean(name, known) || "."}`,
  });
}

/** The same answer for a table that is not there and for one of which this caller may read nothing. */
export function unknownTable(view: AccessView, name: string): AppError {
  const known = [...view.model.tables.keys()].filter((table) => view.readableTable(table) !== undefined);
  return new AppError("unknownTable", {
    message: `There is no table '${name}', or you may not read it${didYouMean(name, known) || "."}`,
    ...hintOf(view.scope, "tables"),
  });
}
