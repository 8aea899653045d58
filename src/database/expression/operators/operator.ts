import type { Stored } from "#contract";
import type { ValueType } from "../../model/value-type.ts";
import type { Dialect } from "../../sql/dialect.ts";
import type { Sql } from "../../sql/sql.ts";
import type { ArgumentType } from "../value-types.ts";
import type { Value } from "../values.ts";

/** What an operator's call is about, known before any value is. */
export interface CallTypes {
  readonly arguments: readonly ArgumentType[];
  readonly result: ValueType;
}

/** All that is known of one operator. */
export interface Operator {
  /** How it is written: `a.eq(b)`, `now()`. */
  readonly spelling: "method" | "function";
  /** The fewest and the most arguments. */
  readonly arity: readonly [number, number];
  /** Null as soon as one argument is null. `evaluate` is then only called without nulls. */
  readonly strict: boolean;
  /** Arguments are only compared: a number of any storage class will do for them. */
  readonly compares: boolean;
  /** Whether the same arguments always give the same value. */
  readonly deterministic: boolean;
  /** `constants` holds the value of each argument that is a constant. The type of the result, or why these arguments make no sense (the rest of a sentence: "needs ..."). */
  readonly resultType: (types: readonly ArgumentType[], constants: readonly (Stored | undefined)[]) => ValueType | string;
  readonly evaluate: (args: readonly Value[], types: CallTypes, moment: string) => Value;
  readonly sql: (args: readonly Sql[], types: CallTypes, target: SqlTarget) => Sql;
  /** Integers and decimals: the largest absolute value of the result, given those of the arguments. */
  readonly bound?: (bounds: readonly bigint[], types: CallTypes) => bigint;
}

export interface SqlTarget {
  readonly dialect: Dialect;
  /** The result may lie beyond `integerLimit`, so that it must be looked at. */
  readonly mayOverflow: boolean;
}

export const bool: ValueType = { scalar: "bool" };
export const text: ValueType = { scalar: "text" };
export const integer: ValueType = { scalar: "integer" };
export const real: ValueType = { scalar: "real" };

/** An entry of the table, with what most operators have in common. */
export function operator(entry: Pick<Operator, "arity" | "resultType" | "evaluate" | "sql"> & Partial<Operator>): Operator {
  return { spelling: "method", strict: true, compares: false, deterministic: true, ...entry };
}

export const hasList = (types: readonly ArgumentType[]): boolean => types.some((type) => type.list === true);

/** The result's type where every argument is of one of these scalars. */
export function only(scalars: readonly ValueType["scalar"][], result: ValueType): Operator["resultType"] {
  return (types) =>
    !hasList(types) && types.every((type) => scalars.includes(type.scalar)) ? result : `needs ${scalars.join(" or ")}`;
}
