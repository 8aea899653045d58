import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Json } from "#contract";
import type { now, today } from "../rules/moments.ts";
import {
  type AccountField,
  type BytesField,
  FieldBuilder,
  type FieldState,
  type IdField,
  type NumberField,
  type PlainField,
  type RefField,
  type SecretField,
  type TextField,
  type TimeField,
} from "./field.ts";
import type {
  BoolSpec,
  BytesSpec,
  DateSpec,
  DecimalSpec,
  EnumSpec,
  Immutable,
  IntegerSpec,
  JsonSpec,
  Omittable,
  RealSpec,
  RefSpec,
  Secret,
  TextSpec,
  TimestampSpec,
} from "./field-spec.ts";

const blank: Omit<FieldState, "kind"> = {
  options: {},
  nullable: false,
  unique: false,
  indexed: false,
  searchable: false,
  immutable: false,
  default: undefined,
  limits: {},
  reference: undefined,
  validator: undefined,
};

/** The one place where the untyped builder gets the interface that its kind has. */
function field<T>(state: Pick<FieldState, "kind"> & Partial<FieldState>): T {
  return new FieldBuilder({ ...blank, ...state }) as unknown as T;
}

/** Text, required unless `.optional()`. Its `min` and `max` count characters. */
export function text(): TextField<TextSpec> {
  return field({ kind: "text" });
}

/** A whole number between -(2^53 - 1) and 2^53 - 1. */
export function integer(): NumberField<IntegerSpec> {
  return field({ kind: "integer" });
}

/** An exact decimal number of `precision` digits (at most 18), `scale` of them after the point. A string in JSON: `"12.50"`. */
export function decimal(precision: number, scale: number): NumberField<DecimalSpec> {
  return field({ kind: "decimal", options: { precision, scale } });
}

/** A 64-bit floating-point number. For money use `decimal`. */
export function real(): NumberField<RealSpec> {
  return field({ kind: "real" });
}

/** True or false. */
export function bool(): PlainField<BoolSpec> {
  return field({ kind: "bool" });
}

/** A moment, to the millisecond, as ISO 8601 in UTC: `"2026-11-25T18:00:00.000Z"`. */
export function timestamp(): TimeField<TimestampSpec, typeof now> {
  return field({ kind: "timestamp" });
}

/** A day of the calendar: `"2026-11-25"`. */
export function date(): TimeField<DateSpec, typeof today> {
  return field({ kind: "date" });
}

/** Any JSON. Given a Standard Schema (zod, valibot, arktype), values must match it; it must answer at once, not by a promise. */
export function json<T = Json>(shape?: StandardSchemaV1<unknown, T> | StandardSchemaV1<T, T>): PlainField<JsonSpec<T>> {
  return field({ kind: "json", validator: shape });
}

/** One of these texts. */
export function enums<const V extends readonly [string, ...string[]]>(...values: V): PlainField<EnumSpec<V[number]>> {
  return field({ kind: "enum", options: { values } });
}

/** A row of that table. A caller may refer only to rows that they may read, unless `.allowUnreadable()`. */
export function ref<const T extends string>(target: T): RefField<RefSpec<T>> {
  return field({
    kind: "ref",
    reference: { target, onDelete: "restrict", inverse: undefined, allowUnreadable: false },
  });
}

/** Bytes; in JSON `\x` and hexadecimal digits. Its `min` and `max` count bytes. For files of any size use a file field. */
export function bytes(): BytesField<BytesSpec> {
  return field({ kind: "bytes" });
}

/** An e-mail address as the HTML standard has it. */
export function email(): TextField<TextSpec> {
  return field({ kind: "email" });
}

/**
 * In `users`, where people [sign in](docs/reference/auth.md): the address of the user's account. Sign-in writes it, with the account and whenever that
 * changes, and nobody else. Null for whoever has no account.
 */
export function accountEmail(): AccountField {
  return field({ kind: "email", nullable: true, default: { type: "account" } });
}

/** An absolute http or https address. */
export function url(): TextField<TextSpec> {
  return field({ kind: "url" });
}

/**
 * Text that callers write and nobody reads: never selected, filtered by, ordered by or returned. Kept encrypted; the back end's own SQL writes and reads it as text. Rules and checks may ask
 * whether there is one, and no more.
 */
export function secret(): SecretField<TextSpec & Secret> {
  return field({ kind: "secret" });
}

/**
 * The primary key, where it is not to be the UUID that every table has by itself: `"integer"` numbers rows in their order
 * (guessable, and tells how many there are), `"text"` takes what the caller gives.
 */
export function id<const K extends "uuid" | "integer" | "text" = "uuid">(kind?: K): IdField<IdSpecs[K]> {
  return field({ kind: kind ?? "uuid" });
}

interface IdSpecs {
  readonly uuid: TextSpec & Omittable & Immutable;
  readonly integer: IntegerSpec & Omittable & Immutable;
  readonly text: TextSpec & Immutable;
}
