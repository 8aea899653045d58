import type { Expression } from "#database";
import { expressions } from "#database";
import { actorValue } from "../rules/build-actor.ts";
import { conditionOf } from "../rules/build-value.ts";
import { nodesOf } from "../rules/inspect.ts";
import { messageOf } from "../rules/thrown.ts";
import { withUnused } from "../rules/unused-conditions.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { caseTwins, nameProblem } from "../schema/names.ts";
import type { WrittenFunction } from "./define-function.ts";
import type { FunctionDefinition } from "./function.ts";

type Report = (message: string) => void;

/** The functions of a back end as `/rpc` takes them. */
export function buildFunctions(
  model: DraftModel,
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): ReadonlyMap<string, FunctionDefinition> {
  const functions = new Map<string, FunctionDefinition>();
  for (const [name, value] of Object.entries(written)) {
    const report: Report = (message) => void problems.push({ place: `functions.${name}`, message });
    const message = nameProblem(name);
    if (message !== undefined) report(message);
    const source = sourceOf(value);
    if (source === undefined)
      report("is no function of a back end; write query({ access }, handler) or mutation({ access }, handler)");
    else
      functions.set(name, {
        ...source,
        access: readWholeAccess(model, source.access, report),
        input: checkedInput(source, report),
      });
  }
  for (const [name, earlier] of caseTwins(Object.keys(written))) {
    problems.push({ place: `functions.${name}`, message: `the name differs from '${earlier}' in case alone` });
  }
  return functions;
}

function sourceOf(value: unknown): WrittenFunction | undefined {
  if (typeof value !== "object" || value === null || !("~function" in value)) return undefined;
  return value["~function"] as WrittenFunction;
}

function checkedInput({ input, handler }: WrittenFunction, report: Report): FunctionDefinition["input"] {
  if (typeof handler !== "function") report("has no handler");
  // Arktype's schemas are functions.
  const isObject = (typeof input === "object" && input !== null) || typeof input === "function";
  if (input !== undefined && !(isObject && "~standard" in input))
    report("input is no Standard Schema such as z.object({ id: z.string() })");
  return input;
}

function readWholeAccess(model: DraftModel, access: unknown, report: Report): Expression {
  const mistakes: string[] = [];
  const scope = { me: actorValue(model) };
  const { result, complaints } = withUnused(() => readAccess(scope, access, (mistake) => void mistakes.push(mistake)));
  for (const message of mistakes.length > 0 ? mistakes : complaints) report(message);
  return result;
}

function readAccess(scope: unknown, access: unknown, report: Report): Expression {
  let condition: unknown;
  try {
    condition = typeof access === "function" && !("~built" in access) ? (access as (scope: unknown) => unknown)(scope) : access;
  } catch (error) {
    report(`access ${messageOf(error)}`);
    return expressions.never;
  }
  if (condition === undefined) {
    report("says not who may call it: access needs a condition such as 'signedIn' or 'everyone'");
    return expressions.never;
  }
  const { expression, problems } = conditionOf(condition, "access")["~built"];
  for (const message of problems) report(message);
  if ([...nodesOf(expression)].some((node) => "row" in node))
    report("access knows of no row; check rows in the handler, or by the rules of their table");
  return problems.length > 0 ? expressions.never : expression;
}
