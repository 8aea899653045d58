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

test("58: no value of any kind takes longer to be refused than it is long", () => {
  const length = 50_000;
  const long = ["0", "1", "0.", "0e1", "a.", "a@", "a-", "-", " ", "0:", "0-", "A", "="].map((part) =>
    part.repeat(Math.ceil(length / part.length)),
  );
  for (const [name, kind] of Object.entries(kinds))
    for (const text of long.flatMap((each) => [`${each}x`, `1.${each}x`, `-${each}x`, `a@${each}x`, `https://${each} `])) {
      const began = performance.now();
      kind.fromText(text, { precision: 18, scale: 2 });
      kind.fromJson(text, { precision: 18, scale: 2 });
      const taken = performance.now() - began;
      // A real number took a minute.
      assert.ok(taken < 2000, `${name}: ${text.slice(0, 12)}… took ${Math.round(taken)} ms`);
    }
});
