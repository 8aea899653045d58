import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describeLogs, logLines } from "./logs/describe-logs.ts";
import { root } from "./named-tests.ts";

test("docs/reference/logs.md has every line that can be logged: node tests/docs/write-pages.ts writes it", () => {
  assert.ok(logLines().length > 60);
  assert.equal(readFileSync(join(root, "docs/reference/logs.md"), "utf8"), describeLogs());
});
