import { join, raw, type Sql, sql } from "../../sql/sql.ts";
import { type ArgumentType, commonType, describeType } from "../value-types.ts";
import { compareValues, listValues, truth, type Value, widen } from "../values.ts";
import { widened } from "./conversion.ts";
import { bool, type CallTypes, hasList, type Operator, operator, type SqlTarget } from "./operator.ts";

function comparable(types: readonly ArgumentType[]): ArgumentType | string {
  return (hasList(types) ? undefined : commonType(types)) ?? `cannot compare ${types.map(describeType).join(" with ")}`;
}

const compared: Operator["resultType"] = (types) => {
  const common = comparable(types);
  return typeof common === "string" ? common : bool;
};

/** Both sides in the type in which they are compared. */
function sides(args: readonly Sql[], { arguments: types }: CallTypes, { dialect }: SqlTarget): readonly [Sql, Sql, ArgumentType] {
  const common = commonType(types) ?? { scalar: "text" };
  const [left, right] = args.map((arg, index) => widened(arg, types[index] ?? common, common, dialect));
  return [left ?? raw("NULL"), right ?? raw("NULL"), common];
}

/** Negative, zero or positive. */
function order([left = null, right = null]: readonly Value[], { arguments: types }: CallTypes): number {
  const common = commonType(types) ?? { scalar: "text" };
  return compareValues(widen(left, types[0] ?? common, common), widen(right, types[1] ?? common, common), common);
}

function comparison(symbol: "=" | "<>" | "<" | "<=" | ">" | ">=", holds: (order: number) => boolean): Operator {
  return operator({
    arity: [2, 2],
    compares: true,
    resultType: compared,
    evaluate: (args, types) => truth(holds(order(args, types))),
    sql: (args, types, target) => {
      const [left, right, common] = sides(args, types, target);
      if (common.scalar !== "json") return sql`(${left} ${raw(symbol)} ${right})`;
      const { dialect } = target;
      if (symbol === "=" || symbol === "<>")
        return sql`(${dialect.canonicalJson(left)} ${raw(symbol)} ${dialect.canonicalJson(right)})`;
      return sql`(${dialect.compareJson(left, right)} ${raw(symbol)} 0)`;
    },
  });
}

/** The members after the first argument, in the type in which they are compared; a list slot gives many. */
function members(args: readonly Value[], types: readonly ArgumentType[], common: ArgumentType): readonly Value[] {
  return args.slice(1).flatMap((arg, index) => {
    const type = types[index + 1] ?? common;
    const values = type.list === true ? (arg === null ? [] : listValues(String(arg), type)) : [arg];
    return values.map((value) => widen(value, type, common));
  });
}

export const comparisonOperators: Readonly<Record<"eq" | "neq" | "lt" | "lte" | "gt" | "gte" | "isDistinct" | "in", Operator>> = {
  eq: comparison("=", (order) => order === 0),
  neq: comparison("<>", (order) => order !== 0),
  lt: comparison("<", (order) => order < 0),
  lte: comparison("<=", (order) => order <= 0),
  gt: comparison(">", (order) => order > 0),
  gte: comparison(">=", (order) => order >= 0),
  /** Not equal, where null is a value like others: never unknown. */
  isDistinct: operator({
    arity: [2, 2],
    strict: false,
    compares: true,
    resultType: compared,
    evaluate: (args, types) => {
      const [left, right] = args;
      return truth(left === null || right === null ? left !== right : order(args, types) !== 0);
    },
    sql: (args, types, target) => {
      const [left, right, common] = sides(args, types, target);
      const { dialect } = target;
      if (common.scalar !== "json") return dialect.isDistinct(left, right);
      return dialect.isDistinct(dialect.canonicalJson(left), dialect.canonicalJson(right));
    },
  }),
  /** Equal to one of the others. Unknown where it is equal to none and one of them, or it, is null; false in an empty list. */
  in: operator({
    arity: [1, Number.POSITIVE_INFINITY],
    strict: false,
    compares: true,
    resultType: (types) => {
      const [value, ...others] = types;
      if (value === undefined || value.list === true) return "needs one value and a list";
      const common = commonType([value, ...others]);
      return common === undefined ? `cannot compare ${describeType(value)} with ${others.map(describeType).join(", ")}` : bool;
    },
    evaluate: (args, { arguments: types }) => {
      const common = commonType(types) ?? { scalar: "text" };
      const value = widen(args[0] ?? null, types[0] ?? common, common);
      const others = members(args, types, common);
      if (others.length === 0) return 0;
      if (value === null) return null;
      if (others.some((other) => other !== null && compareValues(value, other, common) === 0)) return 1;
      return others.includes(null) ? null : 0;
    },
    sql: ([value = raw("NULL"), ...others], { arguments: types }, { dialect }) => {
      const common = commonType(types) ?? { scalar: "text" };
      const ready = (arg: Sql, type: ArgumentType): Sql => {
        const wide = widened(arg, type, common, dialect);
        return common.scalar === "json" ? dialect.canonicalJson(wide) : wide;
      };
      const left = ready(value, types[0] ?? common);
      const lists = others.filter((_, index) => types[index + 1]?.list === true);
      const singles = others.flatMap((other, index) => {
        const type: ArgumentType = types[index + 1] ?? common;
        return type.list === true ? [] : [ready(other, type)];
      });
      const tests = lists.map((list) => {
        const type = types[others.indexOf(list) + 1] ?? common;
        return sql`(${left} IN ${dialect.listItems(list, type, (item) => ready(item, type))})`;
      });
      if (singles.length > 0 || tests.length === 0) tests.push(dialect.isIn(left, singles));
      return tests.length === 1 ? (tests[0] ?? raw("NULL")) : sql`(${join(tests, " OR ")})`;
    },
  }),
};
