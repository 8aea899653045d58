import type {
  AggregateOptions,
  AggregateResult,
  AggregateValues,
  AnyInclude,
  AnySchema,
  ColumnName,
  FirstOptions,
  FunctionSignature,
  GetOptions,
  HasHistory,
  Insert,
  IsSoftDeleted,
  KeyOf,
  ListOptions,
  NoInclude,
  Page,
  PageOptions,
  PastOptions,
  RestoreOptions,
  ResultRow,
  Row,
  SignatureMap,
  TableName,
  Update,
  UpsertOptions,
  VersionOf,
  VersionOptions,
  Where,
} from "#data-types";
import type { AuthClient } from "./auth-types.ts";
import type { Call } from "./call.ts";
import type { CallOptions, WriteOptions } from "./call-options.ts";

/** What the client needs to know of a back end, as types: `typeof backend`. */
export interface AnyBackend {
  readonly schema: AnySchema;
  readonly "~functions"?: SignatureMap;
}

export type SchemaOf<B extends AnyBackend> = B["schema"];

export type FunctionsOf<B extends AnyBackend> = NonNullable<B["~functions"]>;

interface ListCall<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends ListOptions<S, T, C, I>,
    CallOptions {}

interface FirstCall<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I>,
    CallOptions {}

interface GetCall<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends GetOptions<S, T, C, I>,
    CallOptions {}

interface PageCall<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends PageOptions<S, T, C, I>,
    CallOptions {}

interface EachCall<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I>,
    CallOptions {
  /** Rows of one request. Default 100; the server gives 1000 at the most. */
  readonly pageSize?: number;
}

interface CountCall<S extends AnySchema, T extends TableName<S>> extends PastOptions<S, T>, CallOptions {
  readonly where?: Where<S, T>;
}

interface AggregateCall<S extends AnySchema, T extends TableName<S>, V, G extends ColumnName<S, T>>
  extends AggregateOptions<S, T, V, G>,
    PastOptions<S, T>,
    CallOptions {}

interface UpdateManyCall<S extends AnySchema, T extends TableName<S>> extends WriteOptions {
  readonly where: Where<S, T>;
  readonly set: Update<S, T>;
}

interface DeleteManyCall<S extends AnySchema, T extends TableName<S>> extends WriteOptions {
  readonly where: Where<S, T>;
}

interface UpsertCall<S extends AnySchema, T extends TableName<S>, M extends "merge" | "ignore">
  extends UpsertOptions<S, T, M>,
    WriteOptions {}

interface ChangeCall extends VersionOptions, WriteOptions {}

interface RestoreCall<S extends AnySchema, T extends TableName<S>> extends RestoreOptions<S, T>, WriteOptions {}

/**
 * The rows of one table, as whoever is signed in may see and change them. The calls are those of `db` in functions, with the same meaning. What
 * goes wrong is a `ChassisError`.
 */
