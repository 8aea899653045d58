import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Condition } from "../records/query.ts";
import { ValueList } from "./value-list.ts";
import { readWhere, type WhereTable } from "./where.ts";

const users: WhereTable = {
  has: (name) => ["name", "age", "lte", "reviews"].includes(name),
  target: (name) => (name === "reviews" ? reviews : undefined),
};
const reviews: WhereTable = {
  has: (name) => ["stars", "body", "author"].includes(name),
  target: (name) => (name === "author" ? users : undefined),
};

/** A condition as a line of text, its values in place. */
function told(where: unknown, table: WhereTable = reviews): string {
  const values = new ValueList();
  const tell = (condition: Condition): string => {
    switch (condition.type) {
      case "and":
      case "or":
        return `${condition.type}(${condition.conditions.map(tell).join(", ")})`;
      case "not":
        return `not(${tell(condition.condition)})`;
      case "compare":
        return `${condition.path.column} ${condition.operator} ${JSON.stringify(values.values[condition.value])}`;
      case "is":
        return `${condition.path.column} is ${condition.value}`;
      case "relation":
        return `${condition.quantifier} ${condition.relation}(${condition.where === undefined ? "" : tell(condition.where)})`;
      default:
        return condition.type;
    }
  };
  return tell(readWhere(where, table, values));
}

describe("a where becomes a condition", () => {
  const cases: readonly (readonly [where: unknown, condition: string])[] = [
    [{}, "and()"],
    [{ stars: 5 }, "stars eq 5"],
    [{ body: null }, "body is null"],
    [{ stars: 5, body: "x" }, 'and(stars eq 5, body eq "x")'],
    [{ stars: { gte: 2, lt: 4 } }, "and(stars gte 2, stars lt 4)"],
    [{ stars: { eq: 1 } }, "stars eq 1"],
    [{ body: { eq: null } }, "body is null"],
    [{ body: { neq: null } }, "not(body is null)"],
    [{ body: { neq: "x" } }, 'body neq "x"'],
    [{ body: { distinctFrom: null } }, "not(body is null)"],
    [{ body: { distinctFrom: "x" } }, 'body isdistinct "x"'],
    [{ stars: { in: [1, 2] } }, "stars in [1,2]"],
    [{ stars: { notIn: [1, 2] } }, "not(stars in [1,2])"],
    [{ stars: { gt: 1 } }, "stars gt 1"],
    [{ created: new Date(0) }, 'created eq "1970-01-01T00:00:00.000Z"'],
    [{ created: new Map() }, "created eq {}"],
    [{ stars: { lte: 1 } }, "stars lte 1"],
    [{ body: { like: "a%" } }, 'body like "a%"'],
    [{ body: { ilike: "a%" } }, 'body ilike "a%"'],
    [{ body: { match: "^a" } }, 'body match "^a"'],
    [{ body: { imatch: "^a" } }, 'body imatch "^a"'],
    [{ body: { search: "word" } }, 'body wfts "word"'],
    [{ body: { searchQuery: "'a':*" } }, `body fts "'a':*"`],
    [{ data: { contains: { a: 1 } } }, 'data cs {"a":1}'],
    [{ data: { containedBy: [1] } }, "data cd [1]"],
    [{ data: { overlaps: [1] } }, "data ov [1]"],
    [{ and: [{ stars: 1 }, { stars: 2 }] }, "and(stars eq 1, stars eq 2)"],
    [{ or: [{ stars: 1 }, { stars: 2 }] }, "or(stars eq 1, stars eq 2)"],
    [{ or: [] }, "or()"],
    [{ not: { stars: 1, body: "x" } }, 'not(and(stars eq 1, body eq "x"))'],
    [{ author: "u1" }, 'author eq "u1"'],
    [{ author: null }, "author is null"],
    [{ author: { in: ["u1"] } }, 'author in ["u1"]'],
    [{ author: { neq: "u1", name: "Ann" } }, 'and(author neq "u1", some author(name eq "Ann"))'],
    [{ author: { name: "Ann", age: { gt: 3 } } }, 'some author(and(name eq "Ann", age gt 3))'],
    [{ author: { match: "x" } }, 'some author(match eq "x")'],
    [{ author: { or: [{ name: "Ann" }, { reviews: { none: {} } }] } }, 'some author(or(name eq "Ann", none reviews(and())))'],
    [{ author: { some: { lte: "x" }, lt: "y" } }, 'and(some author(lte eq "x"), author lt "y")'],
    [{ author: {} }, "some author(and())"],
    [{ author: { none: { name: "Ann" } } }, 'none author(name eq "Ann")'],
    [
      { author: { reviews: { some: { stars: 5 }, every: { stars: { gt: 1 } } } } },
      "some author(and(some reviews(stars eq 5), every reviews(stars gt 1)))",
    ],
  ];
  for (const [where, condition] of cases) test(JSON.stringify(where), () => assert.equal(told(where), condition));
});

describe("what is no condition is refused", () => {
  const cases: readonly (readonly [where: unknown, message: RegExp])[] = [
    [undefined, /where needs an object/],
    [[{ stars: 1 }], /where needs an object/],
    [{ stars: undefined }, /'stars' is undefined/],
    [{ stars: { gte: undefined } }, /'stars.gte' is undefined/],
    [{ author: { name: undefined } }, /'name' is undefined/],
    [new Map([["stars", 1]]), /where needs an object/],
    [{ stars: { starz: 1 } }, /'stars' has no operator 'starz'/],
    [{ stars: { constructor: 1 } }, /'stars' has no operator 'constructor'/],
    [{ or: { stars: 1 } }, /'or' needs a list/],
    [{ not: 4 }, /where needs an object/],
    [{ author: { some: undefined } }, /where needs an object/],
    [{ author: { lte: "x" } }, /'author.lte' is an operator, and a field there/],
  ];
  for (const [where, message] of cases)
    test(`${message}`, () => assert.throws(() => told(where), { name: "TypeError", message }));
});
