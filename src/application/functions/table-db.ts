import type { AnySchema } from "../schema/schema.ts";
import type { RowVersion } from "../records/query.ts";
import type { ColumnName, HasHistory, Insert, IsSoftDeleted, Row, TableName, Update } from "../schema/types.ts";
import type { AggregateOptions, AggregateResult, AggregateValues } from "./aggregate-types.ts";
import type { AnyInclude, Exactly, NoInclude, ResultRow } from "./select-types.ts";
import type { KeyOf, OrderBy, Where } from "./where-types.ts";

/** What to give of each row: by default every column that the caller may read, and no related rows. */
export interface RowOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I> {
  readonly select?: readonly C[];
  readonly include?: Exactly<S, T, I>;
}

/** Which rows, but for those that are there now. */
export interface PastOptions<S extends AnySchema, T extends TableName<S>> {
  /**
   * The rows as they were at that moment (ISO 8601), under the rules and the rule `history`. What is included is of the same moment, and
   * needs a history too.
   */
  readonly asOf?: HasHistory<S, T> extends true ? string : never;
  /** Deleted rows too, or alone: those that the caller could delete. */
  readonly deleted?: IsSoftDeleted<S, T> extends true ? "include" | "only" : never;
}

export interface GetOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends RowOptions<S, T, C, I>,
    PastOptions<S, T> {}

export interface FirstOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends GetOptions<S, T, C, I> {
  readonly where?: Where<S, T>;
  readonly orderBy?: OrderBy<ColumnName<S, T>>;
}

export interface ListOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I> {
  /** At most so many rows; the server's own limit holds besides (1000). */
  readonly limit?: number;
  readonly offset?: number;
}

export interface PageOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I> {
  /** `next` of the page before; null or left out is the first page. */
  readonly after?: string | null;
  readonly limit?: number;
  /** Also counts all the rows that `where` finds. */
  readonly count?: "exact" | "estimated";
}

export interface Page<R> {
  readonly rows: readonly R[];
  /** For `after` of the next page; null where this is the last. */
  readonly next: string | null;
  /** Where `count` was asked for. */
  readonly total?: number;
}

export interface UpsertOptions<S extends AnySchema, T extends TableName<S>, M extends "merge" | "ignore"> {
  /** The unique set of columns by which a row is the same; by default the id. */
  readonly onConflict?: readonly (keyof Insert<S, T> & string)[];
  /** What becomes of a row that is there: `merge` (the default) changes it, `ignore` leaves it as it is. */
  readonly resolution?: M;
}

export interface VersionOptions {
  /**
   * Only where the row's `version` is this one: what was changed since it was read is not overwritten. Throws `preconditionFailed`, also
   * where the caller may not read the version.
   */
  readonly version?: number;
}

/**
 * The rows of one table. Every call is under the rules of whoever `db` acts for: what they may not read is as though it were not
 * there, and a write that they may not make throws `forbidden` and changes nothing.
 */
export interface TableDb<S extends AnySchema, T extends TableName<S>> {
  list<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: ListOptions<S, T, C, I>,
  ): Promise<readonly ResultRow<S, T, C, I>[]>;

  /** The first row of the order, or null. */
  first<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: FirstOptions<S, T, C, I>,
  ): Promise<ResultRow<S, T, C, I> | null>;

  /** The row of that id, or null. */
  get<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    id: KeyOf<S, T>,
    options?: GetOptions<S, T, C, I>,
  ): Promise<ResultRow<S, T, C, I> | null>;

  /** A page by cursor: as fast at the end as at the start, and no row is skipped or repeated whatever is written meanwhile. */
  page<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: PageOptions<S, T, C, I>,
  ): Promise<Page<ResultRow<S, T, C, I>>>;

  count(options?: PastOptions<S, T> & { readonly where?: Where<S, T> }): Promise<number>;

  /** Figures over many rows, for each group where `groupBy` makes groups: `{ groupBy: ["country"], values: { schools: "count" } }`. */
  aggregate<const V extends AggregateValues<S, T>, const G extends ColumnName<S, T> = never>(
    options: AggregateOptions<S, T, V, G> & PastOptions<S, T>,
  ): Promise<readonly AggregateResult<S, T, V, G>[]>;

  /** The new row. Where the caller may make it and not read it, `forbidden`: `createMany` asks for nothing back. */
  create(row: Insert<S, T>): Promise<Row<S, T>>;

  /** All of the rows or none. Gives their ids, in the same order. */
  createMany(rows: readonly Insert<S, T>[]): Promise<readonly KeyOf<S, T>[]>;

  /** The row as it is then. Throws `notFound` where there is none of that id. */
  update(id: KeyOf<S, T>, changes: Update<S, T>, options?: VersionOptions): Promise<Row<S, T>>;

  /** Gives the number of rows changed. `where: {}` is every row. */
  updateMany(options: { readonly where: Where<S, T>; readonly set: Update<S, T> }): Promise<number>;

  /** Makes the row, or changes the one that is there. Null where that was left as it is. */
  upsert<const M extends "merge" | "ignore" = "merge">(
    row: Insert<S, T>,
    options?: UpsertOptions<S, T, M>,
  ): Promise<Row<S, T> | (M extends "ignore" ? null : never)>;

  /** Whether there was one to delete. With a version, `notFound` where there is none. */
  delete(id: KeyOf<S, T>, options?: VersionOptions): Promise<boolean>;

  /** Gives the number of rows deleted. `where: {}` is every row. */
  deleteMany(options: { readonly where: Where<S, T> }): Promise<number>;

  /**
   * Brings back a deleted row and what its delete took along, under the rules for reading and deleting it. With a version: makes the row
   * what it was then, as a change under the rules, and makes it anew where it is gone; the caller must be able to see that version.
   * Throws `notFound` where there is no such row or version.
   */
  readonly restore: true extends IsSoftDeleted<S, T> | HasHistory<S, T>
    ? (id: KeyOf<S, T>, options?: RestoreOptions<S, T>) => Promise<Row<S, T>>
    : never;

  /** What the row has been, newest first and 1000 at the most, as far as the caller may see each; empty where there is nothing. */
  readonly versions: HasHistory<S, T> extends true ? (id: KeyOf<S, T>) => Promise<readonly VersionOf<S, T>[]> : never;
}

export interface RestoreOptions<S extends AnySchema, T extends TableName<S>> {
  /** The `version` that the row had. */
  readonly version?: HasHistory<S, T> extends true ? number : never;
}

/** One state of a row, and how it came about. */
export interface VersionOf<S extends AnySchema, T extends TableName<S>> extends Omit<RowVersion, "values"> {
  /** The fields that the caller may read; null where the row is gone. */
  readonly values: Row<S, T> | null;
}

/** What only the system may do with a table. */
export interface SystemTableDb<S extends AnySchema, T extends TableName<S>> extends TableDb<S, T> {
  /** Deletes for good the rows that were deleted before that moment (ISO 8601), by default all; gives how many there were. */
  readonly purge: IsSoftDeleted<S, T> extends true ? (options?: { readonly before?: string }) => Promise<number> : never;
}
