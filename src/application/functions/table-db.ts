import type { AnySchema } from "../schema/schema.ts";
import type { Insert, Row, TableName, Update } from "../schema/types.ts";
import type { AggregateOptions, AggregateResult, AggregateValues } from "./aggregate-types.ts";
import type { AnyInclude, Exactly, NoInclude, ResultRow } from "./select-types.ts";
import type { ColumnName, KeyOf, OrderBy, Where } from "./where-types.ts";

/** What to give of each row: by default every column that the caller may read, and no related rows. */
export interface RowOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I> {
  readonly select?: readonly C[];
  readonly include?: Exactly<S, T, I>;
}

export interface FirstOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends RowOptions<S, T, C, I> {
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
    options?: RowOptions<S, T, C, I>,
  ): Promise<ResultRow<S, T, C, I> | null>;

  /** A page by cursor: as fast at the end as at the start, and no row is skipped or repeated whatever is written meanwhile. */
  page<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: PageOptions<S, T, C, I>,
  ): Promise<Page<ResultRow<S, T, C, I>>>;

  count(options?: { readonly where?: Where<S, T> }): Promise<number>;

  /** Figures over many rows, for each group where `groupBy` makes groups: `{ groupBy: ["country"], values: { schools: "count" } }`. */
  aggregate<const V extends AggregateValues<S, T>, const G extends ColumnName<S, T> = never>(
    options: AggregateOptions<S, T, V, G>,
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
}
