import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { printSchema } from "./print-schema.ts";
import type { PulledSchema } from "./pulled-schema.ts";

const hostile = [
  "\nprocess.exit(1);//",
  "*/process.exit(1);/*",
  "\u2028process.exit(1);//",
  "`${process.exit(1)}`",
  '"; process.exit(1); "',
  "\\",
  "\u202e\u2066user\u2069",
  "\u001b]0;title\u0007\u001b[2J",
  "\u200b\u00ad\ufeff",
  "\ud800",
];

test("no name, default or check of a hostile database becomes code, or shows in another order than it is run in", () => {
  for (const text of hostile) {
    const pulled = {
      tables: [
        {
          name: "a",
          source: { name: text, rows: 1 },
          comments: [text],
          unique: [],
          indexes: [],
          checks: [],
          fields: [
            {
              name: "b",
              calls: [
                { name: "enums", arguments: ["x", text] },
                { name: "default", arguments: [text] },
              ],
              comment: text,
            },
          ],
        },
      ],
      leftOut: [{ what: text, reason: text }],
    } as unknown as PulledSchema;
    const code = printSchema(pulled, { origin: text, library: "chassis" });
    assert.doesNotMatch(code, /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u, JSON.stringify(text));
    const run = code.replace(/^import .*$/m, "").replace("export const schema =", "");
    const seen: unknown[] = [];
    const field = { default: (given: unknown) => seen.push(given) };
    const enums = (...given: unknown[]): typeof field => {
      seen.push(...given);
      return field;
    };
    const exit = (): never => assert.fail("It was run.");
    runInNewContext(run, { defineSchema: (tables: unknown) => tables, enums, process: { exit } });
    assert.deepEqual(seen, ["x", text, text]);
  }
});
