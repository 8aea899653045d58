import type { ValueType } from "../model/value-type.ts";
import type { Call, Column, ColumnValue, Constant, Expression, RowReference } from "./nodes.ts";
import type { OperatorName } from "./operators.ts";

export type {
  ActorFact,
  Aggregate,
  Call,
  ColumnValue,
  Constant,
  Exists,
  Expression,
  JsonAccess,
  RoleTest,
  RowReference,
  SearchMatch,
  Slot,
  When,
} from "./nodes.ts";

export const boolType: ValueType = { scalar: "bool" };

export const always: Constant = { type: "constant", value: 1, valueType: boolType };
export const never: Constant = { type: "constant", value: 0, valueType: boolType };

export function isConstantTruth(expression: Expression, truth: boolean): boolean {
  return expression.type === "constant" && expression.valueType.scalar === "bool" && expression.value === (truth ? 1 : 0);
}

export function column(row: RowReference, column: Column): ColumnValue {
  return { type: "column", row, column };
}

export function scope(name: string): RowReference {
  return { type: "scope", name };
}

export function call(operator: OperatorName, ...args: readonly Expression[]): Call {
  return { type: "call", operator, arguments: args };
}

/** All of them; none is `always`. Constants fold. */
export function and(...parts: readonly (Expression | undefined)[]): Expression {
  const kept = parts.filter((part): part is Expression => part !== undefined && !isConstantTruth(part, true));
  if (kept.some((part) => isConstantTruth(part, false))) return never;
  const [first] = kept;
  if (first === undefined) return always;
  return kept.length === 1 ? first : call("and", ...kept);
}

/** Any of them; none is `never`. Constants fold. */
export function or(...parts: readonly Expression[]): Expression {
  const kept = parts.filter((part) => !isConstantTruth(part, false));
  if (kept.some((part) => isConstantTruth(part, true))) return always;
  const [first] = kept;
  if (first === undefined) return never;
  return kept.length === 1 ? first : call("or", ...kept);
}

export function not(part: Expression): Expression {
  if (isConstantTruth(part, true)) return never;
  if (isConstantTruth(part, false)) return always;
  return call("not", part);
}
