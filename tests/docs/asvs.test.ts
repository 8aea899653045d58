import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chapters } from "./asvs/chapters.ts";
import { describeAsvs } from "./asvs/describe-asvs.ts";
import { requirementLevels } from "./asvs/requirement-levels.ts";
import { missingFiles, root, wrongTest } from "./named-tests.ts";

const rows = chapters.flatMap(({ requirements }) => requirements);

test("docs/reference/asvs.md has every requirement once, in its chapter and in order", () => {
  assert.equal(requirementLevels.size, 216);
  assert.deepEqual(rows.map(({ number }) => number).sort(), [...requirementLevels.keys()].sort());
  for (const { title, requirements } of chapters) {
    const numbers = requirements.map(({ number }) => number);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one.localeCompare(other, "en", { numeric: true })),
      title,
    );
    for (const number of numbers) assert.equal(number.split(".")[0], title.split(" ")[0]);
  }
});

test("what it says is met names files that are there, and tests that are there and run", () => {
  const wrong = rows.flatMap(({ number, by, missing = "", tests }) => [
    ...missingFiles(by + missing).map((path) => `${number}: ${path} is not there`),
    ...tests.flatMap(([file, title]) => wrongTest(file, title) ?? []).map((problem) => `${number}: ${problem}`),
  ]);
  assert.deepEqual(wrong, []);
  for (const { number, state, tests, by } of rows) {
    if (state === "met") assert.ok(tests.length > 0 && by !== "", `${number} is met by what, and held by which test?`);
    if (state === "not yet") assert.deepEqual(tests, [], number);
  }
});

test("docs/reference/asvs.md is what the table says: node tests/docs/write-pages.ts writes it", () => {
  assert.equal(readFileSync(join(root, "docs/reference/asvs.md"), "utf8"), describeAsvs());
});
