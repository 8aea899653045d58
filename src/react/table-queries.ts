import type {
  AggregateOptions,
  AggregateResult,
  AggregateValues,
  AnyInclude,
  AnySchema,
  ColumnName,
  FirstOptions,
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
  ResultRow,
  Row,
  TableName,
  Update,
  UpsertOptions,
  VersionOf,
  Where,
} from "#data-types";
import type { MutationOptions, PagesQuery, ReadQuery, SendOptions, WriteMutation } from "./query-options.ts";

interface ListQuery<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends ListOptions<S, T, C, I>,
    SendOptions {}

interface FirstQuery<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I>,
    SendOptions {}

interface GetQuery<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends GetOptions<S, T, C, I>,
    SendOptions {}

interface PageQuery<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends PageOptions<S, T, C, I>,
    SendOptions {}

interface PagesOptions<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I>
  extends FirstOptions<S, T, C, I>,
    SendOptions {
  /** Rows of one page. Default 100; the server gives 1000 at the most. */
  readonly pageSize?: number;
  /** Also counts all the rows that `where` finds, for every page. */
  readonly count?: "exact" | "estimated";
}

interface CountQuery<S extends AnySchema, T extends TableName<S>> extends PastOptions<S, T>, SendOptions {
  readonly where?: Where<S, T>;
}

interface AggregateQuery<S extends AnySchema, T extends TableName<S>, V, G extends ColumnName<S, T>>
  extends AggregateOptions<S, T, V, G>,
    PastOptions<S, T>,
    SendOptions {}

interface UpsertMutation<S extends AnySchema, T extends TableName<S>, M extends "merge" | "ignore">
  extends UpsertOptions<S, T, M>,
    MutationOptions<TableName<S>> {}

/** Which row, and with `version`: only while it is the one that was seen. */
interface OneRow<S extends AnySchema, T extends TableName<S>> {
  readonly id: KeyOf<S, T>;
  readonly version?: number;
}

interface RowChange<S extends AnySchema, T extends TableName<S>> extends OneRow<S, T> {
  readonly set: Update<S, T>;
}

interface ManyRows<S extends AnySchema, T extends TableName<S>> {
  readonly where: Where<S, T>;
}

interface ManyChanges<S extends AnySchema, T extends TableName<S>> extends ManyRows<S, T> {
  readonly set: Update<S, T>;
}

type ChangeOptions<S extends AnySchema> = MutationOptions<TableName<S>>;

/**
 * The calls of a table as options of TanStack Query. They mean what they mean in the client; nothing is sent until a hook, or the query client,
 * asks for it.
 */
export interface TableQueries<S extends AnySchema, T extends TableName<S>> {
  list<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: ListQuery<S, T, C, I>,
  ): ReadQuery<readonly ResultRow<S, T, C, I>[]>;

  first<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: FirstQuery<S, T, C, I>,
  ): ReadQuery<ResultRow<S, T, C, I> | null>;

  get<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    id: KeyOf<S, T>,
    options?: GetQuery<S, T, C, I>,
  ): ReadQuery<ResultRow<S, T, C, I> | null>;

  /** One page, for buttons "next" and "previous". `pages` is for pages that add up. */
  page<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: PageQuery<S, T, C, I>,
  ): ReadQuery<Page<ResultRow<S, T, C, I>>>;

  /** Pages that add up, for `useInfiniteQuery`: `data.pages.flatMap((page) => page.rows)`. */
  pages<const C extends ColumnName<S, T> = ColumnName<S, T>, const I extends AnyInclude = NoInclude>(
    options?: PagesOptions<S, T, C, I>,
  ): PagesQuery<ResultRow<S, T, C, I>>;

  count(options?: CountQuery<S, T>): ReadQuery<number>;

  aggregate<const V extends AggregateValues<S, T>, const G extends ColumnName<S, T> = never>(
    options: AggregateQuery<S, T, V, G>,
  ): ReadQuery<readonly AggregateResult<S, T, V, G>[]>;

  readonly versions: HasHistory<S, T> extends true
    ? (id: KeyOf<S, T>, options?: SendOptions) => ReadQuery<readonly VersionOf<S, T>[]>
    : never;

  /** `mutate({ stars: 5 })`. */
  create(options?: ChangeOptions<S>): WriteMutation<Row<S, T>, Insert<S, T>>;

  /** `mutate([{ stars: 5 }, { stars: 4 }])`. */
  createMany(options?: ChangeOptions<S>): WriteMutation<readonly KeyOf<S, T>[], readonly Insert<S, T>[]>;

  /** `mutate({ id, set: { stars: 4 }, version })`. */
  update(options?: ChangeOptions<S>): WriteMutation<Row<S, T>, RowChange<S, T>>;

  /** `mutate({ where: { stars: 1 }, set: { hidden: true } })`. */
  updateMany(options?: ChangeOptions<S>): WriteMutation<number, ManyChanges<S, T>>;

  /** `mutate({ stars: 5 })`. */
  upsert<const M extends "merge" | "ignore" = "merge">(
    options?: UpsertMutation<S, T, M>,
  ): WriteMutation<Row<S, T> | (M extends "ignore" ? null : never), Insert<S, T>>;

  /** `mutate({ id })`. */
  delete(options?: ChangeOptions<S>): WriteMutation<boolean, OneRow<S, T>>;

  /** `mutate({ where: { stars: 1 } })`. */
  deleteMany(options?: ChangeOptions<S>): WriteMutation<number, ManyRows<S, T>>;

  /** `mutate({ id })`, or with `version` what the row was then. */
  readonly restore: true extends IsSoftDeleted<S, T> | HasHistory<S, T>
    ? (options?: ChangeOptions<S>) => WriteMutation<Row<S, T>, OneRow<S, T>>
    : never;
}
