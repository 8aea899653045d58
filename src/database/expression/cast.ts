import { AppError, decimalText, kinds, type Scalar } from "#contract";
import { suggest } from "#base";
import type { ValueType } from "../model/value-type.ts";
import { decimalType, describeType, isNumeric, scaleOf } from "./value-types.ts";
import { decimalToReal, inRange, powerOfTen, type Value } from "./values.ts";

/** What a cast can be to, by PostgreSQL's names. `numeric` leaves whole and exact numbers as they are. */
const castNames: Readonly<Record<string, Scalar | "numeric">> = {
  text: "text",
  varchar: "text",
  integer: "integer",
  int: "integer",
  int2: "integer",
  int4: "integer",
  int8: "integer",
  smallint: "integer",
  bigint: "integer",
  real: "real",
  float: "real",
  float4: "real",
  float8: "real",
  "double precision": "real",
  numeric: "numeric",
  decimal: "numeric",
  bool: "bool",
  boolean: "bool",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamp",
  json: "json",
  jsonb: "json",
};

/** What each type can be made from, besides itself. */
const castsFrom: Readonly<Partial<Record<Scalar, readonly Scalar[]>>> = {
  text: ["text", "integer", "decimal", "real", "bool", "timestamp", "date", "json", "bytes"],
  integer: ["text", "decimal", "real", "bool", "json"],
  real: ["text", "integer", "decimal", "json"],
  decimal: [],
  bool: ["text", "integer", "json"],
  date: ["text", "timestamp"],
  timestamp: ["text", "date"],
  json: ["text"],
};

/** The type that a cast by this name gives; throws `invalidQuery` for an unknown name and for a cast that there is not. */
export function castType(from: ValueType, name: string): ValueType {
  const key = name.trim().replaceAll(/\s+/g, " ").toLowerCase();
  const wanted = Object.hasOwn(castNames, key) ? castNames[key] : undefined;
  if (wanted === undefined) {
    const near = suggest(key, Object.keys(castNames));
    throw new AppError("invalidQuery", {
      message: "There is no type of this name to cast to.",
      hint: near === undefined ? `The types are ${Object.keys(castNames).join(", ")}.` : `Did you mean '${near}'?`,
    });
  }
  if (wanted === "numeric") return isNumeric(from) ? from : castType(from, "real");
  if (wanted === from.scalar) return from;
  if (castsFrom[wanted]?.includes(from.scalar) !== true) {
    throw new AppError("invalidQuery", { message: `A value of type ${describeType(from)} cannot be cast to ${wanted}.` });
  }
  return wanted === "decimal" ? decimalType(scaleOf(from)) : { scalar: wanted };
}

/** The value in the other type; null where it has no such form (a text that is no number, a number out of range). */
export function castValue(value: Value, from: ValueType, to: ValueType): Value {
  if (value === null || from.scalar === to.scalar) return value;
  if (from.scalar === "json" && to.scalar !== "text") {
    const json = String(value);
    // Only a JSON value of that very kind: a JSON string does not become a number.
    const fits = to.scalar === "bool" ? json === "true" || json === "false" : /^-?\d/.test(json);
    return fits ? castValue(json, { scalar: "text" }, to) : null;
  }
  switch (to.scalar) {
    case "text":
      return toText(value, from);
    case "integer":
      return toInteger(value, from);
    case "real":
      return from.scalar === "text" ? parsed("real", value) : decimalToReal(value as bigint, scaleOf(from));
    case "bool":
      return from.scalar === "integer" ? (value === 0n ? 0 : 1) : parsed("bool", value);
    case "date":
      return from.scalar === "timestamp" ? String(value).slice(0, 10) : parsed("date", value);
    case "timestamp":
      return from.scalar === "date" ? `${String(value)}T00:00:00.000Z` : parsed("timestamp", value);
    default:
      return parsed("json", value);
  }
}

function parsed(kind: "integer" | "real" | "bool" | "date" | "timestamp" | "json", value: Value): Value {
  const result = kinds[kind].fromText(String(value).trim(), {});
  return result.ok ? result.value : null;
}

function toText(value: Exclude<Value, null>, from: ValueType): string | null {
  if (from.scalar === "decimal") return decimalText(value as bigint, scaleOf(from));
  if (from.scalar === "bool") return value === 1 ? "true" : "false";
  if (from.scalar === "json") return String(value);
  if (from.scalar === "real") return realText(Number(value));
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
}

/** The shortest text that reads back as the same number: JavaScript's. */
function realText(value: number): string {
  return String(value === 0 ? 0 : value);
}

function toInteger(value: Exclude<Value, null>, from: ValueType): bigint | null {
  if (from.scalar === "bool") return BigInt(value as number);
  if (from.scalar === "decimal") return roundDecimal(value as bigint, scaleOf(from));
  if (from.scalar === "real") return roundReal(Number(value));
  // A number in a text may have a fraction, and an exponent.
  const text = String(value).trim();
  if (/^-?\d{1,19}$/.test(text)) return inRange(BigInt(text));
  const real = parsed("real", text);
  return real === null ? null : roundReal(Number(real));
}

/** Half away from zero. */
function roundDecimal(scaled: bigint, scale: number): bigint {
  const unit = powerOfTen(scale);
  const half = unit / 2n;
  return (scaled + (scaled < 0n ? -half : half)) / unit;
}

function roundReal(value: number): bigint | null {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return null;
  const whole = Math.trunc(value);
  const fraction = Math.abs(value - whole);
  return inRange(BigInt(fraction >= 0.5 ? whole + Math.sign(value) : whole));
}
