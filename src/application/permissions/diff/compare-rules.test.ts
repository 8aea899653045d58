import assert from "node:assert/strict";
import { test } from "node:test";
import { createScopes, type Expression, expressions, tableOf } from "#database";
import { defineSchema } from "../../schema/define-schema.ts";
import { bool, decimal, enums, integer, real, ref, text, timestamp } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { actorValue } from "../../rules/build-actor.ts";
import { rowSource, rowValue } from "../../rules/build-row.ts";
import { conditionOf } from "../../rules/build-value.ts";
import { everyone, nobody, not, or, signedIn } from "../../rules/conditions.ts";
import { now } from "../../rules/moments.ts";
import type { RuleScope } from "../../rules/rule-types.ts";
import type { Condition } from "../../rules/value.ts";
import { callerKinds } from "./callers.ts";
import { type RuleChange, compareRules } from "./compare-rules.ts";

const schema = defineSchema(
  {
    users: { name: text() },
    teams: { name: text() },
    members: table({ team: ref("teams"), user: ref("users"), rank: integer() }, { unique: [["team", "user"]] }),
    posts: {
      author: ref("users"),
      team: ref("teams").optional(),
      title: text().optional(),
      stars: integer(),
      price: decimal(8, 2),
      weight: real(),
      open: bool(),
      status: enums("draft", "live", "gone"),
      until: timestamp(),
    },
  },
  {
    roles: ["editor", "admin"],
    claims: { level: integer() },
    computed: { posts: (row) => ({ size: row.team.members.count() }) },
  },
);
const { model } = schema;
type Rule = (scope: Pick<RuleScope<typeof schema, "posts">, "row" | "me">) => Condition;

function build(rule: Rule): Expression {
  const row = rowValue<RuleScope<typeof schema, "posts">["row"]>(
    rowSource(model, createScopes("r")),
    "posts",
    expressions.scope("row"),
  );
  const { expression, problems } = conditionOf(rule({ row, me: actorValue(model) }), "a rule")["~built"];
  assert.deepEqual(problems, []);
  return expression;
}

const [anonymous, person, editor] = callerKinds(["editor"]);

function changeOf(old: Rule, next: Rule, caller = person): RuleChange {
  assert.ok(caller !== undefined);
  return compareRules({ model, table: tableOf(model, "posts"), old: build(old), next: build(next) }, caller).change;
}

/** Pairs of which the second lets through no more than the first, and less where it is not the same. */
const narrower: readonly (readonly [string, Rule, Rule])[] = [
  ["a condition more", ({ row }) => row.open, ({ row }) => row.open.and(row.stars.gt(3))],
  ["a larger bound", ({ row }) => row.stars.gt(3), ({ row }) => row.stars.gte(5)],
  ["an interval within another", ({ row }) => row.stars.gt(1), ({ row }) => row.stars.gt(2).and(row.stars.lt(9))],
  ["decimals beside whole numbers", ({ row }) => row.price.lt(3), ({ row }) => row.price.lt("2.99")],
  ["reals beside whole numbers", ({ row }) => row.weight.lt(3), ({ row }) => row.weight.lte(2.5)],
  ["one member of a list", ({ row }) => row.status.in(["draft", "live"]), ({ row }) => row.status.eq("live")],
  ["fewer members", ({ row }) => row.status.neq("gone"), ({ row }) => row.status.eq("draft")],
  ["one of two ways", ({ row, me }) => row.open.or(row.author.eq(me.id)), ({ row, me }) => row.author.eq(me.id)],
  ["what a comparison says of nulls", ({ row }) => row.title.isNotNull(), ({ row }) => row.title.eq("a")],
  [
    "a smaller set of related rows",
    ({ row, me }) => row.team.members.some((m) => m.user.eq(me.id)),
    ({ row, me }) => row.team.members.some((m) => m.user.eq(me.id).and(m.rank.gt(1))),
  ],
  [
    "none of more rows",
    ({ row, me }) => row.team.members.none((m) => m.user.eq(me.id).and(m.rank.gt(1))),
    ({ row, me }) => row.team.members.none((m) => m.user.eq(me.id)),
  ],
  ["a relation that needs its reference", ({ row }) => row.team.isNotNull(), ({ row }) => row.team.members.some()],
  [
    "what follows from several comparisons",
    ({ row, me }) => row.stars.gt(2).and(me.claim("level").gt(2)),
    ({ row, me }) => row.stars.gt(3).and(me.claim("level").gte(row.stars)),
  ],
  ["text in its order", ({ row }) => row.title.gt("a"), ({ row }) => row.title.gt("b")],
  ["moments", ({ row }) => row.until.gt("2026-01-01T00:00:00Z"), ({ row }) => row.until.gt("2027-01-01T00:00:00Z")],
  ["any role at all", () => signedIn, ({ me }) => me.hasRole("editor")],
  ["everybody, and then some", () => everyone, ({ row }) => row.open],
];

