import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errorTable } from "#contract";

test("docs/reference/errors.md lists the errors that there are, and no others", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/errors.md"), "utf8");
  const documented = page.split("\n").filter((line) => line.startsWith("| `"));
  const rows = Object.entries(errorTable).map(
    ([name, { status, code, message }]) => `| \`${code}\` | ${status} | ${message} | \`${name}\` |`,
  );
  assert.deepEqual(documented, rows);
});
