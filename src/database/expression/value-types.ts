import type { Scalar } from "#contract";
import type { ValueType } from "../model/value-type.ts";

/** What an operator is told of an argument: its type, or that it is a list of values of that type. */
export interface ArgumentType extends ValueType {
  readonly list?: boolean;
}

/** Decimals keep at most as many digits after the point as 64 bits have room for. */
export const maxScale = 18;

const numericOrder: readonly Scalar[] = ["integer", "decimal", "real"];

export function isNumeric(type: ValueType): boolean {
  return numericOrder.includes(type.scalar);
}

export function scaleOf(type: ValueType): number {
  return type.scalar === "decimal" ? (type.scale ?? 2) : 0;
}

export function decimalType(scale: number): ValueType {
  return { scalar: "decimal", scale };
}

export function isSameType(left: ValueType, right: ValueType): boolean {
  return left.scalar === right.scalar && scaleOf(left) === scaleOf(right);
}

/**
 * The type in which values of all these types can be compared or stand in one place: numbers widen (integer, decimal, real;
 * decimals to the larger scale), everything else only agrees with itself. Undefined where there is none.
 */
export function commonType(types: readonly ValueType[]): ValueType | undefined {
  const [first, ...others] = types;
  if (first === undefined) return undefined;
  let common: ValueType = first;
  for (const type of others) {
    if (isSameType(common, type)) continue;
    if (!isNumeric(common) || !isNumeric(type)) return undefined;
    const scalar = numericOrder[Math.max(numericOrder.indexOf(common.scalar), numericOrder.indexOf(type.scalar))] ?? "real";
    common = scalar === "decimal" ? decimalType(Math.max(scaleOf(common), scaleOf(type))) : { scalar };
  }
  return common.scalar === "decimal" ? decimalType(scaleOf(common)) : { scalar: common.scalar };
}

/** The type in words, for messages to people. */
export function describeType(type: ArgumentType): string {
  return type.list === true ? `a list of ${type.scalar}` : type.scalar;
}
