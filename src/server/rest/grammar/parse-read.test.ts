import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadQuery } from "#application";
import { examples } from "./parse-examples.ts";
import { parseRead } from "./parse-read.ts";

/** A query with its values in the places that refer to them, so that it can be read. */
function inline({ selection, values }: ReadQuery): unknown {
  const replace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replace);
    if (node === null || typeof node !== "object") return node;
    const isJsonPath = "column" in node && "json" in node;
    if (isJsonPath && (node.json as unknown[]).length === 0) return node.column;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        typeof value === "number" && (key === "value" || key === "limit" || key === "offset") ? values[value] : replace(value),
      ]),
    );
  };
  return replace(selection);
}

for (const [page, cases] of Object.entries(examples)) {
  for (const [search, expected] of cases) {
    test(`${page}: ${search === "" ? "nothing" : search}`, () => {
      const { query } = parseRead("films", search);
      assert.deepEqual(inline(query), expected);
      assert.equal(query.table, "films");
      assert.equal(query.form, "text");
    });
  }
}

test("the cursor of a page is taken as it stands, and an empty one is the first page", () => {
  assert.equal(parseRead("films", "after=").query.after, null);
  assert.equal(parseRead("films", "after=abc").query.after, "abc");
  assert.equal("after" in parseRead("films", "").query, false);
});

test("a range narrows limit and offset", () => {
  const bounds = (search: string, range: string) => {
    const { query, offset } = parseRead("films", search, { range });
    const at = (index: number | undefined) => (index === undefined ? undefined : query.values[index]);
    return [at(query.selection.limit), at(query.selection.offset), offset];
  };
  assert.deepEqual(bounds("", "0-19"), ["20", undefined, 0]);
  assert.deepEqual(bounds("", "10-"), [undefined, "10", 10]);
  assert.deepEqual(bounds("limit=3", "0-1"), ["2", undefined, 0]);
  assert.deepEqual(bounds("limit=3&offset=5", "0-99"), ["3", "5", 5]);
  assert.deepEqual(bounds("limit=0", "0-9"), ["0", undefined, 0]);
  assert.deepEqual(bounds("", "bytes=0-9"), [undefined, undefined, 0]);
});

test("two queries that differ in values alone have one shape", () => {
  const shape = (search: string) => JSON.stringify(parseRead("films", search).query.selection);
  assert.equal(shape("a=eq.1&or=(b.lt.2,c.in.(3,4))&limit=5"), shape("a=eq.x&or=(b.lt.y,c.in.(z))&limit=9"));
  assert.notEqual(shape("a=eq.1"), shape("a=neq.1"));
});
