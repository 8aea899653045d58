import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { printExpression } from "#database";
import { everyone, signedIn } from "../rules/conditions.ts";
import { defineSchema } from "../schema/define-schema.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { buildFunctions } from "./build-functions.ts";
import { functionsOf, mutation, query } from "./define-function.ts";

const schema = defineSchema({ users: {} }, { roles: ["editor"] });
const own = functionsOf(schema);

function build(functions: object): ReturnType<typeof buildFunctions> & { readonly problems?: never } {
  const problems: DefinitionProblem[] = [];
  const built = buildFunctions(schema.model, functions as Readonly<Record<string, unknown>>, problems);
  assert.deepEqual(problems, []);
  return built;
}

function problemsOf(functions: object): readonly string[] {
  const problems: DefinitionProblem[] = [];
  buildFunctions(schema.model, functions as Readonly<Record<string, unknown>>, problems);
  return problems.map(({ place, message }) => `${place}: ${message}`);
}

describe("functions", () => {
  test("a function keeps its kind, input and handler; its access becomes an expression", () => {
    const input = z.object({ id: z.string() });
    const handler = (): number => 1;
    const functions = build({
      count: own.query({ input, access: ({ me }) => me.hasRole("editor").or(me.id.isNull()) }, handler),
      clear: own.mutation({ access: signedIn }, handler),
    });
    const [count, clear] = [functions.get("count"), functions.get("clear")];
    assert.equal(count?.type, "query");
    assert.equal(count?.input, input);
    assert.equal(count?.handler, handler);
    assert.equal(count && printExpression(count.access), 'me.hasRole("editor").or(me.id.isNull())');
    assert.equal(clear?.type, "mutation");
    assert.equal(clear?.input, undefined);
    assert.equal(clear && printExpression(clear.access), "me.isSignedIn");
  });

  const loose = query as unknown as (...args: unknown[]) => unknown;
  const handler = (): number => 1;
  const cases: readonly (readonly [title: string, functions: object, expected: string])[] = [
    [
      "a bad name",
      { "do-it": query({ access: everyone }, handler) },
      "functions.do-it: 'do-it' must start with a lower-case letter and have only letters, digits and underscores, at most 63 in all",
    ],
    [
      "names that differ in case",
      { count: query({ access: everyone }, handler), couNt: mutation({ access: everyone }, handler) },
      "functions.couNt: the name differs from 'count' in case alone",
    ],
    [
      "a plain function",
      { count: handler },
      "functions.count: is no function of a back end; write query({ access }, handler) or mutation({ access }, handler)",
    ],
    [
      "no access",
      { count: loose({}, handler) },
      "functions.count: says not who may call it: access needs a condition such as 'signedIn' or 'everyone'",
    ],
    [
      "access that is a truth",
      { count: loose({ access: true }, handler) },
      "functions.count: access needs a condition, not the plain value true; say 'everyone'",
    ],
    [
      "access for an unknown role",
      { count: loose({ access: ({ me }: { me: { hasRole(role: string): unknown } }) => me.hasRole("edtor") }, handler) },
      "functions.count: me.hasRole(\"edtor\"): the schema has no role 'edtor'; did you mean 'editor'?",
    ],
    [
      "access that throws",
      {
        count: loose(
          {
            access: () => {
              throw new RangeError("no");
            },
          },
          handler,
        ),
      },
      "functions.count: access throws RangeError: no",
    ],
    [
      "input that is no schema",
      { count: loose({ access: everyone, input: { id: "string" } }, handler) },
      "functions.count: input is no Standard Schema such as z.object({ id: z.string() })",
    ],
    ["no handler", { count: loose({ access: everyone }) }, "functions.count: has no handler"],
    [
      "no options",
      { count: loose(undefined, handler) },
      "functions.count: says not who may call it: access needs a condition such as 'signedIn' or 'everyone'",
    ],
  ];
  for (const [title, functions, expected] of cases) test(title, () => assert.deepEqual(problemsOf(functions), [expected]));
});
