import type { FilterOperator } from "./filter-operators.ts";
import type { RowTag } from "./row-tag.ts";

/**
 * What a caller asks of the data, as plain readonly data with names that nobody has checked yet. Every protocol makes these;
 * `authorise` resolves the names against what the caller may know of, and adds the rules.
 *
 * Values stand apart from the tree (`values`, referred to by their number), so that two requests that differ in values
 * alone have one shape and one compiled statement.
 */

/** The number of a value in the query's `values`. */
export type ValueIndex = number;

/** Whether `values` are text (from an address) or JSON (from a body or from code). */
export type ValueForm = "text" | "json";

export interface ReadQuery {
  readonly table: string;
  readonly selection: Selection;
  readonly values: readonly unknown[];
  readonly form: ValueForm;
  /** How many rows there would be without limit and offset: exact counts, planned guesses, estimated counts up to a bound. */
  readonly count?: "exact" | "planned" | "estimated";
  /** Pages by cursor: null is the first page. */
  readonly after?: string | null;
  /** Leaves keys out whose value is null (`application/vnd.pgrst.array+json;nulls=stripped`). */
  readonly stripNulls?: boolean;
  /** Gives the `tag` of the row: for a query that names one by its key. */
  readonly tagged?: boolean;
  /** The rows as they were at that moment (ISO 8601). All tables that the query names need a history, and the caller its rule. */
  readonly asOf?: string;
  /** Deleted rows that are kept come too, or alone: those that the caller may read and could delete. Of the query's own table alone. */
  readonly deleted?: "include" | "only";
  /**
   * Not the row but its versions, newest first and 1000 at the most: each as a `RowVersion`. For a query that names a row by its key and
   * asks for nothing else.
   */
  readonly versionsOf?: ValueIndex;
}

/** One state of a row, and how it came about. As JSON. */
export interface RowVersion {
  /** The row's `version` then; null for the entry that says that the row was deleted for good. */
  readonly version: number | null;
  /** What made it so; null where that is not known: before there was a history, and where older versions are not kept any more. */
  readonly operation: "create" | "update" | "delete" | "restore" | null;
  /** Since when. */
  readonly from: string;
  /** Until when, exclusive; null for what is so now. */
  readonly until: string | null;
  /** The id of who made it so; null for nobody in particular, for the system, and where it is not known. */
  readonly author: string | number | null;
  /** The back end's own code made it so, past all rules. */
  readonly system: boolean;
  /** The fields that the caller may read; null where the row is gone. */
  readonly values: Readonly<Record<string, unknown>> | null;
}

/** What is wanted of one table: the query's own, or an embedded one. */
export interface Selection {
  /** Empty in the query's own selection is the same as one `all`; in an embed it shows nothing (the embed only filters). */
  readonly items: readonly SelectItem[];
  readonly where?: Condition;
  readonly order?: readonly OrderTerm[];
  readonly limit?: ValueIndex;
  readonly offset?: ValueIndex;
}

export type SelectItem = AllFields | Field | CountRows | Embed;

/** `*`: every column that the caller may read. */
export interface AllFields {
  readonly type: "all";
}

export interface Field {
  readonly type: "field";
  readonly path: Path;
  readonly alias?: string;
  readonly cast?: string;
  readonly aggregate?: { readonly function: AggregateName; readonly cast?: string };
}

/** `count()`: of rows. */
export interface CountRows {
  readonly type: "count";
  readonly alias?: string;
  readonly cast?: string;
}

export type AggregateName = "count" | "sum" | "avg" | "min" | "max";

export interface Embed {
  readonly type: "embed";
  /** A table, a referring column, a constraint or a relation's own name. */
  readonly target: string;
  /** Tells relations to the same target apart: a column, a constraint or a junction table. */
  readonly hint?: string;
  readonly alias?: string;
  /** `inner` also leaves out rows to which the embedded selection gives nothing. */
  readonly join: "left" | "inner";
  /** `...target(a,b)`: the target's fields stand in the parent, not under a key of their own. */
  readonly spread: boolean;
  readonly selection: Selection;
}

/** A column and the steps into its JSON, if any. */
export interface Path {
  readonly column: string;
  readonly json: readonly JsonStep[];
}

export interface JsonStep {
  readonly key: string | number;
  /** `->>`: as text. */
  readonly asText: boolean;
}

export type Condition =
  | { readonly type: "and" | "or"; readonly conditions: readonly Condition[] }
  | { readonly type: "not"; readonly condition: Condition }
  | Comparison
  | { readonly type: "is"; readonly path: Path; readonly value: "null" | "true" | "false" | "unknown" }
  /** The embed of that name (its alias, else its target) is empty. */
  | { readonly type: "embedIsNull"; readonly embed: string }
  /** Over the rows of a relation, under the rules of the table that it leads to. */
  | {
      readonly type: "relation";
      readonly relation: string;
      readonly quantifier: "some" | "none" | "every";
      readonly where?: Condition;
    };

export interface Comparison {
  readonly type: "compare";
  readonly path: Path;
  readonly operator: FilterOperator;
  /** The value is then a list, and any or all of its members must compare so. */
  readonly quantifier?: "any" | "all";
  /**
   * `in` and quantified ones: a list, in JSON form an array, in text form an array of texts. `cs`, `cd` and `ov`: likewise,
   * or in text form one text, which is valid JSON. `like` and `ilike`: a pattern with `%` and `_`. Else one value.
   */
  readonly value: ValueIndex;
}

