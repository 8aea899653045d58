import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printExpression } from "#database";
import { and, everyone, nobody, not, or, signedIn } from "./conditions.ts";
import { now, today } from "./moments.ts";
import type { Condition } from "./value.ts";
import { build, type LooseScope, type Scope } from "./rule-fixtures.ts";

/** How the rule is printed: as it would be written. */
function printed(rule: (scope: Scope) => Condition): string {
  const { book, problems } = build({ reviews: (scope: Scope) => ({ read: rule(scope), write: nobody }) });
  assert.deepEqual(problems, []);
  const read = book.get("reviews")?.read;
  assert.ok(read !== undefined);
  return printExpression(read).replaceAll(/\br\d+\b/g, "r");
}

describe("what is written becomes the expression that is printed", () => {
  const cases: readonly (readonly [rule: (scope: Scope) => Condition, expected: string])[] = [
    [({ row, me }) => row.author.eq(me.id), "row.author.eq(me.id)"],
    [({ row }) => row.stars.gte(4), "row.stars.gte(4)"],
    [({ row }) => row.stars.lt(4.5), "row.stars.lt(4.5)"],
    [
      ({ row }) => row.stars.neq(4).and(row.stars.gt(1), row.stars.lte(5)),
      "row.stars.neq(4).and(row.stars.gt(1), row.stars.lte(5))",
    ],
    [({ row }) => row.fee.eq("12.50"), 'row.fee.eq("12.50")'],
    [({ row }) => row.fee.gt(12.505), 'row.fee.gt("12.505")'],
    [({ row }) => row.weight.gt(1), "row.weight.gt(1)"],
    [({ row }) => row.stars.in([1, 2]), "row.stars.in(1, 2)"],
    [({ row }) => row.status.eq("live"), 'row.status.eq("live")'],
    [({ row }) => row.body.like("a%").or(row.body.ilike("%b")), 'row.body.like("a%").or(row.body.ilike("%b"))'],
    [({ row }) => row.body.match("^a").or(row.body.imatch("b$")), 'row.body.match("^a").or(row.body.imatch("b$"))'],
    [({ row }) => row.school.country.isNull(), "row.school.country.isNull()"],
    [({ row }) => row.school.country.isNotNull(), "row.school.country.isNull().not()"],
    [({ row }) => row.school.country.isDistinctFrom(null), "row.school.country.isDistinctFrom(null)"],
    [
      ({ row }) => row.body.lower().eq("x").or(row.body.upper().length().gt(3)),
      'row.body.lower().eq("x").or(row.body.upper().length().gt(3))',
    ],
    [
      ({ row }) => row.stars.plus(1).times(2).minus(3).dividedBy(4).gt(0),
      "row.stars.plus(1).times(2).minus(3).dividedBy(4).gt(0)",
    ],
    [({ row }) => row.stars.plus(row.fee).gt(row.weight), "row.stars.plus(row.fee).gt(row.weight)"],
    [({ row }) => row.at.plusSeconds(60).gt(now()), "row.at.plusSeconds(60).gt(now())"],
    [({ me }) => me.isVerified.and(me.hasProved("password")), 'me.isVerified.and(me.hasProved("password"))'],
    [({ me }) => me.provedWithin("10m"), "me.proved.gte(now().plusSeconds(-600))"],
    [({ row }) => row.day.lt("2026-01-31"), 'row.day.lt("2026-01-31")'],
    [({ row }) => row.at.lt("2026-01-31T00:00:00+01:00"), 'row.at.lt("2026-01-30T23:00:00.000Z")'],
    [({ row }) => row.live, "row.live"],
    [({ row }) => row.live.not(), "row.live.not()"],
    [({ row }) => row.school.data.at("a", 0).eq({ b: 1 }), 'row.school.data.at("a", 0).eq({"b":1})'],
    [({ row }) => row.school.data.at("a").text("b").eq("c"), 'row.school.data.text("a", "b").eq("c")'],
    [({ row }) => row.school.data.contains({ a: 1 }), 'row.school.data.contains({"a":1})'],
    [({ row }) => row.school.rating.gt(3), "row.school.rating.gt(3)"],
    [({ row }) => row.author.profiles.bio.eq("x"), 'row.author.profiles.bio.eq("x")'],
    [({ row }) => row.author.profiles.isNull(), "row.author.profiles.id.isNull()"],
    [
      ({ row, me }) => row.school.editors.some((editor) => editor.user.eq(me.id)),
      "row.school.editors.some((r) => r.user.eq(me.id))",
    ],
    [({ row, me }) => row.school.users.some((user) => user.id.eq(me.id)), "row.school.users.some((r) => r.id.eq(me.id))"],
    [({ row }) => row.school.editors.some(), "row.school.editors.some()"],
    [({ row }) => row.school.editors.none(), "row.school.editors.none()"],
    [({ row }) => row.school.reviews.every((each) => each.live), "row.school.reviews.none((r) => r.live.isTrue().not())"],
    [
      ({ row }) =>
        row.school.reviews
          .where((each) => each.live)
          .count()
          .gt(1),
      "row.school.reviews.where((r) => r.live).count().gt(1)",
    ],
    [
      ({ row }) => row.school.reviews.where((each) => each.live).some((each) => each.stars.eq(5)),
      "row.school.reviews.some((r) => r.live.and(r.stars.eq(5)))",
    ],
    [({ row }) => row.school.reviews.avg((each) => each.stars).gt(3), "row.school.reviews.avg((r) => r.stars).gt(3)"],
    [({ row }) => row.school.reviews.max((each) => each.at).lt(now()), "row.school.reviews.max((r) => r.at).lt(now())"],
    [
      ({ row }) =>
        row.school.reviews
          .sum((each) => each.fee)
          .orElse(0)
          .eq(0),
      "row.school.reviews.sum((r) => r.fee).orElse(0).eq(0)",
    ],
    [({ me }) => me.isSignedIn.and(me.hasRole("editor")), 'me.isSignedIn.and(me.hasRole("editor"))'],
    [
      ({ row, me }) => me.claim("organisation").eq(row.body).or(me.claim("level").gt(2)),
      'me.claim("organisation").eq(row.body).or(me.claim("level").gt(2))',
    ],
    [() => everyone, "true"],
    [() => nobody, "false"],
    [() => signedIn, "me.isSignedIn"],
    [({ row }) => and(row.live, everyone), "row.live"],
    [({ row }) => or(row.live, everyone), "true"],
    [({ row }) => not(row.live), "row.live.not()"],
    [({ row }) => row.day.eq(today()), 'row.day.eq(now().cast("date"))'],
  ];
  for (const [rule, expected] of cases) test(expected, () => assert.equal(printed(rule), expected));

  test("a column hides the method of its name on a reference", () => {
    const hidden = build({ reviews: ({ row }: LooseScope) => ({ read: row.school?.eq?.eq?.("x"), write: nobody }) });
    const read = hidden.book.get("reviews")?.read;
    assert.equal(read && printExpression(read), 'row.school.eq.eq("x")');
  });

  test("every related row has a scope of its own", () => {
    const { book } = build({
      reviews: ({ row }: Scope) => ({
        read: row.school.editors.some((outer) => outer.user.friends.some((inner) => inner.name.eq(outer.user.name))),
        write: row.school.editors.some(),
      }),
    });
    const rules = book.get("reviews");
    const scopes = JSON.stringify([rules?.read, rules?.create]).match(/"scope":"\w+"/g);
    assert.equal(scopes?.length, 3);
    assert.equal(new Set(scopes).size, 3);
  });

  test("rows can be awaited, printed and looked at without harm", async () => {
    const { problems } = build({
      reviews: ({ row, me }: LooseScope) => {
        assert.equal(row.then, undefined);
        assert.equal(me.constructor, undefined);
        assert.equal(JSON.stringify(row.toJSON), undefined);
        assert.equal(Symbol.iterator in Object(row), false);
        return { read: everyone, write: nobody };
      },
    });
    assert.deepEqual(problems, []);
  });
});

