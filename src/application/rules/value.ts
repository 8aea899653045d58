import type { Json, Scalar } from "#contract";
import type { Expression, ValueType } from "#database";

/** An expression under construction, with the mistakes that were made in it. */
export interface Built<K extends Scalar = Scalar, J = unknown> {
  readonly expression: Expression;
  readonly type: ValueType & { readonly scalar: K };
  /** In words that follow the place where the expression stands. */
  readonly problems: readonly string[];
  /** The JSON form of its values. For the type checker alone: never present. */
  readonly json?: J;
}

/** The part of a value that its types are read from: cheaper, and surer, than to compare all its methods. */
export interface Typed<K extends Scalar, J> {
  readonly "~built": Built<K, J>;
}

/** What a value may be compared with: a JSON value of its kind, or another expression of that kind. */
export type Operand<K extends Scalar, J> = NonNullable<J> | Typed<K, unknown>;

/** A value inside a rule, a check or a computed field. It stands for what each row holds, so it can be compared, not read. */
export interface Value<K extends Scalar = Scalar, J = unknown> extends Typed<K, J> {
  /** Equal. Unknown, and so not let through, where either side is null. */
  eq(other: Operand<K, J>): Condition;
  /** Not equal. Unknown where either side is null: see `isDistinctFrom`. */
  neq(other: Operand<K, J>): Condition;
  /** Not equal, where null equals null and nothing else. Never unknown. */
  isDistinctFrom(other: Operand<K, J> | null): Condition;
  /** Equal to one of these. */
  in(values: readonly Operand<K, J>[]): Condition;
  isNull(): Condition;
  isNotNull(): Condition;
}

export interface OrderedValue<K extends Scalar, J> extends Value<K, J> {
  /** Greater than. */
  gt(other: Operand<K, J>): Condition;
  /** Greater than or equal to. */
  gte(other: Operand<K, J>): Condition;
  /** Less than. */
  lt(other: Operand<K, J>): Condition;
  /** Less than or equal to. */
  lte(other: Operand<K, J>): Condition;
}

/** True, false or unknown. A rule lets a row through where it is true. */
export interface Condition<J = boolean | null> extends Value<"bool", J> {
  and(...others: readonly Condition[]): Condition;
  or(...others: readonly Condition[]): Condition;
  /** True where this is false; unknown where this is unknown. */
  not(): Condition;
}

export interface TextValue<J = string> extends OrderedValue<"text", J> {
  /** `%` stands for any text and `_` for one character; case matters. */
  like(pattern: string): Condition;
  /** As `like`, where case does not matter. */
  ilike(pattern: string): Condition;
  /** Some part matches the regular expression (RE2's syntax, which takes linear time). */
  match(pattern: string): Condition;
  /** As `match`, where case does not matter. */
  imatch(pattern: string): Condition;
  /** In characters. */
  length(): NumberValue<"integer", number | Extract<J, null>>;
  lower(): TextValue<string | Extract<J, null>>;
  upper(): TextValue<string | Extract<J, null>>;
}

export type NumberScalar = "integer" | "real" | "decimal";

/** What a number may be compared with or reckoned with. */
export type NumberOperand<J> = number | NonNullable<J> | Typed<NumberScalar, unknown>;

/** The kind of number that two kinds give: a real as soon as one is, else a decimal as soon as one is. */
type Wider<K extends NumberScalar, O> =
  O extends Typed<infer Other extends NumberScalar, unknown>
    ? "real" extends K | Other
      ? "real"
      : "decimal" extends K | Other
        ? "decimal"
        : "integer"
    : K;

type NullOf<J, O> = Extract<J, null> | (O extends Typed<NumberScalar, infer Other> ? Extract<Other, null> : never);

type NumberJson<K extends NumberScalar> = K extends "decimal" ? string : number;

type Reckoned<K extends NumberScalar, J, O, K2 extends NumberScalar = Wider<K, O>> = NumberValue<
  K2,
  NumberJson<K2> | NullOf<J, O>
>;

type Quotient<K extends NumberScalar, O> = Wider<K, O> extends "integer" ? "integer" : "real";

/** Numbers of all kinds compare with each other. A result that is out of range is null. */
export interface NumberValue<K extends NumberScalar, J = number> extends Value<K, J> {
  eq(other: NumberOperand<J>): Condition;
  neq(other: NumberOperand<J>): Condition;
  isDistinctFrom(other: NumberOperand<J> | null): Condition;
  in(values: readonly NumberOperand<J>[]): Condition;
  gt(other: NumberOperand<J>): Condition;
  gte(other: NumberOperand<J>): Condition;
  lt(other: NumberOperand<J>): Condition;
  lte(other: NumberOperand<J>): Condition;
  plus<O extends NumberOperand<J>>(other: O): Reckoned<K, J, O>;
  minus<O extends NumberOperand<J>>(other: O): Reckoned<K, J, O>;
  times<O extends NumberOperand<J>>(other: O): Reckoned<K, J, O>;
  /** Null where the divisor is zero. Two integers give the whole part; else the quotient is a real. */
  dividedBy<O extends NumberOperand<J>>(other: O): NumberValue<Quotient<K, O>, number | null>;
  /** The number, or that other one where it is null. */
  orElse(other: number | NonNullable<J>): NumberValue<K, NonNullable<J>>;
}

export interface TimestampValue<J = string> extends OrderedValue<"timestamp", J> {
  /** The moment so many seconds later; earlier, where they are negative. */
  plusSeconds(seconds: number | NumberValue<"integer", unknown>): TimestampValue<string | null>;
}

export interface DateValue<J = string> extends OrderedValue<"date", J> {}

export interface BytesValue<J = string> extends OrderedValue<"bytes", J> {
  /** In bytes. */
  length(): NumberValue<"integer", number | Extract<J, null>>;
}

export interface JsonValue<J = Json> extends Value<"json", J> {
  /** The value at that path: a key of an object or an index of a list a step. Null where there is none. */
  at(...path: readonly (string | number)[]): JsonValue<Json | null>;
  /** An object that has these keys with these values, or a list that has these members, all the way down. */
  contains(json: Json): Condition;
  /** As text: a string without its quotes, JSON null as null, anything else as JSON writes it. */
  text(...path: readonly (string | number)[]): TextValue<string | null>;
}

/** The value that a scalar has in expressions; J is its JSON form. */
export interface ValueOfScalar<J> {
  readonly text: TextValue<J>;
  readonly integer: NumberValue<"integer", J>;
  readonly real: NumberValue<"real", J>;
  readonly decimal: NumberValue<"decimal", J>;
  readonly bool: Condition<J>;
  readonly timestamp: TimestampValue<J>;
  readonly date: DateValue<J>;
  readonly json: JsonValue<J>;
  readonly bytes: BytesValue<J>;
}
