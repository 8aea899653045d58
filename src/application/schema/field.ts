import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { KindName, KindOptions } from "#contract";
import { now, today } from "../rules/moments.ts";
import type { FieldSpec, Immutable, Inverse, Managed, Nullable, Omittable, Secret, TextSpec, Unique } from "./field-spec.ts";

/** What was written about a field, unchecked; `resolve` turns it into a column. */
export interface FieldState<F extends FieldSpec = FieldSpec> {
  readonly kind: KindName | "ref";
  readonly options: KindOptions;
  readonly nullable: boolean;
  readonly unique: boolean;
  readonly indexed: boolean;
  readonly searchable: boolean;
  readonly immutable: boolean;
  readonly default: DefaultRequest | undefined;
  readonly limits: LimitRequest;
  readonly reference: ReferenceRequest | undefined;
  /** JSON alone: what values must look like. */
  readonly validator: StandardSchemaV1 | undefined;
  /** For the type checker alone: never present. */
  readonly spec?: F;
}

export type DefaultRequest =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "now" | "today" | "actor" | "account" };

export interface LimitRequest {
  readonly min?: unknown;
  readonly max?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
}

export interface ReferenceRequest {
  readonly target: string;
  readonly onDelete: OnDelete;
  readonly inverse: string | undefined;
  readonly allowUnreadable: boolean;
}

/** What becomes of a row when the row that it refers to is deleted: the delete is refused, it goes too, or it forgets. */
export type OnDelete = "restrict" | "cascade" | "set null";

/** A field of any kind: what `defineSchema` takes. */
export interface Field<F extends FieldSpec = FieldSpec> {
  readonly "~field": FieldState<F>;
}

/** What all kinds of field share. Every method gives a new field: one can be kept and used in many tables. */
interface CommonMethods {
  /** No two rows may have the same value (null aside). */
  unique(): this;
  /** Keeps an index, so that filtering and ordering by this field stay fast. Unique fields and references have one. */
  index(): this;
}

interface LengthMethods {
  /** At least so long: in characters, or in bytes for `bytes()`. */
  min(length: number): this;
  /** At most so long: in characters, or in bytes for `bytes()`. */
  max(length: number): this;
  /** Exactly so long. */
  length(length: number): this;
}

interface BoundMethods<V> {
  /** The least value allowed. */
  min(value: V): this;
  /** The greatest value allowed. */
  max(value: V): this;
}

interface TextMethods extends LengthMethods {
  /** Some part of the text must match; anchor with `^` and `$` to match the whole. */
  pattern(pattern: RegExp): this;
  /** Full-text search finds rows by words of this field. */
  search(): this;
}

export interface TextField<F extends FieldSpec> extends Field<F>, CommonMethods, TextMethods {
  /** May be null, and may be left out. */
  optional(): TextField<F & Nullable>;
  /** What a new row gets that says nothing. */
  default(value: F["json"]): TextField<F & Omittable>;
  /** Never changed once the row is made. */
  immutable(): TextField<F & Immutable>;
}

/** Numbers. */
export interface NumberField<F extends FieldSpec> extends Field<F>, CommonMethods, BoundMethods<number | F["json"]> {
  /** May be null, and may be left out. */
  optional(): NumberField<F & Nullable>;
  /** What a new row gets that says nothing. */
  default(value: number | F["json"]): NumberField<F & Omittable>;
  /** Never changed once the row is made. */
  immutable(): NumberField<F & Immutable>;
}

/** Moments and dates, as ISO 8601 text. */
export interface TimeField<F extends FieldSpec, D> extends Field<F>, CommonMethods, BoundMethods<string> {
  /** May be null, and may be left out. */
  optional(): TimeField<F & Nullable, D>;
  /** What a new row gets that says nothing: a value, or `now` (a timestamp) or `today` (a date, in UTC). */
  default(value: string | D): TimeField<F & Omittable, D>;
  /** Never changed once the row is made. */
  immutable(): TimeField<F & Immutable, D>;
}

/** Fields without limits of their own: booleans, enums, JSON. */
export interface PlainField<F extends FieldSpec> extends Field<F>, CommonMethods {
  /** May be null, and may be left out. */
  optional(): PlainField<F & Nullable>;
  /** What a new row gets that says nothing. */
  default(value: F["json"]): PlainField<F & Omittable>;
  /** Never changed once the row is made. */
  immutable(): PlainField<F & Immutable>;
}

