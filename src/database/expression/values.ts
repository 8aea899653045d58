import type { Stored } from "#contract";
import type { ValueType } from "../model/value-type.ts";
import { compareJson } from "./json-values.ts";
import { compareText } from "./text.ts";
import { scaleOf } from "./value-types.ts";

/**
 * A value inside the evaluator: integers and decimals are bigint, reals number, truths 0 and 1, all else the stored form.
 */
export type Value = Stored;

/** What `and`, `or`, `not` work on: true, false, unknown. */
export type Truth = 1 | 0 | null;

/**
 * The largest integer, and the largest scaled decimal, that an expression gives. Whatever lies beyond is null, as a division
 * by zero is: a row with extreme numbers must not make every list that it stands in fail. One less than 64 bits hold, on
 * both sides, so that SQL can tell a result in range from one that was cut off at the end of the range.
 */
export const integerLimit = 9_223_372_036_854_775_806n;

export function inRange(value: bigint): bigint | null {
  return value > integerLimit || value < -integerLimit ? null : value;
}

/** A real that is too large for a real is null. There is one zero. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

export function toValue(stored: Stored, type: ValueType): Value {
  if (stored === null) return null;
  switch (type.scalar) {
    case "integer":
    case "decimal":
      return BigInt(stored as bigint | number);
    case "real":
    case "bool":
      return Number(stored);
    default:
      return stored;
  }
}

export function toTruth(value: Value): Truth {
  if (value === null) return null;
  return value === 1 || value === 1n ? 1 : 0;
}

export const truth = (value: boolean): Truth => (value ? 1 : 0);

export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** A scaled decimal as a real. Two steps, each rounded once, so that every database does the same. */
export function decimalToReal(scaled: bigint, scale: number): number {
  return Number(scaled) / 10 ** scale;
}

/** The value in a wider type (see `commonType`), unbounded: for comparisons, which stay exact beyond 64 bits. */
export function widen(value: Value, from: ValueType, to: ValueType): Value {
  if (value === null || (from.scalar === to.scalar && scaleOf(from) === scaleOf(to))) return value;
  if (to.scalar === "real") return decimalToReal(value as bigint, scaleOf(from));
  if (to.scalar === "decimal") return (value as bigint) * powerOfTen(scaleOf(to) - scaleOf(from));
  return value;
}

/** The same for a value that an expression gives. */
export function widenInRange(value: Value, from: ValueType, to: ValueType): Value {
  const wide = widen(value, from, to);
  return typeof wide === "bigint" ? inRange(wide) : wide;
}

/** Negative, zero or positive, of two values of one type, neither null. */
export function compareValues(left: Value, right: Value, type: ValueType): number {
  if (type.scalar === "json") return compareJson(String(left), String(right));
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  const [a, b] = [left as number | bigint, right as number | bigint];
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A list of stored values as the JSON text that a list slot holds. Integers keep all their digits; bytes are written in
 * hexadecimal, JSON values as text.
 */
export function listText(items: readonly Stored[]): string {
  return `[${items.map(listItem).join(",")}]`;
}

function listItem(item: Stored): string {
  if (typeof item === "bigint") return item.toString();
  return JSON.stringify(item instanceof Uint8Array ? Buffer.from(item).toString("hex") : item);
}

/** The way back, into values. */
export function listValues(text: string, type: ValueType): readonly Value[] {
  // JSON.parse rounds integers past 2^53: their digits are read from the source.
  const items = JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && type.scalar !== "real" && type.scalar !== "bool" ? BigInt(context?.source ?? value) : value,
  ) as readonly Stored[];
  return items.map((item) =>
    type.scalar === "bytes" && item !== null ? Uint8Array.from(Buffer.from(String(item), "hex")) : toValue(item, type),
  );
}
