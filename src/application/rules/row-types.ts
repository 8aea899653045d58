import type { Scalar } from "#contract";
import type { Field } from "../schema/field.ts";
import type { FieldSpec, Nullable } from "../schema/field-spec.ts";
import type { MemberName, Members, RelationType } from "../schema/relation-types.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { ClaimName, KeySpec, MemberRole, OrganisationTable, RoleName, ShapeOf, SpecOf, TableName } from "../schema/types.ts";
import type { ProofName } from "../auth/session-table.ts";
import type { Condition, NumberScalar, NumberValue, Typed, Value, ValueOfScalar } from "./value.ts";

/**
 * A row inside a rule or a computed field: its columns, and by their names its relations. `N` is null where the row is
 * reached through a reference that may be empty.
 */
export type RowValue<S extends AnySchema, T extends TableName<S>, N = never> = MemberValues<
  S,
  Members<S, T>,
  MemberName<S, T>,
  N
> &
  RowOf<T>;

/** For the type checker alone: of which table a row is. */
export interface RowOf<T extends string> {
  readonly "~table"?: T;
}

type MemberValues<S extends AnySchema, M, C extends keyof M, N> = { readonly [K in C]: MemberValue<S, M[K], N> };

/** A column, a relation, or what a computed field gives. */
type MemberValue<S extends AnySchema, M, N> =
  M extends Field<infer F extends FieldSpec>
    ? ColumnValueOf<S, F, N>
    : M extends RelationType<infer T extends TableName<S>, infer C>
      ? C extends "many"
        ? Collection<S, T>
        : RefValue<S, T, null | N>
      : M;

type ColumnValueOf<S extends AnySchema, F extends FieldSpec, N> = F extends { readonly target: infer T extends TableName<S> }
  ? RefValue<S, T, F extends Nullable ? null : N>
  : ValueOfScalar<F["json"] | N | (F extends Nullable ? null : never)>[F["scalar"]];

type KeyValue<S extends AnySchema, T extends TableName<S>, N> = ValueOfScalar<KeySpec<S, T>["json"] | N>[KeySpec<S, T>["scalar"]];

/**
 * A reference: the id that it holds (`row.author.eq(me.id)`), and the row that it leads to (`row.author.name`). A column hides a
 * method.
 */
export type RefValue<S extends AnySchema, T extends TableName<S>, N> = RowValue<S, T, N> &
  Unhidden<KeyValue<S, T, N>, MemberName<S, T>>;

type Unhidden<V, Names> = [Names & keyof V] extends [never] ? V : Omit<V, Names & keyof V>;

/** The rows that a to-many relation leads to. */
export interface Collection<S extends AnySchema, T extends TableName<S>> {
  /** Those of the rows for which the condition is true. */
  where(condition: (row: RowValue<S, T>) => Condition): Collection<S, T>;
  /** Is there a row, or one for which the condition is true? Never unknown. */
  some(condition?: (row: RowValue<S, T>) => Condition): Condition<boolean>;
  /** Is there no row, or none for which the condition is true? Never unknown. */
  none(condition?: (row: RowValue<S, T>) => Condition): Condition<boolean>;
  /** Is the condition true for all rows? It is, where there are none. Never unknown. */
  every(condition: (row: RowValue<S, T>) => Condition): Condition<boolean>;
  /** How many rows there are. */
  count(): NumberValue<"integer", number>;
  /** Null over no rows, as all that follow; nulls do not count. */
  sum<K extends NumberScalar, J>(value: (row: RowValue<S, T>) => NumberValue<K, J>): NumberValue<K, J | null>;
  avg(value: (row: RowValue<S, T>) => Value<NumberScalar>): NumberValue<"real", number | null>;
  min<V extends Value<OrderedScalar>>(value: (row: RowValue<S, T>) => V): OrNull<V>;
  max<V extends Value<OrderedScalar>>(value: (row: RowValue<S, T>) => V): OrNull<V>;
}

type OrderedScalar = Exclude<Scalar, "json" | "bool" | "bytes">;

type OrNull<V> = V extends Typed<infer K extends Scalar, infer J> ? ValueOfScalar<J | null>[K] : never;

/** Who is asking. */
export interface ActorValue<S extends AnySchema> {
  /** Null for nobody in particular. */
  readonly id: ActorId<S>;
  readonly isSignedIn: Condition<boolean>;
  /** Their address is confirmed. False for a token, which is not somebody's sign-in. */
  readonly isVerified: Condition<boolean>;
  /** They have not signed up: nobody knows who they are, and they may save things (`auth: { anonymous: true }`). False for nobody and for a token. */
  readonly isAnonymous: Condition<boolean>;
  /** Their session has been opened, or gone on, by this. False for a token. */
  hasProved(proof: ProofName): Condition<boolean>;
  /**
   * They have shown who they are within that time, `"10m"` say: gave the password, followed a link. For what must not be done by whoever finds an
   * open browser; they are asked to by `proof_required`, and do it by `/auth/v1/prove`. Unknown, and so not let through, for a token.
   */
  provedWithin(time: string): Condition;
  /** One of the schema's roles. */
  hasRole(role: RoleName<S>): Condition<boolean>;
  /** They are a member of that organisation: `row.organisation`, a row that a reference leads to, or `row` itself. Needs `organisations` of the schema. */
  belongsTo(organisation: RowOf<OrganisationTable<S>>): Condition<boolean>;
  /** They are a member of that organisation, and have one of these roles there. */
  hasRoleIn(organisation: RowOf<OrganisationTable<S>>, ...roles: readonly MemberRole<S>[]): Condition<boolean>;
  /** One of the schema's claims; null where the actor has none of that name, or one of another kind. */
  claim<C extends ClaimName<S>>(name: C): ClaimValue<SpecOf<ShapeOf<S>["claims"][C]>>;
}

type ClaimValue<F extends FieldSpec> = ValueOfScalar<F["json"] | null>[F["scalar"]];

type ActorId<S extends AnySchema> =
  "users" extends TableName<S>
    ? ValueOfScalar<KeySpec<S, "users">["json"] | null>[KeySpec<S, "users">["scalar"]]
    : ValueOfScalar<string | null>["text"];