export interface TableClient<S extends AnySchema, T extends TableName<S>> {
  /** The rows, 1000 at the most, whatever `limit` says. */
  list<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: ListCall<S, T, C, I>,
  ): Call<readonly ResultRow<S, T, C, I>[]>;

  /** The first row of the order, or null. */
  first<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: FirstCall<S, T, C, I>,
  ): Call<ResultRow<S, T, C, I> | null>;

  /** The row of that id, or null. */
  get<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    id: KeyOf<S, T>,
    options?: GetCall<S, T, C, I>,
  ): Call<ResultRow<S, T, C, I> | null>;

  /** A page by cursor: as fast at the end as at the start, and no row is skipped or repeated whatever is written meanwhile. */
  page<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: PageCall<S, T, C, I>,
  ): Call<Page<ResultRow<S, T, C, I>>>;

  /** Every page, one request after another as they are asked for: `for await (const { rows } of api.reviews.pages())`. */
  pages<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: EachCall<S, T, C, I>,
  ): AsyncIterableIterator<Page<ResultRow<S, T, C, I>>>;

  /** Every row, a page at a time: `for await (const review of api.reviews.each({ where }))`. */
  each<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: EachCall<S, T, C, I>,
  ): AsyncIterableIterator<ResultRow<S, T, C, I>>;

  count(options?: CountCall<S, T>): Call<number>;

  /** Figures over many rows, for each group where `groupBy` makes groups: `{ groupBy: ["country"], values: { schools: "count" } }`. */
  aggregate<const V extends AggregateValues<S, T>, const G extends ColumnName<S, T> = never>(
    options: AggregateCall<S, T, V, G>,
  ): Call<readonly AggregateResult<S, T, V, G>[]>;

  /** The new row. Where the caller may make it and not read it, `forbidden`: `createMany` asks for nothing back. */
  create(row: Insert<S, T>, options?: WriteOptions): Call<Row<S, T>>;

  /** All of the rows or none. Gives their ids, in the same order. More than 10,000 at once are never sent again by themselves. */
  createMany(rows: readonly Insert<S, T>[], options?: WriteOptions): Call<readonly KeyOf<S, T>[]>;

  /** The row as it is then. `notFound` where there is none of that id; with `version`, `preconditionFailed` where it was changed since. */
  update(id: KeyOf<S, T>, changes: Update<S, T>, options?: ChangeCall): Call<Row<S, T>>;

  /** Gives the number of rows changed. `where: {}` is every row. */
  updateMany(options: UpdateManyCall<S, T>): Call<number>;

  /** Makes the row, or changes the one that is there. Null where that was left as it is. */
  upsert<const M extends "merge" | "ignore" = "merge">(
    row: Insert<S, T>,
    options?: UpsertCall<S, T, M>,
  ): Call<Row<S, T> | (M extends "ignore" ? null : never)>;

  /** Whether there was one to delete. With a version, `notFound` where there is none. */
  delete(id: KeyOf<S, T>, options?: ChangeCall): Call<boolean>;

  /** Gives the number of rows deleted. `where: {}` is every row. */
  deleteMany(options: DeleteManyCall<S, T>): Call<number>;

  /** Brings back a deleted row, or with `version` makes the row what it was then. `notFound` where there is no such row or version. */
  readonly restore: true extends IsSoftDeleted<S, T> | HasHistory<S, T>
    ? (id: KeyOf<S, T>, options?: RestoreCall<S, T>) => Call<Row<S, T>>
    : never;

  /** What the row has been, newest first and 1000 at the most, as far as the caller may see each; empty where there is nothing. */
  readonly versions: HasHistory<S, T> extends true
    ? (id: KeyOf<S, T>, options?: CallOptions) => Call<readonly VersionOf<S, T>[]>
    : never;
}

interface FunctionCallOptions extends WriteOptions {
  /**
   * Sends the input in the address, where browsers and proxies may keep the answer. For queries alone: a mutation refuses it. Values travel as
   * texts then, so that an input which takes `"4"` as well as `4` gets the text. What is too long for an address is sent by POST.
   */
  readonly method?: "GET" | "POST";
}

/** As it comes out of JSON: a `Date` is its text. */
export type FromJson<T> = T extends { toJSON(...given: never[]): infer J }
  ? J
  : T extends object
    ? { [K in keyof T]: FromJson<T[K]> }
    : T;

type FunctionClient<F> =
  F extends FunctionSignature<infer I, infer O>
    ? undefined extends I
      ? (input?: I, options?: FunctionCallOptions) => Call<FromJson<O>>
      : (input: I, options?: FunctionCallOptions) => Call<FromJson<O>>
    : never;

/** The functions of the back end by name. */
export type FunctionClients<B extends AnyBackend> = { readonly [N in keyof FunctionsOf<B>]: FunctionClient<FunctionsOf<B>[N]> };

/** What a batch gives: the result of each of its calls. */
export type BatchResults<P extends readonly Call<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Call<infer R> ? R : never;
};

interface ClientMethods<B extends AnyBackend> {
  /** The functions: `api.fn.compare({ ids })`. */
  readonly fn: FunctionClients<B>;

  /** Signing in and out, and whatever goes with it. A back end without `auth` answers `invalidPath`. */
  readonly auth: AuthClient<SchemaOf<B>>;

  /**
   * Several calls in one transaction, in order: all of them happen or none. Each sees what those before it wrote. The first that fails is
   * told as `operation` of the error.
   *
   * ```ts
   * const [order, item] = await api.batch([api.orders.create(order), api.items.update(id, { left: 3 })]);
   * ```
   */
  batch<const P extends readonly Call<unknown>[]>(calls: P, options?: WriteOptions): Promise<BatchResults<P>>;

  /** A table by its name: for one that is called as something that is here already, such as `batch`. */
  table<T extends TableName<SchemaOf<B>>>(name: T): TableClient<SchemaOf<B>, T>;
}

/** The tables by name, the functions, batches and signing in of a back end. */
export type Client<B extends AnyBackend> = {
  readonly [T in Exclude<TableName<SchemaOf<B>>, keyof ClientMethods<B>>]: TableClient<SchemaOf<B>, T>;
} & ClientMethods<B>;
