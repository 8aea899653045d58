import { AppError } from "#contract";
import { raw } from "../../sql/sql.ts";
import { castType, castValue } from "../cast.ts";
import { integerLimit } from "../values.ts";
import { hasList, type Operator, operator } from "./operator.ts";

export const castOperators: Readonly<Record<"cast", Operator>> = {
  /** To the type that the second argument names, a constant text: see `castType`. */
  cast: operator({
    arity: [2, 2],
    resultType: (types, [, name]) => {
      const [from] = types;
      if (from === undefined || hasList(types) || typeof name !== "string") return "needs a value and the name of a type";
      try {
        return castType(from, name);
      } catch (error) {
        if (error instanceof AppError) return `cannot be done: ${error.message}`;
        throw error;
      }
    },
    evaluate: ([value = null], types) => castValue(value, types.arguments[0] ?? types.result, types.result),
    sql: ([value = raw("NULL")], types, { dialect }) => dialect.cast(value, types.arguments[0] ?? types.result, types.result),
    // A text or a real may hold any number.
    bound: ([bound = integerLimit], types) =>
      ["integer", "decimal"].includes(types.arguments[0]?.scalar ?? "") ? bound : integerLimit,
  }),
};
