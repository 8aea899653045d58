import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
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

/** Every file of src/ with the files that it imports: by `import`, `import type`, `export from`, and `import()` when it is needed. */
function importGraph(read = importsOf): ReadonlyMap<string, readonly string[]> {
  const doors = JSON.parse(readFileSync(join(source, "../package.json"), "utf8")).imports as Readonly<Record<string, string>>;
  const resolve = (from: string, specifier: string): readonly string[] => {
    if (specifier.startsWith(".")) return [normalize(join(dirname(from), specifier))];
    const door = doors[specifier];
    return door === undefined ? [] : [normalize(door).replace(/^src\//, "")];
  };
  const graph = new Map<string, readonly string[]>();
  for (const file of globSync("**/*.ts", { cwd: source }))
    graph.set(
      file,
      read(readFileSync(join(source, file), "utf8")).flatMap((name) => resolve(file, name)),
    );
  return graph;
}

function importsOf(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  const found = code.matchAll(/(?:^(?:import|export)\b[^"'`;=()]*?\bfrom\s*|^import\s*|\bimport\(\s*)["'`]([^"'`]+)["'`]/gm);
  return [...found].map(([, specifier = ""]) => specifier);
}

/** Those of them that are loaded with the file: neither types alone, nor only when needed. */
function loadedWith(text: string): readonly string[] {
  return importsOf(text.replace(/^(?:import|export) type\b[^"'`;=()]*?\bfrom\s*["'][^"']+["'];/gm, "").replaceAll("import(", ""));
}

/** One cycle for each import that closes one, as the files along it; the first and the last are the same. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push([...path.slice(start), file].join(" -> "));
    if (start !== -1 || done.has(file)) return;
    path.push(file);
    for (const imported of graph.get(file) ?? []) visit(imported);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}

test("no file is in a cycle, and imports of types alone or only when needed count", () => {
  const graph = importGraph();
  assert.deepEqual(
    [...graph.values()].flat().filter((file) => !graph.has(file) && !file.startsWith("../")),
    [],
  );
  // The graph is of no use where it does not see all four ways of importing.
  assert.deepEqual(
    importsOf('import "./a.ts";\nimport type {\n  B,\n} from "./b.ts";\nexport { c } from "./c.ts";\nawait import("./d.ts");\n'),
    ["./a.ts", "./b.ts", "./c.ts", "./d.ts"],
  );
  assert.ok(graph.get("cli/program.ts")?.includes("cli/check/check.ts"));
  assert.deepEqual(findCycles(graph), []);
});

test("the command line loads no more than itself before it knows the command", () => {
  // Help, completion and mistyped commands would take ten times as long if all of the application came with them.
  const graph = importGraph(loadedWith);
  const loaded = new Map([["cli/program.ts", ""]]);
  for (const [file] of loaded) for (const next of graph.get(file) ?? []) if (!loaded.has(next)) loaded.set(next, file);
  const wrong = [...loaded].filter(([file]) => !/^(?:cli|base|contract)\//.test(file));
  assert.deepEqual(
    wrong.filter(([, by]) => by.startsWith("cli/")).map(([file, by]) => `${by} imports ${file}`),
    [],
  );
  assert.ok(loaded.has("cli/data/data-commands.ts"));
});
