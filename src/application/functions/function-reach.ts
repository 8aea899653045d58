import type { StandardSchemaV1 } from "@standard-schema/spec";
import { actorFacts, evaluateTruth, expressions, type Model } from "#database";
import { type Caller, system } from "../access/caller.ts";
import { admitsFunction, scopeOf } from "../access/key-scope.ts";
import type { FunctionDefinition } from "./function.ts";

/** What of a function its callers may know. */
export interface FunctionReach {
  readonly name: string;
  readonly type: "query" | "mutation";
  /** Undefined takes no input. */
  readonly input: StandardSchemaV1 | undefined;
}

/** Whether somebody may call a function, `now` being milliseconds since 1970. The system may call all. */
export function mayCall(
  name: string,
  { type, access }: FunctionDefinition,
  { caller, model, now }: { readonly caller: Caller; readonly model: Model; readonly now: number },
): boolean {
  if (caller === system) return true;
  if (!admitsFunction(scopeOf(caller), name, type)) return false;
  const context = { rows: {}, actor: actorFacts(caller, model), now: new Date(now).toISOString() };
  return evaluateTruth(access, context) === 1;
}

/** The functions that somebody may call. Of the system: that anybody at all may call. */
export function functionsWithin(
  functions: ReadonlyMap<string, FunctionDefinition>,
  of: { readonly caller: Caller; readonly model: Model; readonly now: number },
): readonly FunctionReach[] {
  return [...functions]
    .filter(([name, definition]) =>
      of.caller === system ? !expressions.isConstantTruth(definition.access, false) : mayCall(name, definition, of),
    )
    .map(([name, { type, input }]) => ({ name, type, input }));
}
