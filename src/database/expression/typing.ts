import { AppError } from "#contract";
import type { ValueType } from "../model/model.ts";
import { aggregateType } from "./aggregates.ts";
import { boolType, type Expression } from "./expression.ts";
import { type OperatorName, operators } from "./operators.ts";
import type { CallTypes } from "./operators/operator.ts";
import type { ArgumentType } from "./value-types.ts";

const text: ValueType = { scalar: "text" };
const json: ValueType = { scalar: "json" };

const known = new WeakMap<Expression, ArgumentType>();

/** The type of an expression's value. Throws `operatorMismatch` where an operator does not fit its arguments. */
export function typeOf(expression: Expression): ArgumentType {
  if (expression.type !== "call") return typeOfNode(expression);
  const found = known.get(expression);
  if (found !== undefined) return found;
  const type = callTypes(expression).result;
  known.set(expression, type);
  return type;
}

function typeOfNode(expression: Exclude<Expression, { type: "call" }>): ArgumentType {
  switch (expression.type) {
    case "constant":
    case "actor":
    case "aggregate":
      return expression.valueType;
    case "slot":
      return expression.list ? { ...expression.valueType, list: true } : expression.valueType;
    case "column":
      return expression.column.type;
    case "json":
      return expression.asText ? text : json;
    case "when":
      return typeOf(expression.then);
    case "role":
    case "exists":
    case "search":
      return boolType;
  }
}

/** The type that an operator gives over these arguments, or why it gives none: the rest of a sentence that begins with its name. */
export function resultTypeOf(
  name: OperatorName,
  types: readonly ArgumentType[],
  args: readonly Expression[],
): ValueType | string {
  const constants = args.map((argument) => (argument.type === "constant" ? argument.value : undefined));
  return operators[name].resultType(types, constants);
}

/** The types of a call's arguments and of its result. Throws `operatorMismatch` where they do not fit. */
export function callTypes(expression: Extract<Expression, { type: "call" }>): CallTypes {
  const operator = operators[expression.operator];
  const { arguments: args } = expression;
  const [fewest, most] = operator.arity;
  if (args.length < fewest || args.length > most) {
    const count =
      fewest === most ? `${fewest}` : most === Number.POSITIVE_INFINITY ? `at least ${fewest}` : `${fewest} to ${most}`;
    throw new AppError("operatorMismatch", { message: `'${expression.operator}' takes ${count} arguments, not ${args.length}.` });
  }
  const types = args.map(typeOf);
  const result = resultTypeOf(expression.operator, types, args);
  if (typeof result === "string") throw new AppError("operatorMismatch", { message: `'${expression.operator}' ${result}.` });
  return { arguments: types, result };
}

/** Says what is wrong with the types anywhere in an expression, or undefined where they fit. */
export function typeProblem(expression: Expression): string | undefined {
  try {
    checkTypes(expression);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** Throws `operatorMismatch` for an expression whose types do not fit, in every part of it. */
export function checkTypes(expression: Expression): ArgumentType {
  for (const part of children(expression)) checkTypes(part);
  if (expression.type === "json" && typeOf(expression.value).scalar !== "json") mismatch("Only a JSON value has keys.");
  if (expression.type === "search" && typeOf(expression.query).scalar !== "text") mismatch("A search needs a text.");
  if (expression.type === "when") {
    requireTruth(expression.condition);
    const [then, otherwise] = [typeOf(expression.then), expression.otherwise && typeOf(expression.otherwise)];
    if (otherwise !== undefined && (otherwise.scalar !== then.scalar || (otherwise.scale ?? 2) !== (then.scale ?? 2))) {
      mismatch("Both branches of a condition must have one type.");
    }
  }
  if (expression.type === "exists" || expression.type === "aggregate") {
    if (expression.where !== undefined) requireTruth(expression.where);
    if (expression.type === "aggregate") aggregateType(expression.function, expression.value && typeOf(expression.value));
  }
  return typeOf(expression);
}

function requireTruth(expression: Expression): void {
  if (typeOf(expression).scalar !== "bool") mismatch("A condition must be true or false.");
}

function mismatch(message: string): never {
  throw new AppError("operatorMismatch", { message });
}

/** The expressions directly inside one; of a computed column, not those that compute it. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case "constant":
    case "slot":
    case "actor":
    case "role":
    case "column":
      return [];
    case "call":
      return expression.arguments;
    case "json":
      return [expression.value];
    case "search":
      return [expression.query];
    case "when":
      return expression.otherwise === undefined
        ? [expression.condition, expression.then]
        : [expression.condition, expression.then, expression.otherwise];
    case "exists":
      return expression.where === undefined ? [] : [expression.where];
    case "aggregate":
      return [expression.value, expression.where].filter((part) => part !== undefined);
  }
}
