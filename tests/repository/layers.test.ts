import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compositionFiles, layers } from "../../oxlint.config.ts";

const source = join(import.meta.dirname, "../../src");

test("every part of src/ has its place in the layers", () => {
  // A part that the table does not name would be free to import anything.
  const entries = readdirSync(source, { withFileTypes: true });
  const parts = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts")).map(({ name }) => name);
  assert.deepEqual(
    parts.filter((part) => layers[part] === undefined),
    [],
  );
  assert.deepEqual(
    files.filter((file) => compositionFiles[file] === undefined),
    [],
  );
});

test("an import that waits until it is needed goes the same way as every other", () => {
  // The linter reads static imports only.
  const wrong: string[] = [];
  for (const file of globSync("**/*.ts", { cwd: source })) {
    const place = file.split("/")[0] ?? "";
    const allowed = layers[place] ?? compositionFiles[place] ?? [];
    const text = readFileSync(join(source, file), "utf8");
    for (const [, specifier = ""] of text.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/g)) {
      const door = specifier.startsWith("#") && !allowed.includes(specifier);
      const path = specifier.startsWith("../") && join(file, "..", specifier).split("/")[0] !== place;
      if (door || path) wrong.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});
