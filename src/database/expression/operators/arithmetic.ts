import type { ValueType } from "../../model/value-type.ts";
import { raw, type Sql, sql } from "../../sql/sql.ts";
import { type ArgumentType, commonType, decimalType, describeType, isNumeric, maxScale, scaleOf } from "../value-types.ts";
import { finite, inRange, powerOfTen, type Value, widenInRange } from "../values.ts";
import { converted, widened } from "./conversion.ts";
import { type CallTypes, hasList, type Operator, operator, real, type SqlTarget } from "./operator.ts";

/** Numbers. Whatever leaves the range (see `integerLimit`), or divides by zero, is null. */

function numeric(types: readonly ArgumentType[]): ValueType | string {
  if (hasList(types) || !types.every(isNumeric)) return `needs numbers, not ${types.map(describeType).join(" and ")}`;
  return commonType(types) ?? real;
}

const NULL = raw("NULL");

/** Both sides in the type in which they are worked on, each null where it is out of range there. */
function inType(args: readonly Value[], types: CallTypes, to: ValueType): readonly [Value, Value] {
  const [left = null, right = null] = args.map((arg, index) => widenInRange(arg, types.arguments[index] ?? to, to));
  return [left, right];
}

function sqlInType(args: readonly Sql[], types: CallTypes, to: ValueType, target: SqlTarget): readonly [Sql, Sql] {
  // A result in range may still have come by way of a side that was not, and SQLite would have rounded it.
  const convert = target.mayOverflow ? converted : widened;
  const [left = NULL, right = NULL] = args.map((arg, index) => convert(arg, types.arguments[index] ?? to, to, target.dialect));
  return [left, right];
}

function checked(value: Sql, type: ValueType, { dialect, mayOverflow }: SqlTarget): Sql {
  if (type.scalar === "real") return dialect.realInRange(value);
  return mayOverflow ? dialect.integerInRange(value) : value;
}

/** The bounds of the arguments once they have the result's scale. */
function scaled(bounds: readonly bigint[], { arguments: types, result }: CallTypes): readonly [bigint, bigint] {
  const [left = 0n, right = 0n] = bounds.map(
    (bound, index) => bound * powerOfTen(Math.max(0, scaleOf(result) - scaleOf(types[index] ?? result))),
  );
  return [left, right];
}

function sum(symbol: "+" | "-"): Operator {
  const sign = symbol === "+" ? 1 : -1;
  return operator({
    arity: [2, 2],
    resultType: numeric,
    evaluate: (args, types) => {
      const [left, right] = inType(args, types, types.result);
      if (left === null || right === null) return null;
      if (types.result.scalar === "real") return finite(Number(left) + sign * Number(right));
      return inRange((left as bigint) + BigInt(sign) * (right as bigint));
    },
    sql: (args, types, target) => {
      const [left, right] = sqlInType(args, types, types.result, target);
      return checked(sql`(${left} ${raw(symbol)} ${right})`, types.result, target);
    },
    bound: (bounds, types) => {
      const [left, right] = scaled(bounds, types);
      return left + right;
    },
  });
}

export const arithmeticOperators: Readonly<Record<"add" | "subtract" | "multiply" | "divide" | "modulo" | "negate", Operator>> = {
  add: sum("+"),
  subtract: sum("-"),
  multiply: operator({
    arity: [2, 2],
    resultType: (types) => {
      const common = numeric(types);
      if (typeof common === "string" || common.scalar !== "decimal") return common;
      const scale = types.reduce((total, type) => total + scaleOf(type), 0);
      return scale > maxScale
        ? `would have ${scale} digits after the point, and at most ${maxScale} are kept`
        : decimalType(scale);
    },
    evaluate: (args, types) => {
      if (types.result.scalar !== "real") return inRange((args[0] as bigint) * (args[1] as bigint));
      const [left, right] = inType(args, types, real);
      return finite(Number(left) * Number(right));
    },
    sql: (args, types, target) => {
      const [left, right] =
        types.result.scalar === "real" ? sqlInType(args, types, real, target) : [args[0] ?? NULL, args[1] ?? NULL];
      return checked(sql`(${left} * ${right})`, types.result, target);
    },
    bound: ([left = 0n, right = 0n]) => left * right,
  }),
  /** Integers give the whole part; as soon as one side is a decimal or a real, the quotient is a real. */
  divide: operator({
    arity: [2, 2],
    resultType: (types) => {
      const common = numeric(types);
      return typeof common === "string" || common.scalar === "integer" ? common : real;
    },
    evaluate: (args, types) => {
      const [left, right] = inType(args, types, types.result);
      if (Number(right) === 0) return null;
      return types.result.scalar === "real" ? finite(Number(left) / Number(right)) : (left as bigint) / (right as bigint);
    },
    sql: (args, types, target) => {
      const [left, right] = sqlInType(args, types, types.result, target);
      const quotient = types.result.scalar === "real" ? sql`(${left} / ${right})` : target.dialect.integerQuotient(left, right);
      return checked(quotient, types.result, { ...target, mayOverflow: false });
    },
    bound: ([left = 0n]) => left,
  }),
  /** The remainder of whole division, with the sign of the dividend. */
  modulo: operator({
    arity: [2, 2],
    resultType: (types) => (types.some((type) => type.scalar === "real") ? "needs integers or decimals" : numeric(types)),
    evaluate: (args, types) => {
      const [left, right] = inType(args, types, types.result) as readonly [bigint | null, bigint | null];
      return left === null || right === null || right === 0n ? null : left % right;
    },
    sql: (args, types, target) => {
      const [left, right] = sqlInType(args, types, types.result, { ...target, mayOverflow: true });
      return target.dialect.remainder(left, right);
    },
    bound: (bounds, types) => scaled(bounds, types)[1],
  }),
  negate: operator({
    arity: [1, 1],
    resultType: numeric,
    evaluate: ([value]) => (typeof value === "bigint" ? -value : finite(-Number(value))),
    sql: ([value = NULL]) => sql`(- ${value})`,
    bound: ([bound = 0n]) => bound,
  }),
};
