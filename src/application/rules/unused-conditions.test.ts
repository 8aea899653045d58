import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  bool,
  type Condition,
  DefinitionError,
  defineBackend,
  defineSchema,
  everyone,
  nobody,
  query,
  type Rules,
  ref,
  signedIn,
  text,
} from "chassis";

const schema = defineSchema(
  { users: { name: text() }, notes: { owner: ref("users"), open: bool(), body: text() } },
  { roles: ["cook"] },
);

interface Scope {
  readonly row: { readonly open: Condition; readonly owner: { eq(id: unknown): Condition } };
  readonly me: { readonly id: unknown; hasRole(role: "cook"): Condition };
}

type Read = (scope: Scope) => Condition;

function rulesWith(read: Read): Rules<typeof schema> {
  return {
    users: () => ({ read: everyone, write: nobody }),
    notes: (scope) => ({ read: read(scope), write: nobody }),
  };
}

function mistakes(define: () => unknown): readonly string[] {
  try {
    define();
    return [];
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

describe("a condition that is made and left out is a mistake", () => {
  const left = (condition: string): string =>
    `rules.notes: the condition ${condition} is made and left out; join conditions by .and(), .or() and .not(), not by && || and ?:`;
  const cases: readonly (readonly [title: string, read: Read, expected: readonly string[]])[] = [
    ["&&", ({ row, me }) => me.hasRole("cook") && row.owner.eq(me.id), [left('me.hasRole("cook")')]],
    ["||", ({ row, me }) => me.hasRole("cook") || row.owner.eq(me.id), []],
    ["?:", ({ row }) => (row.open ? everyone : nobody), [left("row.open")]],
    [".and()", ({ row, me }) => me.hasRole("cook").and(row.owner.eq(me.id)), []],
    [".or() and .not()", ({ row, me }) => me.hasRole("cook").not().or(row.open), []],
  ];
  for (const [title, read, expected] of cases) {
    test(`in a rule joined by ${title}`, () => {
      assert.deepEqual(
        mistakes(() => defineBackend(schema, { rules: rulesWith(read) })),
        expected,
      );
    });
  }

  test("in the access of a function", () => {
    const define = (): unknown =>
      defineBackend(schema, {
        rules: rulesWith(() => everyone),
        functions: { cook: query({ access: ({ me }) => me.hasRole("cook") && signedIn }, () => 1) },
      });
    assert.deepEqual(mistakes(define), [
      'functions.cook: the condition me.hasRole("cook") is made and left out; join conditions by .and(), .or() and .not(), not by && || and ?:',
    ]);
  });
});
