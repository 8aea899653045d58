import { join, raw, sql } from "../../sql/sql.ts";
import { commonType } from "../value-types.ts";
import { truth, widenInRange } from "../values.ts";
import { bool, hasList, only, type Operator, operator } from "./operator.ts";
import { converted } from "./conversion.ts";

const logical = only(["bool"], bool);

/** Truths and nulls. Three-valued, as SQL's are. */
export const logicOperators: Readonly<Record<"and" | "or" | "not" | "isTrue" | "isFalse" | "isNull" | "coalesce", Operator>> = {
  and: operator({
    arity: [0, Number.POSITIVE_INFINITY],
    strict: false,
    resultType: logical,
    evaluate: (args) => (args.includes(0) ? 0 : args.includes(null) ? null : 1),
    sql: (args) => (args.length === 0 ? raw("1") : sql`(${join(args, " AND ")})`),
  }),
  or: operator({
    arity: [0, Number.POSITIVE_INFINITY],
    strict: false,
    resultType: logical,
    evaluate: (args) => (args.includes(1) ? 1 : args.includes(null) ? null : 0),
    sql: (args) => (args.length === 0 ? raw("0") : sql`(${join(args, " OR ")})`),
  }),
  not: operator({
    arity: [1, 1],
    resultType: logical,
    evaluate: ([value]) => truth(value !== 1),
    sql: ([value = raw("NULL")]) => sql`(NOT ${value})`,
  }),
  isTrue: operator({
    arity: [1, 1],
    strict: false,
    resultType: logical,
    evaluate: ([value]) => truth(value === 1),
    sql: ([value = raw("NULL")], _types, { dialect }) => dialect.isTruth(value, true),
  }),
  isFalse: operator({
    arity: [1, 1],
    strict: false,
    resultType: logical,
    evaluate: ([value]) => truth(value === 0),
    sql: ([value = raw("NULL")], _types, { dialect }) => dialect.isTruth(value, false),
  }),
  isNull: operator({
    arity: [1, 1],
    strict: false,
    compares: true,
    resultType: (types) => (hasList(types) ? "needs one value" : bool),
    evaluate: ([value]) => truth(value === null),
    sql: ([value = raw("NULL")]) => sql`(${value} IS NULL)`,
  }),
  coalesce: operator({
    arity: [1, Number.POSITIVE_INFINITY],
    strict: false,
    resultType: (types) => (hasList(types) ? undefined : commonType(types)) ?? "needs values of one type",
    evaluate: (args, types) => {
      for (const [index, value] of args.entries()) {
        const wide = widenInRange(value, types.arguments[index] ?? types.result, types.result);
        if (wide !== null) return wide;
      }
      return null;
    },
    sql: (args, types, target) => {
      const parts = args.map((value, index) =>
        converted(value, types.arguments[index] ?? types.result, types.result, target.dialect),
      );
      return parts.length === 1 ? (parts[0] ?? raw("NULL")) : sql`coalesce(${join(parts, ", ")})`;
    },
    bound: (bounds) => bounds.reduce((most, bound) => (bound > most ? bound : most), 0n),
  }),
};
