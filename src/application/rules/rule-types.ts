import type { AnySchema } from "../schema/schema.ts";
import type { FieldName } from "../schema/relation-types.ts";
import type { HasHistory, TableName } from "../schema/types.ts";
import type { ActorValue, RowValue } from "./row-types.ts";
import type { Condition } from "./value.ts";

/** What the rules of one table may speak of. */
export interface RuleScope<S extends AnySchema, T extends TableName<S>> {
  /** The row as it is; in a create rule the row to be made. */
  readonly row: RowValue<S, T>;
  /** In update and create rules: the row as it will be. */
  readonly next: RowValue<S, T>;
  readonly me: ActorValue<S>;
}

/**
 * The rules of one table: who may read, create, update and delete which rows. Each of the four has a rule, `write` being one for
 * those of the last three that have none of their own. An operation meant for nobody says `nobody`.
 */
export type TableRulesInput<S extends AnySchema, T extends TableName<S>> =
  | RulesWithWrite<FieldName<S, T>, HasHistory<S, T>>
  | RulesOneByOne<FieldName<S, T>, HasHistory<S, T>>;

// Of the names alone, not of the schema, which the checker would look through whenever it meets one of these.
interface ReadRules<C extends PropertyKey, H> {
  /** Over `row`. A row for which it is not true is not there. */
  readonly read: Condition;
  /**
   * Of a table with `history`: who may read the past, over `row` as it was. `read` must hold for it too. Without this rule nobody may: what
   * is hidden today may have been open once.
   */
  readonly history?: [H] extends [true] ? Condition : never;
  /** Narrower rules for single fields. */
  readonly fields?: { readonly [K in C]?: FieldRulesInput };
}

interface RulesWithWrite<C extends PropertyKey, H> extends ReadRules<C, H> {
  /** Create, update and delete, each unless it has a rule of its own. */
  readonly write: Condition;
  readonly create?: Condition;
  readonly update?: Condition;
  readonly delete?: Condition;
}

interface RulesOneByOne<C extends PropertyKey, H> extends ReadRules<C, H> {
  /** Over `row`, the row to be made (`next` is the same). */
  readonly create: Condition;
  /** Without `next` it must hold for the row before and for the row after. With `next` it compares the two and is asked once. */
  readonly update: Condition;
  /** Over `row`. */
  readonly delete: Condition;
  readonly write?: never;
}

/** Beside the table's rule, which must hold too. */
export interface FieldRulesInput {
  /** Where it is not true, the field is null. */
  readonly read?: Condition;
  /** Asked when a new row gives the field a value. */
  readonly create?: Condition;
  /** Asked when a change names the field. */
  readonly update?: Condition;
  /** Both create and update, unless they are given. */
  readonly write?: Condition;
}

/** The rules of a back end: one entry for every table. */
export type RulesInput<S extends AnySchema> = {
  readonly [T in TableName<S>]: (scope: RuleScope<S, T>) => TableRulesInput<S, T>;
};

/** Who belongs to a tenant: over `row`, the tenant. */
export type TenantsInput<S extends AnySchema> = {
  readonly [T in TableName<S>]?: (scope: Pick<RuleScope<S, T>, "row" | "me">) => Condition;
};

interface Misspelt<N> {
  readonly "there is none of this name": N;
}

type RuleKey = keyof ReadRules<string, unknown> | "write" | "create" | "update" | "delete";

/**
 * Refuses names that mean nothing. The type checker finds them by itself in object literals, but not in what a function returns,
 * where a misspelt `delete` beside `write` would leave the wider rule standing. Nothing where all is well: the checker would ask again for each table
 * what its rule is to be.
 */
export type ExactRules<S extends AnySchema, R> = [Misspellings<S, R>[keyof R]] extends [never]
  ? unknown
  : Corrected<Misspellings<S, R>>;

type Misspellings<S extends AnySchema, R> = {
  readonly [T in keyof R]: T extends TableName<S> ? MisspeltIn<R[T]> : Misspelt<T>;
};

type MisspeltIn<F> = F extends (scope: never) => infer O
  ? Exclude<keyof O, RuleKey> extends never
    ? never
    : Misspelt<Exclude<keyof O, RuleKey>>
  : never;

type Corrected<M> = { readonly [T in keyof M]: [M[T]] extends [never] ? unknown : M[T] };
