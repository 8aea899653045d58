import type { ValueType } from "../model/value-type.ts";
import type { SearchSyntax } from "../expression/search.ts";
import type { Rendering } from "./render.ts";
import type { Sql } from "./sql.ts";

/** What a full-text search looks into. */
export interface SearchIndex {
  readonly table: string;
  readonly columns: readonly string[];
  readonly syntax: SearchSyntax;
}

/**
 * What differs between databases in the SQL of an expression, each with the one meaning that the evaluator gives it. Arguments
 * are complete SQL expressions; so is every result, in brackets where it needs them.
 */
export interface Dialect {
  readonly name: "sqlite";

  /**
   * A condition that is true until the time of the statement is over, and then ends it with `timeout`. `rowKey` is the row's number
   * in a select that nothing surrounds; undefined in one that is run for every row of another.
   */
  timeGuard(rowKey: Sql | undefined): Sql;

  /** Gives the hidden number of the row that the connection inserted last. */
  readonly lastRowNumber: string;

  // Numbers
  toReal(value: Sql): Sql;
  /** A parameter that must be an integer where a driver would send it as a real. */
  integerParameter(parameter: Sql): Sql;
  /** The integer, or null where it is beyond `integerLimit`. */
  integerInRange(value: Sql): Sql;
  /** The real, or null where it is infinite. */
  realInRange(value: Sql): Sql;
  /** Whole division toward zero; null for a division by zero. */
  integerQuotient(left: Sql, right: Sql): Sql;
  remainder(left: Sql, right: Sql): Sql;

  // Truth and comparison
  isTruth(value: Sql, wanted: boolean): Sql;
  isDistinct(left: Sql, right: Sql): Sql;
  isIn(value: Sql, items: readonly Sql[]): Sql;
  /** A subquery of the values of a list slot, in brackets; `wrap` is put around each. */
  listItems(list: Sql, type: ValueType, wrap: (item: Sql) => Sql): Sql;

  // Text
  concat(parts: readonly Sql[]): Sql;
  length(value: Sql): Sql;
  lower(value: Sql): Sql;
  upper(value: Sql): Sql;
  like(value: Sql, pattern: Sql): Sql;
  ilike(value: Sql, pattern: Sql): Sql;
  matches(value: Sql, pattern: Sql, ignoreCase: boolean): Sql;

  // JSON
  jsonAt(value: Sql, path: readonly (string | number)[], asText: boolean): Sql;
  canonicalJson(value: Sql): Sql;
  compareJson(left: Sql, right: Sql): Sql;
  containsJson(left: Sql, right: Sql): Sql;
  overlapsJson(left: Sql, right: Sql): Sql;

  addSeconds(moment: Sql, seconds: Sql): Sql;
  cast(value: Sql, from: ValueType, to: ValueType): Sql;
  /** `rowKey` is the row's hidden number; true or false. */
  search(index: SearchIndex, rowKey: Sql, query: Sql): Sql;
  /** The exact sum of integers; null where it is out of range. `small` where no sum of any number of rows can be. */
  integerSum(value: Sql, small: boolean): Sql;
  /** How a value is written inside a JSON object. */
  renderJson(value: Sql, rendering: Rendering): Sql;
}
