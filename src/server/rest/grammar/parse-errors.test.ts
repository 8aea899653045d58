import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type ErrorName } from "#contract";
import { parseRead } from "./parse-read.ts";
import { defaultRestLimits, type RestLimits } from "../rest-limits.ts";

/** What is wrong, the error, and what its message and details must say. */
const mistakes: readonly (readonly [search: string, error: ErrorName, says: RegExp])[] = [
  ["select=a,", "invalidQuery", /'select'.*character 3.*a column, a relation or '\*', found the end/s],
  ["select=a,,b", "invalidQuery", /character 3.*found ","/s],
  ["select=a(b", "invalidQuery", /character 4.*'\)', found the end/s],
  ["select=a)", "invalidQuery", /character 2.*found "\)"/s],
  ["select=...x:y(a)", "invalidQuery", /no alias/],
  ["select=...x", "invalidQuery", /character 5/],
  ["select=x!a!b(c)", "invalidQuery", /only one hint/],
  ["select=x!inner!left(c)", "invalidQuery", /only one of/],
  ["select=x!inner", "invalidQuery", /'\(' and what to select/],
  ["select=a.total()", "invalidQuery", /count, sum, avg, min, max/],
  ["select=a.sum", "invalidQuery", /'\(\)' after sum/],
  ["select=count(x)", "invalidQuery", /'\(\)' after count/],
  ["select=a->", "invalidQuery", /a key or an index/],
  ["select=a::", "invalidQuery", /a type to cast to/],
  ['select="a', "invalidQuery", /closing double quote for the one at character 1/],
  ['select=""', "invalidQuery", /character 1/],
  ["select=a(b),a(c)", "invalidQuery", /embeds 'a' twice/],
  ["select=a&select=b", "invalidQuery", /'select' is given twice/],
  ["order=a&order=b", "invalidQuery", /'order' is given twice/],
  ["limit=1&limit=2", "invalidQuery", /'limit' is given twice/],
  ["on_conflict=a&on_conflict=a", "invalidQuery", /given twice/],
  ["after=a&after=b", "invalidQuery", /given twice/],
  ["after=a&offset=3", "invalidQuery", /two ways to page/],
  ["a", "invalidQuery", /'a' has no value/],
  ["=1", "invalidQuery", /no name/],
  ["a=", "invalidQuery", /'a'.*character 1.*an operator/s],
  ["a=1", "invalidQuery", /an operator/],
  ["a=eqq.1", "invalidQuery", /did you mean 'eq'/],
  ["a=eq", "invalidQuery", /'\.' after eq, found the end/],
  ["a=not.not.eq.1", "invalidQuery", /an operator/],
  ["a=is.nul", "invalidQuery", /null, not_null, true, false or unknown/],
  ["a=is.null.x", "invalidQuery", /character 4/],
  ["a=in.1,2", "invalidQuery", /'\(' and a list/],
  ["a=in.(1,2", "invalidQuery", /found the end/],
  ["a=in.(1,2)x", "invalidQuery", /character 9.*found "x"/s],
  ["a=neq(any).{1}", "invalidQuery", /takes no modifier/],
  ["a=eq(some).{1}", "invalidQuery", /\(any\), \(all\)/],
  ["a=eq(any).1", "invalidQuery", /a list in braces/],
  ["a=eq(any).{1,NULL}", "invalidQuery", /no NULL/],
  ["a=eq(any).{1,{2}}", "invalidQuery", /character 12/],
  ["a=eq(any).{1,}", "invalidQuery", /an empty one is written/],
  ["a=cs.x", "invalidQuery", /a list in braces/],
  ["a=ov.[2017-01-01,2017-06-30]", "notSupported", /range types/],
  ["a=sl.(1,10)", "notSupported", /range types/],
  ["a=fts(english).x", "notSupported", /'english'.*fts\(simple\)/s],
  ["or=a.eq.1", "invalidQuery", /'\(' and conditions/],
  ["or=()", "invalidQuery", /a column/],
  ["or=(a.eq.1", "invalidQuery", /found the end/],
  ["or=(a.eq.1))", "invalidQuery", /the end after '\)'/],
  ["or=(a.eq.1,)", "invalidQuery", /a column/],
  ["or=(a)", "invalidQuery", /'\.' and an operator/],
  ["or=(xor(a.eq.1))", "invalidQuery", /'\.' and an operator/],
  ["a=some.", "invalidQuery", /'\.\(' after some/],
  ["a=some.(x)", "invalidQuery", /an operator/],
  ["a->b=some.()", "invalidQuery", /follows a relation/],
  ["order=a.dsc", "invalidQuery", /'\.asc', '\.desc'/],
  ["order=a.nullsfirst.desc", "invalidQuery", /character 13/],
  ["order=", "invalidQuery", /a column/],
  ["order=x(a)", "notEmbedded", /'x'/],
  ["limit=x", "invalidQuery", /a whole number/],
  ["limit=1.5", "invalidQuery", /a whole number/],
  ["limit=99999999999999999999", "invalidQuery", /a whole number/],
  ["limit=-1", "invalidRange", /Limit should be greater/],
  ["offset=-1", "invalidRange", /Offset should be greater/],
  ["x.y=eq.1", "notEmbedded", /'x'.*select/s],
  ["select=x(a)&x.y.z=eq.1", "notEmbedded", /'y'/],
  ["select=b:x(a)&x.y=eq.1", "notEmbedded", /alias alone/],
  ["__proto__.x=eq.1", "notEmbedded", /__proto__/],
  ["x.=eq.1", "invalidQuery", /a column or a relation/],
  [".x=eq.1", "invalidQuery", /a column or a relation/],
  ["a)b=eq.1", "invalidQuery", /end of the name/],
  ["columns=a,", "invalidQuery", /'columns'/],
  ["a=eq.%zz", "invalidUrl", /two hex digits/],
  ["a=eq.%e0%80", "invalidUrl", /UTF-8/],
  ["a=eq.%c0%ae", "invalidUrl", /UTF-8/],
  ["a=eq.%ed%a0%80", "invalidUrl", /UTF-8/],
  ["a=eq.é", "invalidUrl", /must be percent-encoded/],
  ["a=eq.%", "invalidUrl", /two hex digits/],
];

