import type { ColumnType, Generated } from "kysely";
import type { Actor, Scalar } from "#contract";
import type { Typed } from "../rules/value.ts";
import type { Field, IdField } from "./field.ts";
import type {
  FieldSpec,
  Immutable,
  IntegerSpec,
  Managed,
  Nullable,
  Omittable,
  Secret,
  TextSpec,
  TimestampSpec,
} from "./field-spec.ts";
import type { AnySchema, Schema } from "./schema.ts";
import type { ColumnSets, FieldMap, TableDefinition } from "./table.ts";

/** The types that follow from a schema. `S` is `typeof schema`. */

export type ShapeOf<S extends AnySchema> = S extends Schema<infer D> ? D : never;

/** The names of a schema's tables. */
export type TableName<S extends AnySchema> = keyof ShapeOf<S>["tables"] & string;
export type RoleName<S extends AnySchema> = ShapeOf<S>["roles"];
export type ClaimName<S extends AnySchema> = keyof ShapeOf<S>["claims"] & string;

/** The table of organisations; never where there is none. */
export type OrganisationTable<S extends AnySchema> = ShapeOf<S>["organisations"] extends {
  readonly table: infer T extends TableName<S>;
}
  ? T
  : never;

/** The roles that members of organisations have; never where there are no organisations. */
export type MemberRole<S extends AnySchema> = ShapeOf<S>["organisations"] extends {
  readonly members: infer M extends TableName<S>;
  readonly role: infer R extends string;
}
  ? SpecOf<Columns<S, M>[R & keyof Columns<S, M>]>["json"]
  : never;

/** Who is asking. A token that was given out under an earlier schema may still name roles that there no longer are. */
export interface ActorOf<S extends AnySchema> extends Actor {
  readonly roles: readonly RoleName<S>[];
}

/** The fields of a table as they were written. */
export type FieldsIn<I> = I extends TableDefinition<infer F extends FieldMap, ColumnSets> ? F : I;

/** The fields that every table has by itself. */
export interface ManagedFields {
  readonly created: Field<TimestampSpec & Managed>;
  readonly updated: Field<TimestampSpec & Managed>;
  readonly version: Field<IntegerSpec & Managed>;
}

interface UuidKey {
  readonly id: IdField<TextSpec & Omittable & Immutable>;
}

/** What a table with `softDelete` has besides. */
interface DeletedField {
  readonly deleted: Field<TimestampSpec & Managed & Nullable>;
}

/** Whether an option of the table is on. */
type Option<I, N extends "softDelete" | "history"> = I extends { readonly "~table": { readonly [K in N]: infer O } }
  ? O extends false
    ? false
    : true
  : false;

/** Whether the rows of the table can be restored after a delete. */
export type IsSoftDeleted<S extends AnySchema, T extends TableName<S>> = Option<ShapeOf<S>["tables"][T], "softDelete">;

/** Whether old versions of the table's rows are kept. */
export type HasHistory<S extends AnySchema, T extends TableName<S>> = Option<ShapeOf<S>["tables"][T], "history">;

/** All stored columns of a table, as fields. */
export type Columns<S extends AnySchema, T extends TableName<S>> =
  IsSoftDeleted<S, T> extends true
    ? ColumnsOfFields<FieldsIn<ShapeOf<S>["tables"][T]>> & DeletedField
    : ColumnsOfFields<FieldsIn<ShapeOf<S>["tables"][T]>>;

type ColumnsOfFields<F> = F & ManagedFields & ("id" extends keyof F ? unknown : UuidKey);

export type SpecOf<F> = F extends Field<infer Spec extends FieldSpec> ? Spec : never;

export type ColumnSpec<S extends AnySchema, T extends TableName<S>, C extends keyof Columns<S, T>> = SpecOf<Columns<S, T>[C]>;

/** The spec of a table's `id`. */
export type KeySpec<S extends AnySchema, T extends TableName<S>> = SpecOf<Columns<S, T>["id" & keyof Columns<S, T>]>;

/** The JSON form of a field's values without null; a reference has that of its target's id. */
export type JsonOf<S extends AnySchema, F extends FieldSpec> = F extends { readonly target: infer T extends TableName<S> }
  ? KeySpec<S, T>["json"]
  : F["json"];

type NullIf<F extends FieldSpec> = F extends Nullable ? null : never;

