import assert from "node:assert/strict";
import { test } from "node:test";
import { PatternRefusedError, patternText } from "./pattern-text.ts";
import { Random } from "./random.ts";

const patterns: readonly RegExp[] = [
  /^abc$/,
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  /^\d{4}-\d{2}-\d{2}$/,
  /^(?<area>\+\d{1,3}) ?\d{6,12}$/,
  /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/,
  /^#(?:[0-9a-fA-F]{3}){1,2}$/,
  /^(?:cat|dog|bird)s?$/i,
  /^\p{Lu}\p{Ll}+$/u,
  /^[\w.-]+$/,
  /^\x41\u0042\u{43}$/u,
  /^[\]\\^-]+$/,
  /^a{3}b{2,}c{0,2}d*?$/,
  /^\/[^/]*\/$/,
  /^.\.\*$/,
  /^\W\D\S$/,
  /^$/,
  /[.]+$/,
  /^\t\n\r$/,
];

for (const pattern of patterns)
  test(`texts that ${String(pattern)} matches`, () => {
    const make = patternText(pattern.source, pattern.flags);
    const random = new Random(7);
    const made = new Set<string>();
    for (let count = 0; count < 200; count++) {
      const text = make(random);
      assert.match(text, pattern);
      made.add(text);
    }
    assert.ok(made.size > 0);
  });

const refused: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?=.*\d)\w+$/, /look-around/],
  [/(?<!a)b/, /look-around/],
  [/^(a)\1$/, /back reference/],
  [/\bword/, /word boundary/],
  [/^\p{Script=Greek}+$/u, /\\p\{Script=Greek\}/],
];

for (const [pattern, reason] of refused)
  test(`${String(pattern)} is refused, with its reason`, () => {
    assert.throws(
      () => patternText(pattern.source, pattern.flags),
      (error) => error instanceof PatternRefusedError && reason.test(error.message),
    );
  });
