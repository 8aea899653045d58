import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { textWidth, width, wrapText } from "./wrap-text.ts";

test("no line is wider than it may be, but a word that is so by itself, and no word is lost", () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom("a", "é", "例", "🎉", "-"), minLength: 1, maxLength: 90 }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(words, fc.constantFrom("", "> ", "- "), (given, first) => {
      const rest = " ".repeat(first.length);
      const lines = wrapText(given.join(" "), { first, rest }).split("\n");
      for (const [index, line] of lines.entries()) {
        const prefix = index === 0 ? first : rest;
        assert.ok(line.startsWith(prefix.trimEnd()));
        assert.ok(width(line) <= textWidth || !line.slice(prefix.length).includes(" "), line);
      }
      assert.deepEqual(
        lines
          .map((line, index) => line.slice((index === 0 ? first : rest).length))
          .join(" ")
          .split(" ")
          .filter(Boolean),
        given,
      );
    }),
  );
});

test("characters of the scripts that are written in squares are two columns wide", () => {
  assert.deepEqual(["abc", "é", "例え", "한글", "🎉", "“…”"].map(width), [3, 1, 4, 4, 2, 3]);
});
