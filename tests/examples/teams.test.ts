import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

test("docs/learn/teams.md shows the example and its test as they are", () => {
  const page = readFileSync(join(root, "docs/learn/teams.md"), "utf8");
  for (const file of ["backend.ts", "backend.test.ts"])
    assert.ok(page.includes(`\`\`\`ts\n${readFileSync(join(root, "examples/teams", file), "utf8")}\`\`\``), file);
});
