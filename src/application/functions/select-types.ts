import type { Relations, RelationType } from "../schema/relation-types.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { ColumnName, Row, TableName } from "../schema/types.ts";
import type { OrderBy, RelationName, TargetOf, Where } from "./where-types.ts";

/** Which related rows come with each row, and what of them. */
export type Include<S extends AnySchema, T extends TableName<S>> = {
  readonly [R in RelationName<S, T>]?: true | IncludeOptions<S, TargetOf<S, T, R>>;
};

/** What of the rows that a relation leads to. */
export interface IncludeOptions<S extends AnySchema, T extends TableName<S>> {
  readonly select?: readonly ColumnName<S, T>[];
  readonly include?: Include<S, T>;
  readonly where?: Where<S, T>;
  readonly orderBy?: OrderBy<ColumnName<S, T>>;
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * `I`, each entry held to what its relation takes: a key that a generic parameter would let pass, on any level, is an error at
 * that key. The branch that gives `I[R]` back is never taken; inference goes through it, and does not look into the other one.
 */
export type Exactly<S extends AnySchema, T extends TableName<S>, I> = {
  readonly [R in keyof I]: R extends RelationName<S, T>
    ? [I[R]] extends [never]
      ? I[R]
      : Include<S, T>[R]
    : `${R & string} is no relation of ${T}`;
} & IncludeNames<S, T>;

/** What an editor offers: it sees no names in a type that is inferred from what is being written. */
type IncludeNames<S extends AnySchema, T extends TableName<S>> = { readonly [R in RelationName<S, T>]?: unknown };

/** What a query gives of each row: the columns that it selects, and under their names the related rows that it includes. */
export type Selected<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I> = {
  readonly [K in C | keyof I]: K extends keyof I ? IncludedRows<S, RelationAt<S, T, K>, I[K]> : Row<S, T>[K & ColumnName<S, T>];
};

/** So that an editor shows what is in a row, not how its type was made: without `& {}` it would show the names of these types. */
export type Flat<R> = { readonly [K in keyof R]: R[K] } & {};

export type ResultRow<S extends AnySchema, T extends TableName<S>, C extends ColumnName<S, T>, I> = Flat<Selected<S, T, C, I>>;

type RelationAt<S extends AnySchema, T extends TableName<S>, R> = Relations<S, T>[R & keyof Relations<S, T>];

// A to-one relation is null where there is no such row, and where the caller may not read it.
type IncludedRows<S extends AnySchema, R, O> =
  R extends RelationType<infer Target extends TableName<S>, infer N>
    ? N extends "one"
      ? ResultRow<S, Target, SelectedBy<S, Target, O>, IncludedBy<O>> | null
      : readonly ResultRow<S, Target, SelectedBy<S, Target, O>, IncludedBy<O>>[]
    : never;

type SelectedBy<S extends AnySchema, T extends TableName<S>, O> = O extends {
  readonly select: readonly (infer C extends ColumnName<S, T>)[];
}
  ? C
  : ColumnName<S, T>;

type IncludedBy<O> = O extends { readonly include: infer I } ? I : NoInclude;

/** As much as inference needs to know: `Exactly` checks the rest, once. */
export type AnyInclude = Readonly<Record<string, unknown>>;

export type NoInclude = { readonly [R in never]: never };
