import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseMediaType } from "./accept.ts";
import { entityTag, matchesTag } from "./entity-tag.ts";
import { nextPage } from "../read/next-page.ts";
import { heeded, maxAffected, parsePrefer, preferenceApplied } from "./prefer.ts";
import { contentRange, rangeStatus } from "./range.ts";

const json = "application/json; charset=utf-8";
const object = "application/vnd.pgrst.object+json; charset=utf-8";
const accepted: readonly (readonly [header: string | undefined, contentType: string])[] = [
  [undefined, json],
  ["*/*", json],
  ["application/json", json],
  ["text/html,application/xhtml+xml,*/*;q=0.8", json],
  ["text/csv", "text/csv; charset=utf-8"],
  ["application/json;q=0.5, text/csv", "text/csv; charset=utf-8"],
  ["text/csv;q=0, application/json;q=0.1", json],
  ["application/vnd.pgrst.object+json", object],
  ["Application/Vnd.pgrst.Object+JSON", object],
  ["application/vnd.pgrst.object", object],
  ["application/vnd.pgrst.object+json;nulls=stripped", "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"],
  ["application/vnd.pgrst.array+json;nulls=stripped", "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8"],
  ["application/vnd.pgrst.array+json", json],
  ["application/*", json],
];

for (const [header, contentType] of accepted) {
  test(`Accept: ${header} is answered as ${contentType}`, () => assert.equal(chooseMediaType(header).contentType, contentType));
}

for (const header of [
  "application/geo+json",
  "application/vnd.pgrst.plan+json",
  "image/png",
  "application/json;q=0",
  "nonsense",
  "application/json;q=x",
]) {
  test(`Accept: ${header} cannot be met`, () =>
    assert.throws(() => chooseMediaType(header), { error: "notAcceptable", status: 406 }));
}

test("preferences are read from one header or several, the first of each kind", () => {
  assert.deepEqual(parsePrefer(undefined), {});
  assert.deepEqual(parsePrefer("return=representation, count=exact,return=minimal"), {
    return: "representation",
    count: "exact",
  });
  assert.deepEqual(parsePrefer('Return="minimal",  ,resolution=merge-duplicates'), {
    return: "minimal",
    resolution: "merge-duplicates",
  });
  assert.deepEqual(parsePrefer("foo, bar=1, timezone=Europe/Paris, handling=lenient"), { handling: "lenient" });
});

test("strict handling names what is not understood", () => {
  assert.throws(() => parsePrefer("handling=strict, foo, bar"), {
    error: "invalidPreference",
    details: "Invalid preferences: foo, bar",
  });
  assert.throws(() => parsePrefer("handling=strict, timezone=Europe/Paris"), { error: "invalidPreference" });
  assert.throws(() => parsePrefer("handling=strict, max-affected=-1"), { error: "invalidPreference" });
  assert.doesNotThrow(() => parsePrefer("handling=strict, max-affected=10"));
});

test("max-affected is heeded with strict handling alone", () => {
  assert.equal(maxAffected(parsePrefer("max-affected=10")), undefined);
  assert.equal(maxAffected(parsePrefer("handling=strict, max-affected=10")), 10);
  assert.equal(maxAffected(parsePrefer("handling=strict, max-affected=0")), 0);
});

test("only what was heeded is said to be applied, in PostgREST's order", () => {
  const preferences = parsePrefer("tx=rollback,max-affected=3,handling=strict,return=minimal,resolution=ignore-duplicates");
  assert.deepEqual(preferenceApplied(preferences, heeded.insert), {
    "preference-applied": "resolution=ignore-duplicates, return=minimal, tx=rollback, handling=strict",
  });
  assert.deepEqual(preferenceApplied(preferences, heeded.delete), {
    "preference-applied": "return=minimal, tx=rollback, handling=strict, max-affected=3",
  });
  assert.deepEqual(preferenceApplied(parsePrefer("return=minimal"), heeded.read), {});
});

test("Content-Range and its status are PostgREST's", () => {
  const range = (offset: number, rows: number, total?: number) => ({ offset, rows, total });
  assert.equal(contentRange(range(0, 15)), "0-14/*");
  assert.equal(contentRange(range(0, 0)), "*/*");
  assert.equal(contentRange(range(0, 0, 0)), "*/0");
  assert.equal(contentRange(range(20, 5, 100)), "20-24/100");
  assert.equal(contentRange(range(0, 0, 15)), "*/15");
  assert.equal(rangeStatus(range(0, 15)), 200);
  assert.equal(rangeStatus(range(0, 15, 15)), 200);
  assert.equal(rangeStatus(range(0, 14, 15)), 206);
  assert.equal(rangeStatus(range(15, 0, 15)), 206);
  assert.throws(() => rangeStatus(range(100, 0, 15)), {
    error: "invalidRange",
    details: "An offset of 100 was requested, but there are only 15 rows.",
    headers: { "content-range": "*/15" },
  });
});

test("an entity tag is the same for the same body, and is compared weakly", () => {
  const tag = entityTag("[]");
  assert.equal(tag, entityTag("[]"));
  assert.notEqual(tag, entityTag("[ ]"));
  assert.match(tag, /^W\/"[\w-]+"$/);
  assert.equal(matchesTag(undefined, tag), false);
  assert.equal(matchesTag('"other"', tag), false);
  for (const header of [tag, tag.slice(2), `"other", ${tag}`, "*"]) assert.equal(matchesTag(header, tag), true);
});

test("the next page is the same address with another cursor", () => {
  assert.deepEqual(nextPage("after=&limit=2", null), {});
  assert.deepEqual(nextPage("after=old&data->>x=eq.1&limit=2", "a+b"), {
    link: '<?data-%3E%3Ex=eq.1&limit=2&after=a%2Bb>; rel="next"',
    "next-cursor": "a+b",
  });
});
