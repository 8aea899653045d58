import type { FilterOperator } from "#application";

/** How the text behind an operator is written. */
export type ValueSyntax = "single" | "pattern" | "list" | "search" | "container";

export interface OperatorEntry {
  readonly operator: FilterOperator;
  readonly syntax: ValueSyntax;
  /** Takes `(any)` and `(all)`. */
  readonly quantifiable: boolean;
}

const entry = (operator: FilterOperator, syntax: ValueSyntax, quantifiable: boolean): [FilterOperator, OperatorEntry] => [
  operator,
  { operator, syntax, quantifiable },
];

/** Every operator that a filter may name, but `is` and the relation quantifiers, which compare with no value. */
export const filterOperators: ReadonlyMap<string, OperatorEntry> = new Map<string, OperatorEntry>([
  entry("eq", "single", true),
  entry("neq", "single", false),
  entry("gt", "single", true),
  entry("gte", "single", true),
  entry("lt", "single", true),
  entry("lte", "single", true),
  entry("like", "pattern", true),
  entry("ilike", "pattern", true),
  entry("match", "single", true),
  entry("imatch", "single", true),
  entry("in", "list", false),
  entry("isdistinct", "single", false),
  entry("fts", "search", false),
  entry("plfts", "search", false),
  entry("phfts", "search", false),
  entry("wfts", "search", false),
  entry("cs", "container", false),
  entry("cd", "container", false),
  entry("ov", "container", false),
]);

/** PostgREST's operators on range types, which no database but PostgreSQL has. */
export const rangeOperators: ReadonlySet<string> = new Set(["sl", "sr", "nxr", "nxl", "adj"]);

export const quantifiers: ReadonlyMap<string, "some" | "none" | "every"> = new Map([
  ["some", "some"],
  ["none", "none"],
  ["every", "every"],
]);
