import type { Expression } from "../expression/expression.ts";
import type { Table, ValueType } from "../model/model.ts";
import type { SeenRows } from "../sql/table-source.ts";

/**
 * A read that is resolved and allowed: every name is a thing of the model, every rule stands in `where`. What
 * `compileSelect` turns into one statement. Its expressions speak of the scopes that the plan and its parents open.
 */
export interface SelectPlan {
  readonly table: Table;
  /** The name of the plan's row in expressions: unique within the whole tree of plans. */
  readonly scope: string;
  /** `all` are the deleted ones too, where the table keeps them; by default the rows that are there. */
  readonly rows?: SeenRows;
  /** Many-to-many: the junction row that is joined to the plan's row. */
  readonly via: { readonly table: Table; readonly scope: string; readonly on: Expression } | undefined;
  /**
   * Of an embedded plan: a column (of the junction's row, where there is one) and the parent's value that it equals. `where` says it too;
   * here it is for sources that have to be told.
   */
  readonly link?: { readonly column: string; readonly value: Expression } | undefined;
  readonly outputs: readonly Output[];
  /** Join to the parent, rules and filters together. */
  readonly where: Expression;
  readonly order: readonly OrderPlan[];
  readonly limit: RowBound | undefined;
  readonly offset: RowBound | undefined;
  /** Rows are grouped by the outputs that are no aggregates. */
  readonly grouped: boolean;
  readonly stripNulls: boolean;
}

/** A number of rows: fixed, or one of the request's values. */
export type RowBound = { readonly type: "fixed"; readonly rows: number } | { readonly type: "slot"; readonly index: number };

export type Output = ValueOutput | CountOutput | EmbedOutput | SpreadOutput;

export interface ValueOutput {
  readonly type: "value";
  readonly key: string;
  readonly value: Expression;
  readonly valueType: ValueType;
  /** Before an aggregate, or alone. */
  readonly cast: string | undefined;
  readonly aggregate:
    | { readonly function: "count" | "sum" | "avg" | "min" | "max"; readonly cast: string | undefined }
    | undefined;
}

/** The number of rows of the group. */
export interface CountOutput {
  readonly type: "count";
  readonly key: string;
  readonly cast: string | undefined;
}

export interface EmbedOutput {
  readonly type: "embed";
  readonly key: string;
  /** `one` is an object or null, `many` an array. */
  readonly cardinality: "one" | "many";
  readonly plan: SelectPlan;
}

/** The fields of `plan` stand in the parent: as they are for `one`, each as an array for `many`. */
export interface SpreadOutput {
  readonly type: "spread";
  readonly cardinality: "one" | "many";
  readonly plan: SelectPlan;
}

export interface OrderPlan {
  readonly value: Expression;
  readonly valueType: ValueType;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last";
  /** False where the value can never be null: the order of nulls then needs no word, and an index can serve. */
  readonly nullable: boolean;
}

/** The rows after a place in a total order (keyset pagination). */
export interface Seek {
  /** Ends with a term that is unique. */
  readonly order: readonly OrderPlan[];
  /** The slot of each term's value at that place; undefined where the value there is null. */
  readonly slots: readonly (number | undefined)[];
}
