import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const source = join(import.meta.dirname, "../../src");
const doors = JSON.parse(readFileSync(join(source, "../package.json"), "utf8")).imports as Readonly<Record<string, string>>;

/** The files that are loaded before the program does anything: types, and what is imported when it is needed, are none. */
function loadedWith(entry: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b(?! type)[^;]*?\bfrom\s*"([^"]+)"/gm)) {
      const door = doors[specifier];
      if (door !== undefined) visit(join(source, "..", door));
      else if (specifier.startsWith(".")) visit(join(dirname(file), specifier));
    }
  };
  visit(entry);
  return [...seen].map((file) => relative(source, file));
}

test("a definition is read without the server, so that check and the like need not wait for it", () => {
  const files = loadedWith(join(source, "index.ts"));
  assert.ok(files.includes("application/index.ts"));
  assert.deepEqual(
    files.filter((file) => file.startsWith("server/") || file === "platform.ts"),
    [],
  );
});
