import type { Inverse, Unique } from "./field-spec.ts";
import type { AnySchema } from "./schema.ts";
import type { TableDefinition } from "./table.ts";
import type { Columns, ColumnSpec, ComputedValues, ShapeOf, TableName } from "./types.ts";

/** A way from a row of one table to rows of another. */
export interface RelationType<T extends string, N extends "one" | "many"> {
  readonly table: T;
  readonly cardinality: N;
}

/** A reference as written: `from.column` refers to `to`. */
interface Edge<R extends string, C extends string, T extends string, I, N extends "one" | "many"> {
  readonly from: R;
  readonly column: C;
  readonly to: T;
  readonly inverse: I;
  readonly cardinality: N;
}

type EdgeOf<R extends string, C extends string, F> = F extends { readonly target: infer T extends string }
  ? Edge<R, C, T, F extends Inverse<infer I> ? I : undefined, F extends Unique ? "one" : "many">
  : never;

type EdgesFrom<S extends AnySchema, R extends TableName<S>> = {
  [C in keyof Columns<S, R>]: EdgeOf<R, C & string, ColumnSpec<S, R, C>>;
}[keyof Columns<S, R>];

type AllEdges<S extends AnySchema> = { [R in TableName<S>]: EdgesFrom<S, R> }[TableName<S>];

/** The references that point to each table. */
type EdgesByTarget<S extends AnySchema> = { [E in AllEdges<S> as E["to"]]: E };

type AnyEdge = Edge<string, string, string, string | undefined, "one" | "many">;

// Looked up as a property: `keyof` of a mapped type goes through all its members, at each table again.
type EdgesTo<S extends AnySchema, T extends TableName<S>> =
  EdgesByTarget<S> extends Readonly<Record<T, infer E extends AnyEdge>> ? E : never;

type IsOne<U, Each = U> = [U] extends [never] ? false : Each extends U ? ([U] extends [Each] ? true : false) : never;

/** The names on a table that no way back can take. */
type TakenNames<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? keyof Columns<S, T> | keyof ComputedValues<S, T>
  : never;

/** The names that no way through a junction can take. A conditional type, here and above, for the checker remembers those. */
type TakenByBacks<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? TakenNames<S, T> | keyof BackRelations<S, T>
  : never;

/** The references to a table that have no name for their way back, by where they come from: one look-up each, not a search. */
type UnnamedTo<S extends AnySchema, T extends TableName<S>> = {
  [E in EdgesTo<S, T> as E["inverse"] extends string ? never : E["from"]]: E["column"];
};

type BackName<E extends AnyEdge, Unnamed> = E["inverse"] extends string
  ? E["inverse"]
  : Unnamed extends Readonly<Record<E["from"], infer C>>
    ? IsOne<C> extends true
      ? E["from"]
      : never
    : never;

/**
 * The ways back along references: by `.inverse()`, else by the referring table's name where one reference alone would have it.
 */
export type BackRelations<S extends AnySchema, T extends TableName<S>> = {
  readonly [E in EdgesTo<S, T> as Exclude<BackName<E, UnnamedTo<S, T>>, TakenNames<S, T>>]: RelationType<
    E["from"],
    E["cardinality"]
  >;
};

/** One direction of a many-to-many relation. */
interface Link<F extends string, T extends string, J extends string, C> {
  readonly from: F;
  readonly to: T;
  readonly junction: J;
  /** The referring columns, near and far: they tell two links through one junction apart. */
  readonly columns: C;
}

type TargetOf<S extends AnySchema, J extends TableName<S>, C> = C extends keyof Columns<S, J>
  ? ColumnSpec<S, J, C> extends { readonly target: infer T extends string }
    ? T
    : never
  : never;

type LinksOfPair<S extends AnySchema, J extends TableName<S>, P> = P extends readonly [infer A, infer B]
  ? LinksBetween<TargetOf<S, J, A>, TargetOf<S, J, B>, J, A, B>
  : never;

type LinksBetween<T extends string, U extends string, J extends string, A, B> = [T] extends [never]
  ? never
  : [U] extends [never]
    ? never
    : Link<T, U, J, readonly [A, B]> | Link<U, T, J, readonly [B, A]>;

type AllLinks<S extends AnySchema> = {
  [J in TableName<S>]: ShapeOf<S>["tables"][J] extends TableDefinition<infer _, infer U> ? LinksOfPair<S, J, U[number]> : never;
}[TableName<S>];

type LinksBySource<S extends AnySchema> = { [L in AllLinks<S> as L["from"]]: L };

type LinksFrom<S extends AnySchema, T extends TableName<S>> =
  LinksBySource<S> extends Readonly<Record<T, infer L extends AnyLink>> ? L : never;

type AnyLink = Link<string, string, string, unknown>;

type LinksByTarget<L extends AnyLink> = { [Each in L as Each["to"]]: Each };

type LinkName<L extends AnyLink, ByTarget> =
  ByTarget extends Readonly<Record<L["to"], infer Each>> ? (IsOne<Each> extends true ? L["to"] : never) : never;

/** Through junctions: by the target's name, where that is free and one junction alone leads there. */
type LinkRelations<S extends AnySchema, T extends TableName<S>> = {
  readonly [L in LinksFrom<S, T> as Exclude<
    LinkName<L & AnyLink, LinksByTarget<LinksFrom<S, T>>>,
    TakenByBacks<S, T>
  >]: RelationType<(L & AnyLink)["to"], "many">;
};

/** Along the references of the table itself, by their column. */
type ForwardRelations<S extends AnySchema, T extends TableName<S>> = {
  readonly [E in EdgesFrom<S, T> as E["column"]]: RelationType<E["to"], "one">;
};

/** The relations of a table that are not its own columns. */
export type OutwardRelations<S extends AnySchema, T extends TableName<S>> = BackRelations<S, T> & LinkRelations<S, T>;

/** Every relation of a table that has a name: `{ school: { table: "schools", cardinality: "one" }, ... }`. */
export type Relations<S extends AnySchema, T extends TableName<S>> = ForwardRelations<S, T> & OutwardRelations<S, T>;
