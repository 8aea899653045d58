import { AppError } from "#contract";
import type { ValueType } from "../model/value-type.ts";
import type { Aggregate } from "./expression.ts";
import { type ArgumentType, describeType, isNumeric, scaleOf } from "./value-types.ts";
import { compareValues, decimalToReal, finite, inRange, type Value } from "./values.ts";

/** The type of an aggregate's value. Throws `operatorMismatch` where the function does not work on such values. */
export function aggregateType(name: Aggregate["function"], value: ArgumentType | undefined): ValueType {
  if (name === "count") return { scalar: "integer" };
  const fits =
    value !== undefined && value.list !== true && (name === "sum" || name === "avg" ? isNumeric(value) : value.scalar !== "json");
  if (!fits) {
    throw new AppError("operatorMismatch", {
      message: `'${name}' does not work on ${value === undefined ? "rows" : describeType(value)}.`,
    });
  }
  return name === "avg" ? { scalar: "real" } : value;
}

/** Nulls do not count. Over nothing, count is 0 and all else null; a sum out of range, and its average, are null. */
export function aggregate(name: Aggregate["function"], values: readonly Value[], type: ValueType): Value {
  const present = values.filter((value) => value !== null);
  if (name === "count") return BigInt(present.length);
  if (present.length === 0) return null;
  if (name === "min" || name === "max") {
    const sign = name === "min" ? 1 : -1;
    return present.reduce((best, value) => (sign * compareValues(value, best, type) < 0 ? value : best));
  }
  if (type.scalar === "real") {
    const total = sumReals(present as readonly number[]);
    return finite(name === "sum" ? total : total / present.length);
  }
  const total = inRange((present as readonly bigint[]).reduce((sum, value) => sum + value, 0n));
  if (name === "sum" || total === null) return total;
  return decimalToReal(total, 0) / present.length / 10 ** scaleOf(type);
}

/** Neumaier's compensated sum, as SQLite has it: the order of the rows can only show in the last bit. */
function sumReals(values: readonly number[]): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) > Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}
