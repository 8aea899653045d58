import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "./kinds.ts";

test("JSON with U+0000 or half of a surrogate pair is refused, and a text that only spells such an escape is not", () => {
  const accepts = (value: unknown): boolean => kinds.json.fromJson(value, {}).ok;
  for (const value of ["\u0000", "\ud800", "a\\\udfff", { "\u0000": 1 }, ["\\\\\u0000"]])
    assert.equal(accepts(value), false, JSON.stringify(value));
  for (const value of ["\\u0000", "\\ud800", "\\\\ud800", "\u{1F600}", { "\\u0000": 1 }])
    assert.equal(accepts(value), true, JSON.stringify(value));
});
