import assert from "node:assert/strict";
import { test } from "node:test";
import { defineBackend } from "../../definition.ts";
import { nobody } from "../../rules/conditions.ts";
import { DefinitionError, type DefinitionProblem } from "../../schema/definition-error.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { integer, ref, secret, text } from "../../schema/fields.ts";
import { webhooksOf } from "./define-webhook.ts";

const schema = defineSchema(
  {
    schools: { name: text() },
    reviews: { school: ref("schools"), stars: integer(), key: secret() },
  },
  {
    roles: ["editor"],
    computed: {
      reviews: (row) => ({ doubled: row.stars.times(2) }),
      schools: (row) => ({ reviewCount: row.reviews.count() }),
    },
  },
);
const closed = { read: nobody, write: nobody };
const build = webhooksOf(schema).webhook as (table: string, options: object) => never;

function mistakesOf(webhooks: unknown): readonly DefinitionProblem[] {
  try {
    defineBackend(schema, { rules: { schools: () => closed, reviews: () => closed }, webhooks: webhooks as never });
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error.problems;
  }
  return [];
}

const good = { on: ["create"], select: ["id"] };

const cases: readonly (readonly [name: string, webhook: unknown, place: string, words: RegExp])[] = [
  ["a.b", { on: ["create"] }, "", /is no webhook; write webhook\(/],
  ["a.b", null, "", /is no webhook/],
  ["a.b", build("reviews", null as never), "", /is no webhook/],
  ["a.b", build("review", good), "", /there is no table 'review'.*reviews/],
  ["A.b", build("reviews", good), "", /needs a type of letters/],
  ["a b", build("reviews", good), "", /needs a type of letters/],
  ["a".repeat(101), build("reviews", good), "", /at most 100/],
  ["webhook.test", build("reviews", good), "", /choose another/],
  ["a.b", build("reviews", { ...good, selcet: ["id"] }), "", /'selcet' is no option.*select/],
  ["a.b", build("reviews", { on: ["create"] }), ".select", /select needs columns/],
  ["a.b", build("reviews", { ...good, select: [] }), ".select", /one at least/],
  ["a.b", build("reviews", { ...good, select: "id" }), ".select", /needs a list/],
  ["a.b", build("reviews", { ...good, select: ["id", "id"] }), ".select", /'id' twice/],
  ["a.b", build("reviews", { ...good, select: ["strs"] }), ".select", /no column 'strs'.*stars/],
  ["a.b", build("reviews", { ...good, select: ["key"] }), ".select", /'key' is secret/],
  ["a.b", build("schools", { ...good, select: ["reviewCount"] }), ".select", /computed from other rows/],
  ["a.b", build("reviews", { select: ["id"] }), ".on", /needs a list such as/],
  ["a.b", build("reviews", { ...good, on: ["insert"] }), ".on", /'insert' is none of create, update, delete/],
  ["a.b", build("reviews", { ...good, changed: ["stars"] }), ".changed", /is about updates/],
  ["a.b", build("reviews", { ...good, on: ["update"], changed: ["doubled"] }), ".changed", /is computed/],
  ["a.b", build("reviews", { ...good, on: ["update"], changed: ["star"] }), ".changed", /no column 'star'/],
  ["a.b", build("reviews", { ...good, orderBy: "scool" }), ".orderBy", /no column 'scool'.*school/],
  ["a.b", build("reviews", { ...good, orderBy: 1 }), ".orderBy", /name of a column/],
  ["a.b", build("reviews", { ...good, orderBy: "doubled" }), ".orderBy", /is computed/],
  ["a.b", build("reviews", { ...good, orderBy: "key" }), ".orderBy", /is secret/],
  ["a.b", build("reviews", { ...good, when: true }), ".when", /needs a function/],
  ["a.b", build("reviews", { ...good, when: () => true }), ".when", /not the plain value true/],
  ["a.b", build("reviews", { ...good, when: ({ row }: Scope) => row["stars"]?.eq("five") }), ".when", /five/],
  ["a.b", build("reviews", { ...good, when: ({ row }: Scope) => row["strs"]?.eq(5) }), ".when", /no column or relation 'strs'/],
  ["a.b", build("reviews", { ...good, when: ({ row }: Scope) => row["school"]?.name?.eq("x") }), ".when", /looks at other rows/],
  ["a.b", build("schools", { ...good, when: ({ row }: Scope) => row["reviews"]?.some?.() }), ".when", /looks at other rows/],
  ["a.b", build("schools", { ...good, when: ({ row }: Scope) => row["reviewCount"]?.eq(5) }), ".when", /looks at other rows/],
  [
    "a.b",
    build("reviews", {
      ...good,
      when: () => {
        throw new Error("Oh.");
      },
    }),
    ".when",
    /throws Error: Oh\./,
  ],
];

interface Value {
  readonly eq: (other: unknown) => unknown;
  readonly some?: () => unknown;
  readonly name?: Value;
}
interface Scope {
  readonly row: Readonly<Record<string, Value>>;
}

test("every mistake of a webhook is told with its place", () => {
  for (const [type, written, place, words] of cases) {
    const problems = mistakesOf({ [type]: written });
    const about = JSON.stringify([type, problems]);
    assert.equal(problems.length, 1, about);
    assert.equal(problems[0]?.place, `webhooks.${type}${place}`, about);
    assert.match(problems[0]?.message ?? "", words, about);
  }
});

test("all mistakes are told at once, and types that differ in case alone are one", () => {
  const problems = mistakesOf({ "a.b": build("review", good), "c.d": build("reviews", { ...good, select: ["key"] }) });
  assert.deepEqual(
    problems.map(({ place }) => place),
    ["webhooks.a.b", "webhooks.c.d.select"],
  );
  const twins = mistakesOf({ "a.b": build("reviews", good), "a.B": build("reviews", good) });
  assert.match(twins[0]?.message ?? "", /differs from 'a\.b' in case alone/);
  assert.equal(mistakesOf([])[0]?.place, "webhooks");
  assert.deepEqual(mistakesOf({ "a.b": build("reviews", { ...good, select: ["id", "doubled"] }) }), []);
});