export interface OrderTerm {
  readonly path: Path;
  /** Orders by a column of what this to-one embed (by its name) leads to. */
  readonly embed?: string;
  readonly direction: "asc" | "desc";
  /** By default last when ascending, first when descending. */
  readonly nulls?: "first" | "last";
}

/** A row to write, in JSON form; unknown keys are refused. */
export type InputRow = Readonly<Record<string, unknown>>;

interface Mutation {
  readonly table: string;
  /** What to answer of the rows written; undefined for nothing but their number. */
  readonly returning?: Selection;
  /** Of `where`, and of the limits inside `returning`. */
  readonly values: readonly unknown[];
  readonly form: ValueForm;
  readonly stripNulls?: boolean;
  /** Check and run all, then roll back. */
  readonly dryRun?: boolean;
  /** Other than exactly one affected row: `singleRowExpected`, and nothing is written. */
  readonly expectSingle?: boolean;
  /** Where the caller may not read every row written: `forbidden`, and nothing is written. Needs `returning`. */
  readonly expectReturned?: boolean;
  /** Asked in the transaction of the change, before it: where it does not hold, `preconditionFailed` or `notFound`, and nothing is written. */
  readonly precondition?: Precondition;
  /** Gives the `tag` of the row, where exactly one is written. */
  readonly tagged?: boolean;
}

/** In which state the one row that a change is about must be. */
export interface Precondition {
  /** The row's id, in the form that `form` says. */
  readonly key: string | number;
  readonly form: ValueForm;
  /** `there`: it exists, as far as the caller may see. `absent`: it does not. Else it is in one of these states. */
  readonly row: "there" | "absent" | readonly RowTag[];
}

/** Rows that are too many to be held at once: they can be gone through more than once, some at a time. */
export interface RowSource {
  chunks(): AsyncIterable<RowChunk>;
}

export interface RowChunk {
  readonly rows: readonly InputRow[];
  /** On which line of what was sent each of them starts, from 1. */
  readonly lines: readonly number[];
}

export interface InsertQuery extends Mutation {
  readonly type: "insert";
  readonly rows: readonly InputRow[] | RowSource;
  /** How `rows` are written: JSON values, or texts and null (CSV, where an empty cell is null and `""` is the empty text). */
  readonly rowForm: ValueForm;
  /** Only these keys of the rows are taken. */
  readonly columns?: readonly string[];
  /** What a column gets that one row of a list leaves out: null (PostgREST's default), or its default. */
  readonly missing: "null" | "default";
  readonly onConflict?: {
    readonly resolution: "merge" | "ignore";
    /** A unique set of columns; by default the primary key. */
    readonly columns?: readonly string[];
  };
  /**
   * Of the system: that rows refer to deleted ones of these tables is not looked at. Whoever ends a transaction that defers its references looks; memberships
   * may, for they wait where they are while their organisation is deleted.
   */
  readonly deferReferences?: ReadonlySet<string>;
}

export interface UpdateQuery extends Mutation {
  readonly type: "update";
  readonly set: InputRow;
  /** How `set` is written: JSON unless it says `text`, whose values are texts and null (a form, a line of CSV). */
  readonly setForm?: ValueForm;
  readonly where?: Condition;
  readonly limit?: ValueIndex;
  readonly order?: readonly OrderTerm[];
  /** More rows than this: nothing is written. */
  readonly maxAffected?: number;
}

export interface DeleteQuery extends Mutation {
  readonly type: "delete";
  readonly where?: Condition;
  readonly limit?: ValueIndex;
  readonly order?: readonly OrderTerm[];
  readonly maxAffected?: number;
}

/**
 * Brings a row back: without `version` one that was deleted and is kept, under the read and the delete rule; with it the row as it was,
 * under the rules of an update, or of a create where it is gone.
 */
export interface RestoreQuery extends Mutation {
  readonly type: "restore";
  /** The row's id, as `form` says. */
  readonly key: ValueIndex;
  readonly version?: number;
}

/** Deletes deleted rows for good. For the system alone. */
export interface PurgeQuery extends Mutation {
  readonly type: "purge";
  /** Those that were deleted before that moment (ISO 8601); by default all. */
  readonly before?: string;
  /** At most so many; by default all. */
  readonly limit?: number;
}

export type MutationQuery = InsertQuery | UpdateQuery | DeleteQuery | RestoreQuery | PurgeQuery;

/** A read's answer: JSON text that the database made. */
export interface ReadResult {
  /** An array of objects. */
  readonly json: string;
  readonly rows: number;
  /** Where the query asked for it and found one row, whose version the caller may see. */
  readonly tag?: RowTag;
  /** Where the query asked for it. `exact` is false for a guess. */
  readonly total?: { readonly count: number; readonly exact: boolean };
  /** Where the query asked for `after`: the cursor of the next page, null when this is the last. */
  readonly next?: string | null;
}

export interface MutationResult {
  readonly affected: number;
  /** Where `returning` was asked for. An array of objects: those of the written rows that the caller may read. */
  readonly json?: string;
  /** Where the query asked for it, of the one row that was written: not of one that is gone, nor of one that the caller may not read. */
  readonly tag?: RowTag;
  /** Upsert: how many of `affected` were new. */
  readonly inserted?: number;
  /** The primary keys of the written rows, in their order. For a `Location` header. */
  readonly keys?: readonly (string | number)[];
}
