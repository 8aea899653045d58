import { type Expression, expressions } from "#database";
import { combine, valueOf } from "./build-value.ts";
import type { Condition } from "./value.ts";

function constant(expression: Expression): Condition<boolean> {
  return valueOf({ expression, type: { scalar: "bool" }, problems: [] });
}

/** Anybody, signed in or not. Written out wherever it is meant, and listed when the server starts. */
export const everyone: Condition<boolean> = constant(expressions.always);

/** Whoever is signed in. */
export const signedIn: Condition<boolean> = constant({ type: "role", role: undefined });

/** Nobody but your own code acting as the system. */
export const nobody: Condition<boolean> = constant(expressions.never);

/** True where all are. */
export function and(...conditions: readonly Condition[]): Condition {
  return combine(expressions.and, "and()", conditions) as Condition;
}

/** True where one of them is. */
export function or(...conditions: readonly Condition[]): Condition {
  return combine(expressions.or, "or()", conditions) as Condition;
}

/** True where the condition is false; unknown, and so not let through, where it is unknown. */
export function not(condition: Condition): Condition {
  return combine((part = expressions.never) => expressions.not(part), "not()", [condition]) as Condition;
}