for (const [search, error, says] of mistakes) {
  test(`${search} is ${error}`, () => {
    assert.throws(
      () => parseRead("films", search),
      (thrown: unknown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.error, error);
        assert.match([thrown.message, thrown.details, thrown.hint].join("\n"), says);
        return true;
      },
    );
  });
}

const many = (count: number, text: (index: number) => string, separator = ",") =>
  Array.from({ length: count }, (_, index) => text(index)).join(separator);

/** Each limit, a query that is just within it and one that is just over. */
const bounds: Readonly<Partial<Record<keyof RestLimits, (count: number) => string>>> = {
  filters: (count) => many(count, () => "a=eq.1", "&"),
  embedDepth: (count) => `select=${"a(".repeat(count)}${")".repeat(count)}`,
  embeds: (count) => `select=${many(count, (index) => `a${index}()`)}`,
  selectItems: (count) => `select=${many(count, () => "a")}`,
  orderTerms: (count) => `order=${many(count, () => "a")}`,
  logicDepth: (count) => `and=(${"or(".repeat(count - 1)}a.eq.1${")".repeat(count)}`,
  listItems: (count) => `a=in.(${many(count, () => "1")})`,
  jsonSteps: (count) => `select=a${"->b".repeat(count)}`,
  columns: (count) => `columns=${many(count, (index) => `c${index}`)}`,
};

for (const [name, query] of Object.entries(bounds)) {
  test(`the limit ${name} is exact and named`, () => {
    const limit = defaultRestLimits[name as keyof RestLimits];
    assert.doesNotThrow(() => parseRead("films", query(limit)));
    assert.throws(
      () => parseRead("films", query(limit + 1)),
      (thrown: unknown) =>
        thrown instanceof AppError && thrown.error === "limitExceeded" && thrown.message.includes(`${limit} (${name})`),
    );
  });
}

test("relation conditions count against the depth of logic", () => {
  assert.throws(() => parseRead("films", `a=${"some.(a.".repeat(11)}eq.1${")".repeat(11)}`), { error: "limitExceeded" });
});

test("the limit urlLength is exact and named", () => {
  const within = `a=eq.${"x".repeat(defaultRestLimits.urlLength - 5)}`;
  assert.doesNotThrow(() => parseRead("films", within));
  assert.throws(() => parseRead("films", `${within}x`), { error: "urlTooLong", message: /16384 characters \(urlLength\)/ });
});
