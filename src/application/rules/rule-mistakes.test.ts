import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { and, everyone, nobody } from "./conditions.ts";
import { type AnyMember, build, type LooseScope, type Scope } from "./rule-fixtures.ts";

describe("mistakes are reported with their place", () => {
  const read = (rule: (scope: LooseScope) => unknown): object => ({
    reviews: (scope: LooseScope) => ({ read: rule(scope), write: nobody }),
  });
  const cases: readonly (readonly [title: string, rules: object, expected: string])[] = [
    [
      "rules for an unknown table",
      { reveiws: () => ({}) },
      "rules.reveiws: there is no table 'reveiws'; did you mean 'reviews'?",
    ],
    [
      "rules that are no function",
      { reviews: { read: everyone } },
      'rules.reviews: needs a function such as ({ row, me }) => ({ read: everyone, write: me.hasRole("editor") })',
    ],
    [
      "rules that give nothing",
      { reviews: () => undefined },
      "rules.reviews: must be an object with read, create, update, delete, write, history, fields",
    ],
    [
      "an unknown operation",
      { reviews: () => ({ read: everyone, wirte: nobody }) },
      "rules.reviews.wirte: is none of read, create, update, delete, write, history, fields; did you mean 'write'?",
    ],
    [
      "rules for an unknown field",
      { reviews: () => ({ read: everyone, fields: { stras: { read: nobody } } }) },
      "rules.reviews.fields.stras: there is no field 'stras' in 'reviews'; did you mean 'stars'?",
    ],
    [
      "an unknown operation on a field",
      { reviews: () => ({ read: everyone, fields: { stars: { delete: nobody } } }) },
      "rules.reviews.fields.stars.delete: is none of read, create, update, write",
    ],
    [
      "a rule for writing a computed field",
      { schools: () => ({ read: everyone, fields: { rating: { write: everyone } } }) },
      "rules.schools.fields.rating.write: 'rating' is computed: nobody writes it",
    ],
    [
      "a rule for writing a managed field",
      { schools: () => ({ read: everyone, fields: { version: { update: everyone } } }) },
      "rules.schools.fields.version.update: 'version' is set by the server: nobody writes it",
    ],
    [
      "a rule for reading a secret",
      { users: () => ({ read: everyone, fields: { password: { read: everyone } } }) },
      "rules.users.fields.password.read: 'password' is secret: nobody reads it",
    ],
    ["a plain true", read(() => true), "rules.reviews.read: a rule needs a condition, not the plain value true; say 'everyone'"],
    ["a plain false", read(() => false), "rules.reviews.read: a rule needs a condition, not the plain value false; say 'nobody'"],
    ["undefined", read(() => undefined), "rules.reviews.read: a rule needs a condition, not undefined"],
    [
      "a method that is not called",
      read(({ row }) => row.body?.isNull),
      "rules.reviews.read: a rule needs a condition, not a function; is a call missing?",
    ],
    ["a text", read(({ row }) => row.body), "rules.reviews.read: a rule needs a condition, not a value of type text"],
    [
      "next in read",
      read(({ next }) => next.live),
      "rules.reviews.read: speaks of 'next', the row after a change, and there is none in read",
    ],
    [
      "next in delete",
      { reviews: ({ next }: Scope) => ({ read: everyone, write: nobody, delete: next.live }) },
      "rules.reviews.delete: speaks of 'next', the row after a change, and there is none in delete",
    ],
    [
      "next in write, which is delete too",
      { reviews: ({ next }: Scope) => ({ read: everyone, write: next.live }) },
      "rules.reviews.write: speaks of 'next', and a delete leaves no row behind; give 'delete' a rule of its own",
    ],
    [
      "an unknown column",
      read(({ row }) => row.stras?.eq?.(1)),
      "rules.reviews.read: there is no column or relation 'stras' in 'reviews'; did you mean 'stars'?",
    ],
    [
      "an unknown column of a relation",
      read(({ row }) => row.school?.nmae?.eq?.(1)),
      "rules.reviews.read: there is no column or relation 'nmae' in 'schools'; did you mean 'name'?",
    ],
    [
      "an unknown column of many",
      read(({ row }) => row.school?.editors?.some?.((editor: AnyMember) => editor.usr?.eq?.(1))),
      "rules.reviews.read: there is no column or relation 'usr' in 'editors'; did you mean 'user'?",
    ],
    [
      "an unknown role",
      read(({ me }) => me.hasRole?.("edtor")),
      "rules.reviews.read: me.hasRole(\"edtor\"): the schema has no role 'edtor'; did you mean 'editor'?",
    ],
    [
      "an unknown claim",
      read(({ me }) => me.claim?.("organization").isNull?.()),
      "rules.reviews.read: me.claim(\"organization\"): the schema has no claim 'organization'; did you mean 'organisation'?",
    ],
    ["an unknown fact", read(({ me }) => me.ids?.eq?.(1)), "rules.reviews.read: me has no 'ids'; did you mean 'id'?"],
    ["a number beside a text", read(({ row }) => row.body?.eq?.(1)), "rules.reviews.read: .eq(1): the value must be a string"],
    [
      "a text beside a number",
      read(({ row }) => row.stars?.gt?.("1")),
      'rules.reviews.read: .gt("1"): the value must be a whole number',
    ],
    [
      "no member of the enum",
      read(({ row }) => row.status?.eq?.("dead")),
      'rules.reviews.read: .eq("dead"): the value must be one of draft, live',
    ],
    ["no id", read(({ row }) => row.author?.eq?.("7")), 'rules.reviews.read: .eq("7"): the value must be a UUID'],
    [
      "columns of two kinds",
      read(({ row }) => row.body?.eq?.(row.stars)),
      "rules.reviews.read: .eq() cannot compare text with integer",
    ],
    [
      "null",
      read(({ row }) => row.body?.eq?.(null)),
      "rules.reviews.read: .eq(null) is never true; use .isNull() or .isNotNull()",
    ],
    [
      "a variable that holds nothing",
      read(({ row }) => row.body?.eq?.(undefined)),
      "rules.reviews.read: .eq() is given undefined",
    ],
    [
      "a number that is none",
      read(({ row }) => row.weight?.gt?.(Number.NaN)),
      "rules.reviews.read: .gt(NaN): the value must be a number",
    ],
    ["in without a list", read(({ row }) => row.stars?.in?.(1)), "rules.reviews.read: .in() needs a list"],
    ["like on a number", read(({ row }) => row.stars?.like?.("1%")), "rules.reviews.read: .like() needs text"],
    [
      "the sum of texts",
      read(({ row }) => row.school?.reviews?.sum?.((each: AnyMember) => each.body).gt?.(1)),
      "rules.reviews.read: 'sum' does not work on text.",
    ],
    [
      "the sum of nothing",
      read(({ row }) => row.school?.reviews?.sum?.().gt?.(1)),
      "rules.reviews.read: .sum() needs a function such as (row) => row.stars",
    ],
    [
      "a condition about a row that is a truth",
      read(({ row }) => row.school?.reviews?.some?.(() => true)),
      "rules.reviews.read: .some() needs a condition, not the plain value true; say 'everyone'",
    ],
    [
      "a condition that is no function",
      read(({ row }) => row.school?.reviews?.some?.(everyone)),
      "rules.reviews.read: .some() needs a function such as (row) => row.id.eq(me.id)",
    ],
    [
      "a plain value among conditions",
      read(({ row }) => row.live?.and?.(true)),
      "rules.reviews.read: .and() needs a condition, not the plain value true; say 'everyone'",
    ],
    [
      "a plain value in and()",
      read(() => (and as (...args: unknown[]) => unknown)(everyone, 1)),
      "rules.reviews.read: and() needs a condition, not a plain number",
    ],
    ["a path into a text", read(({ row }) => row.body?.at?.("a").isNull?.()), "rules.reviews.read: .at() needs JSON, not text"],
    [
      "a path that goes back",
      read(({ row }) => row.school?.data?.at?.(-1).isNull?.()),
      "rules.reviews.read: .at() takes keys and indexes from 0 on",
    ],
    [
      "a rule that throws",
      {
        reviews: () => {
          throw new RangeError("no");
        },
      },
      "rules.reviews: throws RangeError: no",
    ],
  ];
  for (const [title, rules, expected] of cases) test(title, () => assert.deepEqual(build(rules).problems, [expected]));

  test("all at once, in one condition and over many", () => {
    const { problems } = build({
      reviews: ({ row, me }: LooseScope) => ({
        read: row.a?.eq?.(1).or?.(row.b?.eq?.(1)),
        write: me.hasRole?.("x"),
        fields: { stars: { read: true } },
      }),
      nothing: () => ({}),
    });
    assert.deepEqual(
      problems.map((problem) => problem.split(":")[0]),
      ["rules.reviews.write", "rules.reviews.read", "rules.reviews.read", "rules.reviews.fields.stars.read", "rules.nothing"],
    );
  });
});
