import type { Field } from "./field.ts";
import type { Inverse, RefSpec, Unique } from "./field-spec.ts";
import type { AnySchema } from "./schema.ts";
import type { TableDefinition, TableMap } from "./table.ts";
import type { Columns, ComputedValues, FieldsIn, ShapeOf, SpecOf, TableName } from "./types.ts";

type Nothing = { readonly [N in never]: never };

/*
 * What the checker is asked for again and again stands in a conditional type of its own, such as `[T] extends [string] ? ... : never`: the checker
 * remembers what such a type came to, and makes an intersection, a union or the names of a mapped type anew each time. What depends on the tables
 * alone takes those alone: computed fields are checked before the schema is whole, and the same tables are then looked at once.
 */

/** A way from a row of one table to rows of another. */
export interface RelationType<T extends string, N extends "one" | "many"> {
  readonly table: T;
  readonly cardinality: N;
}

/** A reference as written: `from.column` refers to `to`. Its members are worked out when they are asked for. */
interface Edge<R extends string, C extends string, F> {
  readonly from: R;
  readonly column: C;
  readonly to: SpecOf<F>["target" & keyof SpecOf<F>];
  readonly inverse: SpecOf<F> extends Inverse<infer I> ? I : undefined;
  readonly cardinality: SpecOf<F> extends Unique ? "one" : "many";
}

interface AnyEdge {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  readonly inverse: string | undefined;
  readonly cardinality: "one" | "many";
}

type EdgesOfFields<R extends string, F> = {
  [C in keyof F]: F[C] extends Field<RefSpec<string>> ? Edge<R, C & string, F[C]> : never;
}[keyof F];

type AllEdges<M extends TableMap> = { [R in keyof M]: EdgesOfFields<R & string, FieldsIn<M[R]>> }[keyof M];

/** The references that point to each table. */
type EdgesByTarget<M extends TableMap> = { [E in AllEdges<M> & AnyEdge as E["to"]]: E };

// Looked up as a property: `keyof` of a mapped type goes through all its members, at each table again.
type EdgesTo<M extends TableMap, T extends string> =
  EdgesByTarget<M> extends { readonly [K in T]: infer E extends AnyEdge } ? E : never;

type IsOne<U, Each = U> = [U] extends [never] ? false : Each extends U ? ([U] extends [Each] ? true : false) : never;

/** The names on a table that no way back can take: those of its columns and computed fields. */
export type FieldName<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? keyof Columns<S, T> | keyof ComputedValues<S, T>
  : never;

/** The references to a table that have no name for their way back, by where they come from: one look-up each, not a search. */
type UnnamedOf<E extends AnyEdge> = { [Each in E as Each["inverse"] extends string ? never : Each["from"]]: Each["column"] };

type BackName<E extends AnyEdge, Unnamed> = E["inverse"] extends string
  ? E["inverse"]
  : Unnamed extends { readonly [R in E["from"]]: infer C }
    ? IsOne<C> extends true
      ? E["from"]
      : never
    : never;

type BacksOf<E extends AnyEdge, Taken> = {
  readonly [Each in E as Exclude<BackName<Each, UnnamedOf<E>>, Taken>]: RelationType<Each["from"], Each["cardinality"]>;
};

/**
 * The ways back along references: by `.inverse()`, else by the referring table's name where one reference alone would have it.
 */
export type BackRelations<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? BacksOf<EdgesTo<ShapeOf<S>["tables"], T>, FieldName<S, T>>
  : never;

/** One direction of a many-to-many relation. */
interface Link<F extends string, T extends string, J extends string, C> {
  readonly from: F;
  readonly to: T;
  readonly junction: J;
  /** The referring columns, near and far: they tell two links through one junction apart. */
  readonly columns: C;
}

type AnyLink = Link<string, string, string, unknown>;

type TargetIn<F, C> = C extends keyof F ? SpecOf<F[C]>["target" & keyof SpecOf<F[C]>] & string : never;

type LinksOfPair<J extends string, F, P> = P extends readonly [infer A, infer B]
  ? LinksBetween<TargetIn<F, A>, TargetIn<F, B>, J, A, B>
  : never;

type LinksBetween<T extends string, U extends string, J extends string, A, B> = [T] extends [never]
  ? never
  : [U] extends [never]
    ? never
    : Link<T, U, J, readonly [A, B]> | Link<U, T, J, readonly [B, A]>;

type LinksOfTable<J extends string, D> = D extends TableDefinition<infer F, infer U> ? LinksOfPair<J, F, U[number]> : never;

type AllLinks<M extends TableMap> = { [J in keyof M]: LinksOfTable<J & string, M[J]> }[keyof M];

type LinksBySource<M extends TableMap> = { [L in AllLinks<M> as L["from"]]: L };

type LinksFrom<M extends TableMap, T extends string> =
  LinksBySource<M> extends { readonly [K in T]: infer L extends AnyLink } ? L : never;

type LinksByTarget<L extends AnyLink> = { [Each in L as Each["to"]]: Each };

type LinkName<L extends AnyLink, ByTarget> = ByTarget extends { readonly [T in L["to"]]: infer Each }
  ? IsOne<Each> extends true
    ? L["to"]
    : never
  : never;

type LinksOf<L extends AnyLink, Taken> = {
  readonly [Each in L as Exclude<LinkName<Each, LinksByTarget<L>>, Taken>]: RelationType<Each["to"], "many">;
};

/** Through junctions: by the target's name, where that is free and one junction alone leads there. */
type LinkRelations<S extends AnySchema, T extends TableName<S>> = [LinksFrom<ShapeOf<S>["tables"], T>] extends [never]
  ? Nothing
  : LinksOf<LinksFrom<ShapeOf<S>["tables"], T>, FieldName<S, T> | keyof BackRelations<S, T>>;

type ForwardsOf<E extends AnyEdge> = { readonly [Each in E as Each["column"]]: RelationType<Each["to"], "one"> };

/** Along the references of the table itself, by their column. */
type ForwardRelations<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? ForwardsOf<EdgesOfFields<T, FieldsIn<ShapeOf<S>["tables"][T]>>>
  : never;

/** The relations of a table that are not its own columns. */
export type OutwardRelations<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? BackRelations<S, T> & LinkRelations<S, T>
  : never;

/** Every relation of a table that has a name: `{ school: { table: "schools", cardinality: "one" }, ... }`. */
export type Relations<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? ForwardRelations<S, T> & OutwardRelations<S, T>
  : never;

/** All that a row has a name for: its columns and computed fields, and the relations that are not columns. */
export type Members<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? Columns<S, T> & ComputedValues<S, T> & OutwardRelations<S, T>
  : never;

export type MemberName<S extends AnySchema, T extends TableName<S>> = [T] extends [string] ? keyof Members<S, T> : never;
