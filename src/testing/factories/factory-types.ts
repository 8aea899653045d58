import type { AnySchema, Columns, ColumnSpec, Insert, KeySpec, Row, TableName } from "#application";
import type { Random } from "./random.ts";

/** Where the field refers to a row, that row itself will do. */
type RowBehind<S extends AnySchema, T extends TableName<S>, C> = C extends keyof Columns<S, T>
  ? ColumnSpec<S, T, C> extends { readonly target: infer U extends TableName<S> }
    ? { readonly id: KeySpec<S, U>["json"] }
    : never
  : never;

/** Fields of a row that the test cares about; the rest is made up. A reference takes the row that it leads to, or its id. */
export type Fields<S extends AnySchema, T extends TableName<S>> = {
  readonly [C in keyof Insert<S, T>]?: Insert<S, T>[C] | RowBehind<S, T, C>;
};

/** Fields with a name of their own: as they are, or made anew for each row. */
export type Trait<S extends AnySchema, T extends TableName<S>> = Fields<S, T> | ((random: Random) => Fields<S, T>);

/** Named sets of fields, by table: `{ reviews: { glowing: { stars: 5 } } }`. */
export type Traits<S extends AnySchema> = { readonly [T in TableName<S>]?: Readonly<Record<string, Trait<S, T>>> };

/** The names of a table's traits. */
export type TraitName<D, T> = T extends keyof D ? keyof D[T] & string : never;

/** Makes rows of one table. */
export interface Factory<S extends AnySchema, T extends TableName<S>, N extends string> {
  /** Makes a row, and the rows that it must refer to. They are written as the back end's own code would: without rules. */
  (fields?: Fields<S, T>): Promise<Row<S, T>>;
  /** So many rows. `fields` may be a function of the row's place, from 0 on. */
  many(count: number, fields?: Fields<S, T> | ((place: number) => Fields<S, T>)): Promise<readonly Row<S, T>[]>;
  /** What would be written, without writing it. The rows that it must refer to are to be given. */
  build(fields?: Fields<S, T>): Insert<S, T>;
  /** The same with these traits; of two that set one field the later one does. What is given wins over both. */
  with(...traits: readonly N[]): Factory<S, T, N>;
}

/** The factories of all tables: `make.reviews({ stars: 5 })`. */
export type Make<S extends AnySchema, D = unknown> = { readonly [T in TableName<S>]: Factory<S, T, TraitName<D, T>> };