/** The computed fields of a table: their names and values. */
export type ComputedValues<S extends AnySchema, T extends TableName<S>> = T extends keyof ShapeOf<S>["computed"]
  ? ShapeOf<S>["computed"][T]
  : { readonly [C in never]: never };

type JsonOfValue<V> = V extends Typed<Scalar, infer J> ? J : never;

/** A row as it is read: every field but secrets, in its JSON form. */
export type Row<S extends AnySchema, T extends TableName<S>> = {
  readonly [C in ColumnName<S, T>]: C extends keyof Columns<S, T>
    ? JsonOf<S, ColumnSpec<S, T, C>> | NullIf<ColumnSpec<S, T, C>>
    : JsonOfValue<ComputedValues<S, T>[C & keyof ComputedValues<S, T>]>;
};

/** The columns of a table that can be read, computed ones too. */
export type ColumnName<S extends AnySchema, T extends TableName<S>> = [T] extends [string]
  ? (keyof Readable<S, T> | keyof ComputedValues<S, T>) & string
  : never;

/** The stored columns that can be read: all but secrets. */
export type Readable<S extends AnySchema, T extends TableName<S>> = [SecretIn<FieldsIn<ShapeOf<S>["tables"][T]>>] extends [never]
  ? Columns<S, T>
  : Omit<Columns<S, T>, SecretIn<FieldsIn<ShapeOf<S>["tables"][T]>>>;

// First whether there is any: tables have more fields than kinds of them.
type SecretIn<F> =
  Extract<F[keyof F], AnySecret> extends never ? never : { [C in keyof F]: F[C] extends AnySecret ? C : never }[keyof F];

type AnySecret = Field<FieldSpec & Secret>;

/** The JSON form that writes take: a decimal also as a number. */
type InputJson<S extends AnySchema, F extends FieldSpec> =
  | (F["scalar"] extends "decimal" ? string | number : JsonOf<S, F>)
  | NullIf<F>;

type MustBeGiven<F extends FieldSpec> = F extends Managed | Nullable | Omittable ? false : true;

/** A row as it is made: fields without a default must be there, those that the server sets must not. */
export type Insert<S extends AnySchema, T extends TableName<S>> = {
  readonly [C in keyof Columns<S, T> as MustBeGiven<ColumnSpec<S, T, C>> extends true ? C : never]: InputJson<
    S,
    ColumnSpec<S, T, C>
  >;
} & {
  readonly [C in keyof Columns<S, T> as ColumnSpec<S, T, C> extends Managed
    ? never
    : MustBeGiven<ColumnSpec<S, T, C>> extends true
      ? never
      : C]?: InputJson<S, ColumnSpec<S, T, C>>;
};

/** The changes of a row: any fields but the key and those that never change. */
export type Update<S extends AnySchema, T extends TableName<S>> = {
  readonly [C in keyof Columns<S, T> as ColumnSpec<S, T, C> extends Managed | Immutable ? never : C]?: InputJson<
    S,
    ColumnSpec<S, T, C>
  >;
};

/** What a database parameter or result holds for each scalar. */
interface StorageOfScalar<J> {
  readonly text: J;
  readonly integer: number;
  readonly real: number;
  readonly decimal: number | bigint;
  readonly bool: 0 | 1;
  readonly timestamp: string;
  readonly date: string;
  readonly json: string;
  readonly bytes: Uint8Array;
}

type Storage<S extends AnySchema, F extends FieldSpec> = F extends { readonly target: infer T extends TableName<S> }
  ? StorageOfScalar<KeySpec<S, T>["json"]>[KeySpec<S, T>["scalar"]]
  : StorageOfScalar<F["json"]>[F["scalar"]] | NullIf<F>;

type StoredColumn<V, F extends FieldSpec> = F extends Managed
  ? Generated<V>
  : F extends Omittable | Nullable
    ? ColumnType<V, V | undefined, V>
    : V;

/**
 * The tables as Kysely sees them: what the database holds, not the JSON form. Truths are 0 and 1, decimals integers scaled by
 * ten to the power of their scale, JSON is text. Rules do not apply there, and secrets are there.
 */
export type KyselyDatabase<S extends AnySchema> = {
  [T in TableName<S>]: {
    [C in keyof Columns<S, T>]: StoredColumn<Storage<S, ColumnSpec<S, T, C>> | NullIf<ColumnSpec<S, T, C>>, ColumnSpec<S, T, C>>;
  };
};
