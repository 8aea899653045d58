import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { attackGroups } from "./attacks/attacks.ts";
import { describeAttacks } from "./attacks/describe-attacks.ts";
import { missingFiles, root, wrongTest } from "./named-tests.ts";

const attacks = attackGroups.flatMap((group) => group.attacks);

test("docs/reference/attacks.md has each attack once, in order, with tests that are there and run", () => {
  assert.deepEqual(
    attacks.map(({ number }) => number),
    attacks.map((_, index) => index + 1),
  );
  const wrong = attacks.flatMap(({ number, tests, missing }) => [
    ...tests.flatMap(([file, title]) => wrongTest(file, title) ?? []).map((problem) => `${number}: ${problem}`),
    ...missingFiles(missing ?? "").map((path) => `${number}: ${path} is not there`),
  ]);
  assert.deepEqual(wrong, []);
  for (const { number, tests, missing } of attacks)
    assert.ok(tests.length > 0 || missing !== undefined, `${number} is held by which test?`);
});

test("no test that carries a number is left out", () => {
  const named = new Set(attacks.flatMap(({ number, tests }) => tests.map(([file, title]) => `${number} ${file} ${title}`)));
  const forgotten = globSync(["tests/attacks/*.test.ts", "src/**/*.test.ts"], { cwd: root }).flatMap((path) => {
    const file = path.replaceAll("\\", "/").replace(/\.test\.ts$/, "");
    const text = readFileSync(join(root, path), "utf8");
    return [...text.matchAll(/\btest\((?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g)].flatMap(([, plain, template]) => {
      const title = plain ?? template ?? "";
      const [, numbers = ""] = /^(?:ATTACKS )?(\d+(?:, \d+)*): /.exec(title) ?? [];
      return numbers
        .split(", ")
        .flatMap((number) => (number === "" || named.has(`${number} ${file} ${title}`) ? [] : [`${number} ${file} ${title}`]));
    });
  });
  assert.deepEqual(forgotten, [], "tests/docs/attacks/attacks.ts gives each of them its row");
});

test("docs/reference/attacks.md is what the table says: node tests/docs/write-pages.ts writes it", () => {
  assert.equal(readFileSync(join(root, "docs/reference/attacks.md"), "utf8"), describeAttacks());
});
