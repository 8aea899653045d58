import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { measureJson } from "./measure-json.ts";

function depthOf(value: unknown): number {
  if (value === null || typeof value !== "object") return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function countOf(value: unknown): number {
  if (value === null || typeof value !== "object") return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countOf(item), 1);
}

test("the depth of any JSON is exact, and no value of it goes uncounted", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indent) => {
      const { depth, values } = measureJson(JSON.stringify(value, null, indent));
      assert.equal(depth, depthOf(JSON.parse(JSON.stringify(value))));
      assert.ok(values >= countOf(value) && values <= 2 * countOf(value));
    }),
  );
});

test("brackets and quotes inside a text do not count", () => {
  assert.deepEqual(measureJson(String.raw`["[[\"[[\\","{",1]`), { depth: 1, values: 4 });
  assert.deepEqual(measureJson('"[[['), { depth: 0, values: 1 });
  assert.equal(measureJson("[".repeat(100_000)).depth, 100_000);
});
