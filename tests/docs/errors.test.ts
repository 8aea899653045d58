import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errorGroups, errorTable } from "#contract";
import { describeErrors } from "./describe-errors.ts";
import { root } from "./named-tests.ts";

test("docs/reference/errors.md lists the errors that there are, and no others", () => {
  assert.deepEqual(Object.assign({}, ...errorGroups.map(({ rows }) => rows)), errorTable);
  assert.equal(
    readFileSync(join(root, "docs/reference/errors.md"), "utf8"),
    describeErrors(),
    "node tests/docs/write-pages.ts writes it",
  );
});

test("no two errors have one code", () => {
  const codes = Object.values(errorTable).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
});
