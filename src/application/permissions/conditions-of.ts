import { children, type Expression, typeOf } from "#database";
import { someNode } from "./rewrite.ts";

/**
 * A condition on who is asking that no table of the database decides: a role, or a test of claims. `sense` says how it bears on the
 * whole: where it is "for", being true never takes anybody out; where "against", never lets anybody in.
 */
export interface CallerCondition {
  readonly expression: Expression;
  readonly sense: "for" | "against" | "both";
}

export function conditionsOf(residual: Expression): readonly CallerCondition[] {
  const found = new Map<string, { expression: Expression; senses: Set<1 | -1 | 0> }>();
  const visit = (expression: Expression, sense: 1 | -1 | 0): void => {
    if (isCondition(expression)) {
      const key = JSON.stringify(expression, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
      const entry = found.get(key) ?? { expression, senses: new Set() };
      entry.senses.add(sense);
      found.set(key, entry);
      return;
    }
    const inner = innerSense(expression, sense);
    for (const part of children(expression)) visit(part, inner);
  };
  visit(residual, 1);
  return [...found.values()].map(({ expression, senses }) => ({
    expression,
    sense: senses.size === 1 && !senses.has(0) ? (senses.has(1) ? "for" : "against") : "both",
  }));
}

function isCondition(expression: Expression): boolean {
  if (expression.type === "role") return expression.role !== undefined;
  if (typeOf(expression).scalar !== "bool" || !someNode(expression, isBrought)) return false;
  return !someNode(
    expression,
    (part) => "row" in part || part.type === "role" || (part.type === "actor" && part.fact.type === "id"),
  );
}

/** What the caller brings along, which no table has: a claim, or when they last showed who they are. */
export function isBrought(part: Expression): part is Extract<Expression, { type: "actor" }> {
  return part.type === "actor" && part.fact.type !== "id";
}

/** Whether more truth inside can only mean more, or only less, truth outside. */
function innerSense(expression: Expression, sense: 1 | -1 | 0): 1 | -1 | 0 {
  if (expression.type === "exists") return sense;
  if (expression.type !== "call") return 0;
  if (expression.operator === "and" || expression.operator === "or" || expression.operator === "isTrue") return sense;
  if (expression.operator === "not" || expression.operator === "isFalse") return sense === 0 ? 0 : sense === 1 ? -1 : 1;
  return 0;
}
