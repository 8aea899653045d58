import type { Stored } from "#contract";
import type { Expression } from "../expression/expression.ts";
import { operators } from "../expression/operators.ts";
import { callTypes } from "../expression/typing.ts";
import { integerLimit } from "../expression/values.ts";
import type { Column, ValueType } from "../model/model.ts";

/** Integers in JSON form are safe ones. */
const integerBound = BigInt(Number.MAX_SAFE_INTEGER);
/** A decimal has at most 18 digits. */
const decimalBound = 10n ** 18n;

/**
 * The largest absolute value that an integer or decimal expression can have, so that SQL looks for an overflow only where one
 * can be. Over `integerLimit` where one can.
 */
export function boundOf(expression: Expression): bigint {
  switch (expression.type) {
    case "constant":
      return absolute(expression.value);
    case "slot":
    case "actor":
      return typeBound(expression.valueType);
    case "column":
      return expression.column.computed === undefined ? columnBound(expression.column) : resultBound(expression.column.computed);
    case "call": {
      const types = callTypes(expression);
      const { bound } = operators[expression.operator];
      return bound === undefined ? integerLimit : bound(expression.arguments.map(resultBound), types);
    }
    case "aggregate":
      if (expression.function === "sum") return integerLimit;
      return expression.value === undefined || expression.function === "count" ? integerBound : resultBound(expression.value);
    case "when": {
      const [then, otherwise] = [
        resultBound(expression.then),
        expression.otherwise === undefined ? 0n : resultBound(expression.otherwise),
      ];
      return then > otherwise ? then : otherwise;
    }
    default:
      return integerLimit;
  }
}

/** What an expression gives lies within the limit: beyond it is null. */
function resultBound(expression: Expression): bigint {
  const bound = boundOf(expression);
  return bound > integerLimit ? integerLimit : bound;
}

function typeBound({ scalar }: ValueType): bigint {
  return scalar === "integer" ? integerBound : scalar === "decimal" ? decimalBound : integerLimit;
}

function columnBound({ type, limits, options }: Column): bigint {
  const { min, max } = limits;
  const widest = type.scalar === "decimal" ? 10n ** BigInt(options.precision ?? 18) : typeBound(type);
  if (typeof min !== "number" && typeof min !== "bigint") return widest;
  if (typeof max !== "number" && typeof max !== "bigint") return widest;
  if (type.scalar !== "integer" && type.scalar !== "decimal") return widest;
  const [low, high] = [absolute(min), absolute(max)];
  return low > high ? low : high;
}

function absolute(value: Stored): bigint {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) return integerLimit;
  const number = BigInt(value);
  return number < 0n ? -number : number;
}
