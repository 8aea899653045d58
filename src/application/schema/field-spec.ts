import type { Json, Scalar } from "#contract";

/**
 * What the type checker knows of a field: one flat object. Flags are added by intersection with the named interfaces below,
 * so that an editor shows `TextField<TextSpec & Nullable>` and declaration files stay small.
 */
export interface FieldSpec {
  /** The JSON form of a value that is not null. */
  readonly json: unknown;
  readonly scalar: Scalar;
}

/** May be null. */
export interface Nullable {
  readonly nullable: true;
}

/** An insert may leave it out: it has a default. */
export interface Omittable {
  readonly omittable: true;
}

/** Never read through the API. */
export interface Secret {
  readonly secret: true;
}

/** Set when the row is made, never changed. */
export interface Immutable {
  readonly immutable: true;
}

/** Set by the server alone. */
export interface Managed {
  readonly managed: true;
}

/** No two rows have the same value. */
export interface Unique {
  readonly unique: true;
}

/** The name of the way back of a reference. */
export interface Inverse<N extends string> {
  readonly inverse: N;
}

export interface TextSpec extends FieldSpec {
  readonly json: string;
  readonly scalar: "text";
}

export interface EnumSpec<V extends string> extends FieldSpec {
  readonly json: V;
  readonly scalar: "text";
}

/** Its JSON form is that of the target's `id`, known only beside the whole schema. */
export interface RefSpec<T extends string> extends FieldSpec {
  readonly target: T;
}

export interface IntegerSpec extends FieldSpec {
  readonly json: number;
  readonly scalar: "integer";
}

export interface RealSpec extends FieldSpec {
  readonly json: number;
  readonly scalar: "real";
}

export interface DecimalSpec extends FieldSpec {
  readonly json: string;
  readonly scalar: "decimal";
}

export interface BoolSpec extends FieldSpec {
  readonly json: boolean;
  readonly scalar: "bool";
}

export interface TimestampSpec extends FieldSpec {
  readonly json: string;
  readonly scalar: "timestamp";
}

export interface DateSpec extends FieldSpec {
  readonly json: string;
  readonly scalar: "date";
}

export interface JsonSpec<T = Json> extends FieldSpec {
  readonly json: T;
  readonly scalar: "json";
}

export interface BytesSpec extends FieldSpec {
  readonly json: string;
  readonly scalar: "bytes";
}
