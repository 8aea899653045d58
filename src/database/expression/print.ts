import { decimalText } from "#contract";
import { provenThing } from "./actor-facts.ts";
import type { Exists, Expression, RowReference } from "./expression.ts";
import type { FactName } from "./fact-name.ts";
import { operators } from "./operators.ts";

/** Names of the builder's methods where they differ from those of the operators. */
const methodNames: Readonly<Record<string, string>> = {
  add: "plus",
  subtract: "minus",
  multiply: "times",
  divide: "dividedBy",
  isDistinct: "isDistinctFrom",
  addSeconds: "plusSeconds",
  coalesce: "orElse",
};

/** An expression as a person writes it: `row.author.eq(me.id).or(me.hasRole("editor"))`. */
export function printExpression(expression: Expression): string {
  switch (expression.type) {
    case "constant":
      return printConstant(expression);
    case "slot":
      return `$${expression.index + 1}`;
    case "actor":
      return printFact(expression.fact);
    case "role":
      return printRole(expression.role);
    case "column":
      return `${printRow(expression.row)}.${expression.column.name}`;
    case "call":
      return printCall(expression);
    case "json":
      return `${printExpression(expression.value)}.${expression.asText ? "text" : "at"}(${expression.path.map((step) => JSON.stringify(step)).join(", ")})`;
    case "search":
      return `${printRow(expression.row)}.search(${printExpression(expression.query)}, ${JSON.stringify({ columns: expression.columns, syntax: expression.syntax })})`;
    case "when": {
      const parts = [
        expression.condition,
        expression.then,
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ];
      return `when(${parts.map(printExpression).join(", ")})`;
    }
    case "exists":
      return printExists(expression, "some");
    case "aggregate": {
      const rows = printRelated(expression.row, expression.relation.name ?? expression.relation.target);
      const filtered = expression.where === undefined ? rows : `${rows}.where(${printInner(expression.scope, expression.where)})`;
      return `${filtered}.${expression.function}(${printInner(expression.scope, expression.value)})`;
    }
  }
}

/** As rules spell it; when somebody last showed who they are stands there alone for `provedWithin`. */
export function printFact(fact: FactName): string {
  if (fact.type === "claim") return `me.claim(${JSON.stringify(fact.name)})`;
  return fact.type === "id" ? "me.id" : "me.proved";
}

function printRole(role: string | undefined): string {
  if (role === undefined) return "me.isSignedIn";
  const thing = provenThing(role);
  if (thing === undefined) return `me.hasRole(${JSON.stringify(role)})`;
  if (thing === "anonymous") return "me.isAnonymous";
  return thing === "verified" ? "me.isVerified" : `me.hasProved(${JSON.stringify(thing)})`;
}

function printConstant({ value, valueType }: Extract<Expression, { type: "constant" }>): string {
  if (value === null) return "null";
  if (valueType.scalar === "bool") return Number(value) === 1 ? "true" : "false";
  if (valueType.scalar === "json") return String(value);
  if (valueType.scalar === "decimal") return JSON.stringify(decimalText(value as bigint, valueType.scale ?? 2));
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString("hex")}"`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function printRow(row: RowReference): string {
  return row.type === "scope" ? row.name : printRelated(row.from, row.relation.name ?? row.relation.column);
}

function printRelated(row: RowReference, name: string): string {
  return `${printRow(row)}.${name}`;
}

function printExists({ row, relation, scope, where }: Exists, quantifier: "some" | "none"): string {
  return `${printRelated(row, relation.name ?? relation.target)}.${quantifier}(${printInner(scope, where)})`;
}

function printInner(scope: string, inner: Expression | undefined): string {
  return inner === undefined ? "" : `(${scope}) => ${printExpression(inner)}`;
}

function printCall({ operator, arguments: args }: Extract<Expression, { type: "call" }>): string {
  const name = methodNames[operator] ?? operator;
  const [first, ...others] = args;
  if (operators[operator].spelling === "function" || first === undefined)
    return `${name}(${args.map(printExpression).join(", ")})`;
  if (operator === "not" && first.type === "exists") return printExists(first, "none");
  return `${printExpression(first)}.${name}(${others.map(printExpression).join(", ")})`;
}

/** A condition as rules spell it: what is constant about it has a name there. */
function printCondition(expression: Expression): string {
  if (expression.type === "constant" && expression.value !== null) return Number(expression.value) === 1 ? "everyone" : "nobody";
  if (expression.type === "role" && expression.role === undefined) return "signedIn";
  // The negation of a relation has a method of its own: see printCall.
  if (!isLogic(expression) || (expression.operator === "not" && expression.arguments[0]?.type === "exists"))
    return printExpression(expression);
  const [first, ...others] = expression.arguments.map(printCondition);
  return `${first}.${expression.operator}(${others.join(", ")})`;
}

/** A condition taken apart along `and`, `or` and `not`, for a verdict on each clause. */
export interface Clause {
  readonly type: "and" | "or" | "not" | "leaf";
  readonly expression: Expression;
  readonly text: string;
  readonly parts: readonly Clause[];
}

export function clauses(expression: Expression): Clause {
  const text = printCondition(expression);
  if (!isLogic(expression)) return { type: "leaf", expression, text, parts: [] };
  return { type: expression.operator, expression, text, parts: expression.arguments.map(clauses) };
}

type Logic = Extract<Expression, { type: "call" }> & { readonly operator: "and" | "or" | "not" };

function isLogic(expression: Expression): expression is Logic {
  return (
    expression.type === "call" && (expression.operator === "and" || expression.operator === "or" || expression.operator === "not")
  );
}
