import type { AnySchema } from "../schema/schema.ts";
import type { ColumnName, Row, TableName } from "../schema/types.ts";
import type { Flat } from "./select-types.ts";
import type { OrderBy, Where } from "./where-types.ts";

/** A figure over many rows: how many there are, how many have a value, or what their values come to. */
export type AggregateValue<C extends string> =
  | "count"
  | { readonly count: C }
  | { readonly sum: C }
  | { readonly avg: C }
  | { readonly min: C }
  | { readonly max: C };

/** Figures by the names that they have in the answer. */
export type AggregateValues<S extends AnySchema, T extends TableName<S>> = Readonly<
  Record<string, AggregateValue<ColumnName<S, T>>>
>;

export interface AggregateOptions<S extends AnySchema, T extends TableName<S>, V, G extends ColumnName<S, T>> {
  readonly values: V;
  /** One answer for each combination of these; without it one answer in all. */
  readonly groupBy?: readonly G[];
  readonly where?: Where<S, T>;
  /** By columns of `groupBy`. By the figures: sort the answer, or use SQL in a function, where `limit` is to keep the largest. */
  readonly orderBy?: OrderBy<NoInfer<G>>;
  readonly limit?: number;
  readonly offset?: number;
}

export type AggregateResult<S extends AnySchema, T extends TableName<S>, V, G extends ColumnName<S, T>> = Flat<
  { readonly [C in G]: Row<S, T>[C] } & { readonly [N in keyof V]: Figure<Row<S, T>, V[N]> }
>;

// Over no rows, or over nulls alone, there is no sum, mean, least or greatest.
type Figure<R, A> = A extends "count" | { readonly count: string }
  ? number
  : A extends { readonly min: infer C extends keyof R } | { readonly max: infer C extends keyof R }
    ? R[C] | null
    : A extends { readonly sum: infer C extends keyof R }
      ? R[C] | null
      : number | null;
