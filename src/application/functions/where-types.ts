import type { Json, Scalar } from "#contract";
import type { Field } from "../schema/field.ts";
import type { FieldSpec, Nullable } from "../schema/field-spec.ts";
import type { OutwardRelations, Relations, RelationType } from "../schema/relation-types.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Columns, ComputedValues, JsonOf, KeySpec, Readable, TableName } from "../schema/types.ts";
import type { Typed } from "../rules/value.ts";

/** The type of a table's ids. */
export type KeyOf<S extends AnySchema, T extends TableName<S>> = KeySpec<S, T>["json"];

/** The relations of a table that have a name. */
export type RelationName<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? keyof Relations<S, T> & string
  : never;

/** The table that a relation leads to. */
export type TargetOf<S extends AnySchema, T extends TableName<S>, R> = R extends keyof Relations<S, T>
  ? Relations<S, T>[R] extends RelationType<infer Target extends TableName<S>, "one" | "many">
    ? Target
    : never
  : never;

/** A null is asked for by itself, and only of what may be null. */
type OrNull<J> = null extends J ? null : never;

interface EqualityFilter<J> {
  /** Equal; of null: is null. */
  readonly eq?: NonNullable<J> | OrNull<J>;
  /** Not equal, which leaves out nulls as SQL does; of null: is not null. */
  readonly neq?: NonNullable<J> | OrNull<J>;
  /** Not equal, where null is a value like others. */
  readonly distinctFrom?: NonNullable<J> | OrNull<J>;
}

interface OrderedFilter<J> extends EqualityFilter<J> {
  /** One of these. */
  readonly in?: readonly NonNullable<J>[];
  /** None of these, which leaves out nulls. */
  readonly notIn?: readonly NonNullable<J>[];
  readonly gt?: NonNullable<J>;
  readonly gte?: NonNullable<J>;
  readonly lt?: NonNullable<J>;
  readonly lte?: NonNullable<J>;
}

interface TextFilter<J> extends OrderedFilter<J> {
  /** `%` stands for any text and `_` for one character; case matters. */
  readonly like?: string;
  /** As `like`, where case does not matter. */
  readonly ilike?: string;
  /** Some part matches the regular expression (RE2's syntax). */
  readonly match?: string;
  /** As `match`, where case does not matter. */
  readonly imatch?: string;
  /** By words, as people type them into a search box. The field needs `.search()`. */
  readonly search?: string;
  /** As `search`, in a grammar of its own: `'beginning':* & (word | other) & !without`. For words that a program puts together. */
  readonly searchQuery?: string;
}

interface JsonFilter<J> {
  /** Has these keys with these values, or these members, all the way down. */
  readonly contains?: Json;
  readonly containedBy?: Json;
  /** Lists that share a member. */
  readonly overlaps?: readonly Json[];
  /** Of null: is null. */
  readonly eq?: OrNull<J>;
  /** Of null: is not null. */
  readonly neq?: OrNull<J>;
}

interface FilterOfScalar<J> {
  readonly text: NonNullable<J> | OrNull<J> | TextFilter<J>;
  readonly integer: NonNullable<J> | OrNull<J> | OrderedFilter<J>;
  readonly real: NonNullable<J> | OrNull<J> | OrderedFilter<J>;
  readonly decimal: NonNullable<J> | number | OrNull<J> | OrderedFilter<J | number>;
  readonly bool: NonNullable<J> | OrNull<J> | EqualityFilter<J>;
  readonly timestamp: NonNullable<J> | OrNull<J> | OrderedFilter<J>;
  readonly date: NonNullable<J> | OrNull<J> | OrderedFilter<J>;
  readonly bytes: NonNullable<J> | OrNull<J> | EqualityFilter<J>;
  readonly json: OrNull<J> | JsonFilter<J>;
}

type NullIf<F extends FieldSpec> = F extends Nullable ? null : never;