for (const [name, wide, narrow] of narrower) {
  test(`narrower: ${name}`, () => {
    assert.equal(changeOf(wide, narrow), "narrower");
    assert.equal(changeOf(narrow, wide), "wider");
    assert.equal(changeOf(narrow, narrow), "same");
  });
}

const same: readonly (readonly [string, Rule, Rule])[] = [
  ["another order", ({ row, me }) => row.open.or(row.author.eq(me.id)), ({ row, me }) => row.author.eq(me.id).or(row.open)],
  ["De Morgan", ({ row }) => not(row.open.or(row.stars.gt(3))), ({ row }) => row.open.not().and(row.stars.lte(3))],
  ["no whole number between", ({ row }) => row.stars.gt(3), ({ row }) => row.stars.gte(4)],
  ["all members of an enum", ({ row }) => row.status.in(["draft", "live", "gone"]), () => everyone],
  ["what cannot be", ({ row }) => row.stars.gt(3).and(row.stars.lt(3)), () => nobody],
  ["no whole number left", ({ row }) => row.stars.gt(3).and(row.stars.lt(5), row.stars.neq(4)), () => nobody],
  ["the id behind a reference", ({ row, me }) => row.author.id.eq(me.id), ({ row, me }) => row.author.eq(me.id)],
  ["a computed field and what it is", ({ row }) => row.size.gt(1), ({ row }) => row.team.members.count().gt(1)],
  ["less than none", ({ row }) => row.size.lt(0), () => nobody],
  ["both ways", ({ row }) => row.open, ({ row }) => row.open.and(row.stars.gt(1)).or(row.open.and(row.stars.lte(1)))],
  [
    "distinct from what is never empty",
    ({ row, me }) => row.author.isDistinctFrom(me.id),
    ({ row, me }) => row.author.neq(me.id),
  ],
  ["the same moment", ({ row }) => row.until.gt(now()).or(row.open), ({ row }) => row.open.or(now().lt(row.until))],
];

for (const [name, left, right] of same) {
  test(`same: ${name}`, () => {
    assert.equal(changeOf(left, right), "same");
    assert.equal(changeOf(right, left), "same");
  });
}

test("a null is neither equal nor different", () => {
  assert.equal(
    changeOf(
      ({ row }) => row.title.eq("a").or(row.title.neq("a")),
      () => everyone,
    ),
    "wider",
  );
  assert.equal(
    changeOf(
      ({ row }) => not(row.title.eq("a")),
      ({ row }) => row.title.isDistinctFrom("a"),
    ),
    "wider",
  );
});

test("whether a condition is unknown is a condition", () => {
  const maybe: Rule = ({ row }) => row.open.or(row.title.eq("a"));
  assert.equal(
    changeOf(
      (scope) => maybe(scope).isNull(),
      ({ row }) => row.open.not().and(row.title.isNull()),
    ),
    "same",
  );
  assert.equal(
    changeOf(
      (scope) => maybe(scope).isNotNull(),
      ({ row }) => row.open.or(row.title.isNotNull()),
    ),
    "same",
  );
});

test("each kind of caller has an answer of its own", () => {
  const [old, next]: readonly Rule[] = [
    ({ me }) => me.hasRole("editor"),
    ({ row, me }) => or(me.hasRole("editor"), row.author.eq(me.id)),
  ];
  assert.ok(old !== undefined && next !== undefined);
  assert.equal(changeOf(old, next, anonymous), "same");
  assert.equal(changeOf(old, next, person), "wider");
  assert.equal(changeOf(old, next, editor), "same");
});

test("some of each is incomparable, and what cannot be told is unknown", () => {
  assert.equal(
    changeOf(
      ({ row }) => row.open,
      ({ row }) => row.stars.gt(1),
    ),
    "incomparable",
  );
  assert.equal(
    changeOf(
      ({ row }) => row.title.match("^a+$"),
      ({ row }) => row.title.match("^aa*$"),
    ),
    "unknown",
  );
});