export interface BytesField<F extends FieldSpec> extends Field<F>, CommonMethods, LengthMethods {
  /** May be null, and may be left out. */
  optional(): BytesField<F & Nullable>;
  /** What a new row gets that says nothing: `\x` and hexadecimal digits. */
  default(value: F["json"]): BytesField<F & Omittable>;
  /** Never changed once the row is made. */
  immutable(): BytesField<F & Immutable>;
}

/** Text that goes in and never comes out through the API. */
export interface SecretField<F extends FieldSpec & Secret> extends Field<F>, LengthMethods {
  /** May be null, and may be left out. */
  optional(): SecretField<F & Nullable>;
  /** Some part of the text must match. */
  pattern(pattern: RegExp): this;
}

/** A row of another table, by its id. An index comes by itself. */
export interface RefField<F extends FieldSpec> extends Field<F> {
  /** May be null, and may be left out. */
  optional(): RefField<F & Nullable>;
  /** At most one row refers to each target: the way back then leads to one row. */
  unique(): RefField<F & Unique>;
  /** Never changed once the row is made. */
  immutable(): RefField<F & Immutable>;
  /** What becomes of this row when its target is deleted; by default the delete is refused. */
  onDelete(action: OnDelete): this;
  /** Names the way back, from the target to the rows that refer to it. By default that is this table's name. */
  inverse<const N extends string>(name: N): RefField<F & Inverse<N>>;
  /** Lets callers refer to rows that they may not read. They then learn whether such a row exists. */
  allowUnreadable(): this;
  /** Of a reference to `users`: a new row that says nothing gets whoever makes it. Nobody in particular must say it. */
  defaultToActor(): RefField<F & Omittable>;
}

/** What sign-in keeps of an account in the row of its user. */
export interface AccountField extends Field<TextSpec & Nullable & Managed> {
  /** Keeps an index, so that filtering and ordering by this field stay fast. */
  index(): this;
}

/** The primary key. */
export interface IdField<F extends FieldSpec> extends Field<F> {}

/** A field once built, with every method; the interfaces above say which of them a kind has. */
export class FieldBuilder implements Field {
  readonly "~field": FieldState;

  constructor(state: FieldState) {
    this["~field"] = state;
  }

  optional(): FieldBuilder {
    return this.with({ nullable: true });
  }

  default(value: unknown): FieldBuilder {
    if (value === now) return this.with({ default: { type: "now" } });
    if (value === today) return this.with({ default: { type: "today" } });
    return this.with({ default: { type: "value", value } });
  }

  defaultToActor(): FieldBuilder {
    return this.with({ default: { type: "actor" } });
  }

  unique(): FieldBuilder {
    return this.with({ unique: true });
  }

  index(): FieldBuilder {
    return this.with({ indexed: true });
  }

  search(): FieldBuilder {
    return this.with({ searchable: true });
  }

  immutable(): FieldBuilder {
    return this.with({ immutable: true });
  }

  min(value: unknown): FieldBuilder {
    return this.withLimits(this.measuresLength ? { minLength: value as number } : { min: value });
  }

  max(value: unknown): FieldBuilder {
    return this.withLimits(this.measuresLength ? { maxLength: value as number } : { max: value });
  }

  length(length: number): FieldBuilder {
    return this.withLimits({ minLength: length, maxLength: length });
  }

  pattern(pattern: RegExp): FieldBuilder {
    return this.withLimits({ pattern });
  }

  onDelete(onDelete: OnDelete): FieldBuilder {
    return this.withReference({ onDelete });
  }

  inverse(inverse: string): FieldBuilder {
    return this.withReference({ inverse });
  }

  allowUnreadable(): FieldBuilder {
    return this.withReference({ allowUnreadable: true });
  }

  private get measuresLength(): boolean {
    return lengthKinds.has(this["~field"].kind);
  }

  private with(change: Partial<FieldState>): FieldBuilder {
    return new FieldBuilder({ ...this["~field"], ...change });
  }

  private withLimits(change: LimitRequest): FieldBuilder {
    return this.with({ limits: { ...this["~field"].limits, ...change } });
  }

  /** A method of references on another kind of field names no target, which `resolve` reports. */
  private withReference(change: Partial<ReferenceRequest>): FieldBuilder {
    const before = this["~field"].reference ?? { target: "", onDelete: "restrict", inverse: undefined, allowUnreadable: false };
    return this.with({ reference: { ...before, ...change } });
  }
}

const lengthKinds: ReadonlySet<KindName | "ref"> = new Set<KindName>(["text", "email", "url", "secret", "bytes"]);
