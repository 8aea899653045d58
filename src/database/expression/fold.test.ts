import assert from "node:assert/strict";
import { test } from "node:test";
import { columnFixture } from "../model/model-fixtures.ts";
import type { Relation, ValueType } from "../model/model.ts";
import { type ActorFacts, actorFacts, nobodyFacts } from "./actor-facts.ts";
import { always, boolType, call, type Expression, never } from "./expression.ts";
import { createVariants, fold, foldCondition } from "./fold.ts";
import { printExpression } from "./print.ts";

const author: Expression = {
  type: "column",
  row: { type: "scope", name: "row" },
  column: columnFixture("posts", "author", { kind: "text" }),
};
const isPublic: Expression = {
  type: "column",
  row: { type: "scope", name: "row" },
  column: columnFixture("posts", "public", { kind: "bool" }),
};
const me: Expression = { type: "actor", fact: { type: "id" }, valueType: { scalar: "text" } };
const team: Expression = { type: "actor", fact: { type: "claim", name: "team" }, valueType: { scalar: "text" } };
const admin: Expression = { type: "role", role: "admin" };
const signedIn: Expression = { type: "role", role: undefined };
const unknown: Expression = { type: "constant", value: null, valueType: boolType };
const mine = call("eq", author, me);

const facts = (rest: Partial<ActorFacts> = {}): ActorFacts => ({
  signedIn: true,
  id: "u1",
  roles: [],
  claims: { team: null },
  ...rest,
});
const comments: Relation = {
  name: "comments",
  table: "posts",
  target: "comments",
  cardinality: "many",
  column: "id",
  targetColumn: "post",
  constraint: "comments_post_fkey",
  foreignColumn: "post",
  junction: undefined,
};
const some = (where: Expression): Expression => ({
  type: "exists",
  row: { type: "scope", name: "row" },
  relation: comments,
  scope: "c",
  where,
});

const cases: readonly (readonly [name: string, rule: Expression, facts: ActorFacts, condition: Expression])[] = [
  ["a comparison with nobody's id lets nothing through", mine, nobodyFacts, never],
  ["a comparison with somebody's id stays open", mine, facts(), mine],
  ["a role that one has opens an alternative", call("or", mine, admin), facts({ roles: ["admin"] }), always],
  ["a role that one has not leaves the rest", call("or", mine, admin), facts(), mine],
  ["nobody keeps what needs nobody", call("or", mine, isPublic), nobodyFacts, isPublic],
  ["everyone signed in", signedIn, facts(), always],
  ["nobody has a role", call("or", admin, signedIn), { ...nobodyFacts, roles: ["admin"] }, never],
  ["a missing claim lets nothing through", call("and", isPublic, call("eq", author, team)), facts(), never],
  ["not of unknown is unknown, and lets nothing through", call("not", mine), nobodyFacts, never],
  [
    "unknown stays unknown below not",
    call("not", call("or", isPublic, mine)),
    nobodyFacts,
    call("not", call("or", isPublic, unknown)),
  ],
  ["is null of nobody's id", call("isNull", me), nobodyFacts, always],
  ["a missing id is not distinct from a missing one", call("isDistinct", me, team), nobodyFacts, never],
  ["no related row can fulfil what nobody can", some(mine), nobodyFacts, never],
  [
    "a condition on related rows that always holds falls away",
    some(signedIn),
    facts(),
    { ...some(always), where: undefined } as Expression,
  ],
  ["the branch that is known", { type: "when", condition: admin, then: isPublic, otherwise: mine }, facts(), mine],
  ["no branch is nothing", { type: "when", condition: admin, then: isPublic, otherwise: undefined }, facts(), never],
  ["the first value that is there", call("coalesce", call("eq", me, me), isPublic), nobodyFacts, isPublic],
  ["the moment of the request is not known yet", call("isNull", call("now")), facts(), call("isNull", call("now"))],
];

for (const [name, rule, actor, condition] of cases) {
  test(name, () => assert.equal(printExpression(foldCondition(rule, actor)), printExpression(condition)));
}

test("folding keeps unknown apart from false; only a condition does not", () => {
  assert.deepEqual(fold(mine, nobodyFacts), unknown);
  assert.deepEqual(foldCondition(mine, nobodyFacts), never);
});

test("actors whose expressions fold alike share a variant, and no others", () => {
  const { variantOf } = createVariants([call("or", mine, admin), call("eq", author, team)]);
  assert.equal(variantOf(facts()), variantOf(facts({ id: "u2", roles: ["reader"] })));
  const all = [
    nobodyFacts,
    facts(),
    facts({ id: null }),
    facts({ roles: ["admin"] }),
    facts({ claims: { team: "a" } }),
    facts({ roles: ["admin"], claims: { team: "a" } }),
  ];
  assert.equal(new Set(all.map(variantOf)).size, all.length);
});

test("variants see what computed columns ask", () => {
  const computed: Expression = {
    type: "column",
    row: { type: "scope", name: "row" },
    column: columnFixture("posts", "editable", { kind: "bool", computed: admin }),
  };
  const { variantOf } = createVariants([computed]);
  assert.notEqual(variantOf(facts()), variantOf(facts({ roles: ["admin"] })));
});

test("a claim of another type than declared is missing, and so is one that every object has", () => {
  const claims = new Map<string, ValueType>([
    ["level", { scalar: "integer" }],
    ["constructor", { scalar: "text" }],
    ["price", { scalar: "decimal", scale: 2 }],
  ]);
  const model = { actorId: { scalar: "integer" }, claims } as const;
  const facts = actorFacts({ id: "7", roles: [], claims: { level: "high", price: "1.5" } }, model);
  assert.deepEqual([facts.id, ...["level", "constructor", "price"].map((claim) => facts.claims[claim])], [7, null, null, 150n]);
  assert.equal(actorFacts({ id: "x", roles: [], claims: {} }, model).id, null);
});
