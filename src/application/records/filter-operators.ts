import type { Scalar } from "#contract";
import type { OperatorName } from "#database";

/** Everything that is known of a filter's operator. */
export interface FilterEntry {
  /** What it compares. */
  readonly compares: Comparable;
  /** The operator of expressions that it is; `search` asks the index of words. */
  readonly operator: OperatorName | "search";
  /** What it compares with. */
  readonly value: FilterValue;
  /** The value may be a list, any or all of whose members must compare so. */
  readonly quantifiable: boolean;
}

/**
 * `own` is a value of the column's kind and `list` several of them. `json` is JSON, `words` what full-text search looks for,
 * `text` a text of any form, and `pattern` one with `%` and `_`.
 */
export type FilterValue = "own" | "list" | "json" | "text" | "pattern" | "words";

export type Comparable = "ordered" | "equatable" | "text" | "json";

const ordered: readonly Scalar[] = ["text", "integer", "decimal", "real", "bool", "timestamp", "date"];

export const comparables: { readonly [C in Comparable]: readonly Scalar[] } = {
  ordered,
  equatable: [...ordered, "bytes"],
  text: ["text"],
  json: ["json"],
};

/** Every operator that compares with a value. `is` and the quantifiers of relations are conditions of their own. */
const table = {
  eq: { compares: "equatable", operator: "eq", value: "own", quantifiable: true },
  neq: { compares: "equatable", operator: "neq", value: "own", quantifiable: false },
  gt: { compares: "ordered", operator: "gt", value: "own", quantifiable: true },
  gte: { compares: "ordered", operator: "gte", value: "own", quantifiable: true },
  lt: { compares: "ordered", operator: "lt", value: "own", quantifiable: true },
  lte: { compares: "ordered", operator: "lte", value: "own", quantifiable: true },
  isdistinct: { compares: "equatable", operator: "isDistinct", value: "own", quantifiable: false },
  in: { compares: "ordered", operator: "in", value: "list", quantifiable: false },
  like: { compares: "text", operator: "like", value: "pattern", quantifiable: true },
  ilike: { compares: "text", operator: "ilike", value: "pattern", quantifiable: true },
  match: { compares: "text", operator: "match", value: "text", quantifiable: true },
  imatch: { compares: "text", operator: "imatch", value: "text", quantifiable: true },
  fts: { compares: "text", operator: "search", value: "words", quantifiable: false },
  plfts: { compares: "text", operator: "search", value: "words", quantifiable: false },
  phfts: { compares: "text", operator: "search", value: "words", quantifiable: false },
  wfts: { compares: "text", operator: "search", value: "words", quantifiable: false },
  cs: { compares: "json", operator: "contains", value: "json", quantifiable: false },
  cd: { compares: "json", operator: "containedBy", value: "json", quantifiable: false },
  ov: { compares: "json", operator: "overlaps", value: "json", quantifiable: false },
} as const;

export type FilterOperator = keyof typeof table;

export const filterOperators: { readonly [O in FilterOperator]: FilterEntry } = table;

/** Is it the name of one? */
export function isFilterOperator(name: string): name is FilterOperator {
  return Object.hasOwn(table, name);
}