describe("the operations of a table", () => {
  test("write stands for those that have no rule of their own", () => {
    const { book } = build({ reviews: ({ row }: Scope) => ({ read: everyone, write: row.live, delete: nobody }) });
    const rules = book.get("reviews");
    assert.ok(rules?.create !== undefined && rules.update !== undefined && rules.delete !== undefined);
    assert.equal(printExpression(rules.create), "row.live");
    assert.equal(printExpression(rules.update.expression), "row.live");
    assert.equal(printExpression(rules.delete), "false");
  });

  test("an update rule says whether it speaks of the row after", () => {
    const { book } = build({
      reviews: ({ row, next }: Scope) => ({ read: everyone, write: nobody, update: next.author.eq(row.author) }),
      schools: ({ next }: LooseScope) => ({ read: everyone, write: nobody, update: next.reviews?.some?.() }),
      users: () => ({ read: everyone, write: everyone }),
    });
    assert.equal(book.get("reviews")?.update?.mentionsNext, true);
    assert.equal(book.get("schools")?.update?.mentionsNext, true);
    assert.equal(book.get("users")?.update?.mentionsNext, false);
  });

  test("what is left out stays without a rule", () => {
    const { book, problems } = build({ reviews: () => ({ read: everyone }) });
    assert.deepEqual(problems, []);
    assert.deepEqual(book.get("reviews"), {
      read: book.get("reviews")?.read,
      create: undefined,
      update: undefined,
      delete: undefined,
      fields: new Map(),
    });
  });

  test("fields narrow reading and writing", () => {
    const { book } = build({
      reviews: ({ row, me, next }: Scope) => ({
        read: everyone,
        write: everyone,
        fields: {
          fee: { read: row.author.eq(me.id), write: nobody },
          stars: { create: everyone, update: next.stars.gte(row.stars) },
        },
      }),
    });
    const { fee, stars } = Object.fromEntries(book.get("reviews")?.fields ?? []);
    assert.equal(fee?.read && printExpression(fee.read), "row.author.eq(me.id)");
    assert.equal(fee?.create && printExpression(fee.create), "false");
    assert.equal(fee?.update && printExpression(fee.update.expression), "false");
    assert.equal(stars?.read, undefined);
    assert.equal(stars?.update?.mentionsNext, true);
  });
});