/** Of a reference to a row: by its id, or by what that row is. */
type ReferenceFilter<S extends AnySchema, F extends FieldSpec, Target extends TableName<S>> =
  | JsonOf<S, F>
  | NullIf<F>
  | (OrderedFilter<JsonOf<S, F> | NullIf<F>> & NamedLikeOperators<S, Target>)
  | OneFilter<S, Target>;

type Operator = keyof TextFilter<string> | keyof JsonFilter<Json>;

/**
 * Whoever has no schema, as the typed client, cannot tell a field of this name from the operator: it is asked for as `{ some: { like: "x" } }`,
 * and so is the operator, as `{ some: { id: { in: ids } } }`.
 */
type NamedLikeOperators<S extends AnySchema, T extends TableName<S>> = {
  readonly [K in Operator & (keyof Columns<S, T> | keyof ComputedValues<S, T> | keyof Relations<S, T>)]?: never;
};

type ColumnFilter<S extends AnySchema, F extends FieldSpec> = F extends { readonly target: infer Target extends TableName<S> }
  ? ReferenceFilter<S, F, Target>
  : FilterOfScalar<JsonOf<S, F> | NullIf<F>>[F["scalar"]];

type ComputedFilter<V> = V extends Typed<infer K extends Scalar, infer J> ? FilterOfScalar<J>[K] : never;

type OneFilter<S extends AnySchema, T extends TableName<S>> = (Where<S, T> & NamedLikeOperators<S, T>) | Quantified<S, T>;

/** Over the rows that a relation leads to. The caller's rules decide which rows there are. */
interface Quantified<S extends AnySchema, T extends TableName<S>> {
  /** At least one row is so; `{}` asks for any row. */
  readonly some?: Where<S, T>;
  /** No row is so. */
  readonly none?: Where<S, T>;
  /** No row is not so: also where there are no rows. */
  readonly every?: Where<S, T>;
}

type RelationFilter<S extends AnySchema, Target extends TableName<S>, N> = N extends "one"
  ? OneFilter<S, Target>
  : Quantified<S, Target>;

/**
 * Which rows: every part must hold. A value by itself stands for `eq`; a to-one relation takes conditions on its row, a to-many one
 * `some`, `none` or `every`.
 */
export type Where<S extends AnySchema, T extends TableName<S>> = Filters<S, T, Filterable<S, T>, FilterName<S, T>>;

type Filters<S extends AnySchema, T extends TableName<S>, M, C extends keyof M> = {
  readonly [K in C]?: MemberFilter<S, T, M[K]>;
};

/** What a condition can be put on, by its name. */
type Filterable<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? Readable<S, T> & ComputedValues<S, T> & OutwardRelations<S, T> & Connectives
  : never;

type FilterName<S extends AnySchema, T extends TableName<S>> = [T] extends [string] ? keyof Filterable<S, T> : never;

interface Connectives {
  readonly and: Connective<"all">;
  /** At least one of these; an empty list holds for no row. */
  readonly or: Connective<"all">;
  readonly not: Connective<"one">;
}

interface Connective<N> {
  readonly conditions: N;
}

type MemberFilter<S extends AnySchema, T extends TableName<S>, M> =
  M extends Field<infer F extends FieldSpec>
    ? ColumnFilter<S, F>
    : M extends RelationType<infer Target extends TableName<S>, infer N>
      ? RelationFilter<S, Target, N>
      : M extends Connective<infer N>
        ? N extends "one"
          ? Where<S, T>
          : readonly Where<S, T>[]
        : ComputedFilter<M>;

export type Direction = "asc" | "desc";

/** Nulls come last when ascending and first when descending, unless it says where. */
export type OrderDirection = Direction | { readonly direction: Direction; readonly nulls?: "first" | "last" };

/** By columns, in the order in which they are written. */
export type OrderBy<C extends string> =
  | { readonly [K in C]?: OrderDirection }
  | readonly { readonly [K in C]?: OrderDirection }[];
