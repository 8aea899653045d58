import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import { formatTarget, parseTarget } from "./target.ts";

const accepted: readonly [url: string, segments: readonly string[], search: string, trailingSlash: boolean][] = [
  ["/", [], "", false],
  ["/?a=1", [], "a=1", false],
  ["/rest/v1/schools", ["rest", "v1", "schools"], "", false],
  ["/rest/v1/schools?name=eq.a%20b&x=%zz", ["rest", "v1", "schools"], "name=eq.a%20b&x=%zz", false],
  ["/a/", ["a"], "", true],
  ["/caf%C3%A9/a%20b", ["café", "a b"], "", false],
  ["/a%25b", ["a%b"], "", false],
  ["/a%3Bb", ["a;b"], "", false],
  ["/@me/a:b", ["@me", "a:b"], "", false],
  ["/a?b?c", ["a"], "b?c", false],
  ["/...", ["..."], "", false],
];

for (const [url, segments, search, trailingSlash] of accepted) {
  test(`${url} is read`, () => assert.deepEqual(parseTarget(url, 1000), { segments, trailingSlash, search }));
}

const refused = [
  "",
  "rest",
  "*",
  "http://evil/rest",
  "//rest",
  "/rest//v1",
  "/rest/./v1",
  "/rest/../v1",
  "/..",
  "/.",
  "/rest//",
  "//",
  "/rest/%2e%2e/v1",
  "/%2E/a",
  "/%61dmin",
  "/%41dmin",
  "/rest/v1%2Fschools",
  "/rest/v1%2fschools",
  "/a%5Cb",
  "/a\\b",
  "/a%00b",
  "/a%0d%0ab",
  "/a%7fb",
  "/a%zz",
  "/a%",
  "/a%4",
  "/a%ff",
  "/a%c0%af",
  "/a%ed%a0%80",
  "/a;b=1",
  "/rest/v1/schools;x",
  "/a#b",
  "/a?b#c",
  "/a b",
  "/a\u00e9",
  "/a?b c",
  "/a?\u00e9",
  "/a?\u0000",
];

for (const url of refused) {
  test(`${JSON.stringify(url)} is refused`, () => {
    assert.throws(
      () => parseTarget(url, 1000),
      (error) => error instanceof AppError && error.error === "invalidUrl",
    );
  });
}

test("an address over the limit is refused by the limit's name", () => {
  assert.doesNotThrow(() => parseTarget(`/${"a".repeat(99)}`, 100));
  assert.throws(
    () => parseTarget(`/${"a".repeat(100)}`, 100),
    (error) => error instanceof AppError && error.status === 414 && /urlLength/.test(error.details ?? ""),
  );
});

test("what is read has one spelling, and it reads the same", () => {
  const segment = fc
    .string({ unit: "grapheme", minLength: 1 })
    .filter((text) => text.isWellFormed() && !/[/\\\p{Cc}]/u.test(text) && text !== "." && text !== "..");
  fc.assert(
    fc.property(fc.array(segment), fc.boolean(), (segments, slash) => {
      const target = { segments, trailingSlash: slash && segments.length > 0, search: "" };
      assert.deepEqual(parseTarget(formatTarget(target), 100_000), target);
    }),
  );
});

test("no address makes the reader fail in any other way", () => {
  const piece = fc.constantFrom(
    "/",
    "//",
    ".",
    "..",
    "%",
    "%2f",
    "%61",
    "%C3",
    "%A9",
    ";",
    "?",
    "#",
    "a",
    "\\",
    "\u0000",
    "é",
    "@",
    ":",
    "%00",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        const target = parseTarget(pieces.join(""), 1000);
        for (const segment of target.segments)
          assert.ok(segment !== "" && segment !== "." && segment !== ".." && !/[/\\\u0000]/.test(segment));
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
  );
});
