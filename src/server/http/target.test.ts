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

const refused: readonly (readonly [url: string, because: string])[] = [
  ["", "starts with a slash"],
  ["rest", "starts with a slash"],
  ["*", "starts with a slash"],
  ["http://evil/rest", "starts with a slash"],
  ["//rest", "two slashes in a row"],
  ["/rest//v1", "two slashes in a row"],
  ["/rest/./v1", "segment '.'"],
  ["/rest/../v1", "segment '..'"],
  ["/..", "segment '..'"],
  ["/.", "segment '.'"],
  ["/rest//", "two slashes in a row"],
  ["//", "two slashes in a row"],
  ["/rest/%2e%2e/v1", "must not be percent-encoded"],
  ["/%2E/a", "must not be percent-encoded"],
  ["/%61dmin", "must not be percent-encoded"],
  ["/%41dmin", "must not be percent-encoded"],
  ["/rest/v1%2Fschools", "encoded slash, backslash or control"],
  ["/rest/v1%2fschools", "encoded slash, backslash or control"],
  ["/a%5Cb", "encoded slash, backslash or control"],
  ["/a\\b", "path has a character"],
  ["/a%00b", "encoded slash, backslash or control"],
  ["/a%0d%0ab", "encoded slash, backslash or control"],
  ["/a%7fb", "encoded slash, backslash or control"],
  ["/a%zz", "two hexadecimal digits"],
  ["/a%", "two hexadecimal digits"],
  ["/a%4", "two hexadecimal digits"],
  ["/a%ff", "not UTF-8"],
  ["/a%c0%af", "not UTF-8"],
  ["/a%ed%a0%80", "not UTF-8"],
  ["/a;b=1", "path parameters"],
  ["/rest/v1/schools;x", "path parameters"],
  ["/a#b", "path has a character"],
  ["/a?b#c", "query has a character"],
  ["/a b", "path has a character"],
  ["/a\u00e9", "path has a character"],
  ["/a?b c", "query has a character"],
  ["/a?\u00e9", "query has a character"],
  ["/a?\u0000", "query has a character"],
];

for (const [url, because] of refused) {
  test(`${JSON.stringify(url)} is refused: ${because}`, () => {
    assert.throws(
      () => parseTarget(url, 1000),
      (error) => error instanceof AppError && error.error === "invalidUrl" && error.message.includes(because),
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
