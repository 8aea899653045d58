import type { ValueType } from "../model/model.ts";
import { type ActorFacts, factOf, hasRole } from "./actor-facts.ts";
import { and, boolType, type Constant, type Expression, isConstantTruth, never, not, or } from "./expression.ts";
import { operators } from "./operators.ts";
import { callTypes, children, typeOf } from "./typing.ts";
import { isSameType } from "./value-types.ts";
import { toValue } from "./values.ts";

/**
 * The expression with everything worked out that is known of the actor before any row is looked at: roles, and which of their
 * id and claims are missing. The values of those that are there stay open, so that all actors of one variant (see
 * `createVariants`) share what comes out. Always has the value of the original, nulls included.
 */
export function fold(expression: Expression, facts: ActorFacts): Expression {
  switch (expression.type) {
    case "constant":
    case "slot":
    case "column":
    case "search":
      return expression;
    case "actor":
      return factOf(facts, expression.fact) === null ? nothing(expression.valueType) : expression;
    case "role":
      return constantTruth(hasRole(facts, expression.role));
    case "call":
      return foldCall(expression, facts);
    case "json": {
      const value = fold(expression.value, facts);
      return isNothing(value) ? nothing(typeOf(expression)) : { ...expression, value };
    }
    case "when":
      return foldWhen(expression, facts);
    case "exists": {
      const where = expression.where === undefined ? undefined : foldCondition(expression.where, facts);
      return where !== undefined && isConstantTruth(where, false) ? never : { ...expression, where: withoutTruth(where) };
    }
    case "aggregate": {
      const where = expression.where === undefined ? undefined : foldCondition(expression.where, facts);
      const value = expression.value === undefined ? undefined : fold(expression.value, facts);
      return { ...expression, value, where: withoutTruth(where) };
    }
  }
}

/**
 * The same for a condition that only matters where it is true: what can only be unknown counts as false. `never` and `always`
 * then mean that no row, or every row, gets through.
 */
export function foldCondition(expression: Expression, facts: ActorFacts): Expression {
  return onlyTruth(fold(expression, facts));
}

/** Unknown as false, as deep as that makes no difference to what is true: not below `not`. */
function onlyTruth(expression: Expression): Expression {
  if (isNothing(expression)) return never;
  if (expression.type !== "call") return expression;
  if (expression.operator === "and") return and(...expression.arguments.map(onlyTruth));
  return expression.operator === "or" ? or(...expression.arguments.map(onlyTruth)) : expression;
}

function withoutTruth(where: Expression | undefined): Expression | undefined {
  return where !== undefined && isConstantTruth(where, true) ? undefined : where;
}

function constantTruth(value: boolean): Constant {
  return { type: "constant", value: value ? 1 : 0, valueType: boolType };
}

function nothing(valueType: ValueType): Constant {
  return { type: "constant", value: null, valueType };
}

function isNothing(expression: Expression): boolean {
  return expression.type === "constant" && expression.value === null;
}

function foldWhen(expression: Extract<Expression, { type: "when" }>, facts: ActorFacts): Expression {
  const condition = foldCondition(expression.condition, facts);
  const then = fold(expression.then, facts);
  const otherwise = expression.otherwise === undefined ? undefined : fold(expression.otherwise, facts);
  if (isConstantTruth(condition, true)) return then;
  if (isConstantTruth(condition, false)) return otherwise ?? nothing(typeOf(then));
  // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
  return { ...expression, condition, then, otherwise };
}

function foldCall(expression: Extract<Expression, { type: "call" }>, facts: ActorFacts): Expression {
  const types = callTypes(expression);
  const args = expression.arguments.map((argument) => fold(argument, facts));
  const operator = operators[expression.operator];
  if (operator.strict && args.some(isNothing)) return nothing(types.result);
  if (operator.deterministic && args.every((argument) => argument.type === "constant")) {
    const values = args.map((argument) => (argument.type === "constant" ? toValue(argument.value, argument.valueType) : null));
    return { type: "constant", value: operator.evaluate(values, types, ""), valueType: types.result };
  }
  const folded: Expression = { ...expression, arguments: args };
  switch (expression.operator) {
    case "and":
      return and(...args);
    case "or":
      return or(...args);
    case "not":
      return not(args[0] ?? never);
    case "coalesce":
      return foldCoalesce(folded, args, types.result);
    default:
      return folded;
  }
}

function foldCoalesce(folded: Expression, args: readonly Expression[], type: ValueType): Expression {
  const present = args.filter((argument) => !isNothing(argument));
  const [first] = present;
  // An argument of a narrower type is widened by its company: it must keep it.
  if (first === undefined || !present.every((argument) => isSameType(typeOf(argument), type))) return folded;
  return present.length === 1 ? first : { type: "call", operator: "coalesce", arguments: present };
}

/** What of an actor can decide how expressions fold. */
export interface Variants {
  /**
   * A short name that actors share exactly when these expressions fold alike for them: part of the key under which compiled
   * statements are kept.
   */
  readonly variantOf: (facts: ActorFacts) => string;
}

/** The variants of actors that these expressions (those of their computed columns too) tell apart. */
export function createVariants(expressions: Iterable<Expression>): Variants {
  const tested = { roles: new Set<string>(), claims: new Set<string>(), id: false, proved: false };
  const visited = new Set<Expression>();
  const visit = (expression: Expression): void => {
    if (visited.has(expression)) return;
    visited.add(expression);
    if (expression.type === "role" && expression.role !== undefined) tested.roles.add(expression.role);
    if (expression.type === "actor" && expression.fact.type === "id") tested.id = true;
    if (expression.type === "actor" && expression.fact.type === "proved") tested.proved = true;
    if (expression.type === "actor" && expression.fact.type === "claim") tested.claims.add(expression.fact.name);
    if (expression.type === "column" && expression.column.computed !== undefined) visit(expression.column.computed);
    for (const part of children(expression)) visit(part);
  };
  for (const expression of expressions) visit(expression);
  const roles = [...tested.roles].sort();
  const claims = [...tested.claims].sort();
  return {
    variantOf(facts) {
      if (!facts.signedIn) return "n";
      let name = !tested.id || facts.id !== null ? "s" : "x";
      if (tested.proved) name += factOf(facts, { type: "proved" }) === null ? "-" : "p";
      for (const role of roles) name += facts.roles.includes(role) ? "1" : "0";
      for (const claim of claims) name += factOf(facts, { type: "claim", name: claim }) === null ? "-" : "c";
      return name;
    },
  };
}
