/**
 * How long the type checker takes over a back end of 100 tables with 600 uses, beside an empty file that imports the same.
 * Budget for the first: 2 s. Run: `node benchmarks/types/measure.ts`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generateBackend } from "./generate.ts";

const root = resolve(import.meta.dirname, "../..");
const source = "chassis";

/** Seconds that the checker says it took, in all, and what it did. */
function check(
  name: string,
  text: string,
): { readonly seconds: number; readonly memory: string; readonly instantiations: string } {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  // Inside the project, so that its packages are found.
  const folder = mkdtempSync(join(root, "node_modules/.cache/types-"));
  try {
    writeFileSync(join(folder, `${name}.ts`), text);
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { isolatedDeclarations: false },
      include: [`${name}.ts`],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const result = spawnSync(join(root, "node_modules/.bin/tsc"), ["--noEmit", "--extendedDiagnostics", "-p", folder], {
      encoding: "utf8",
    });
    if (result.status !== 0) throw new Error(`The checker refused ${name}:\n${result.stdout.slice(0, 4000)}`);
    const figure = (label: string): string => new RegExp(`^${label}:\\s+(\\S+)`, "m").exec(result.stdout)?.[1] ?? "?";
    return {
      seconds: Number.parseFloat(figure("Total time")),
      memory: figure("Memory used"),
      instantiations: figure("Instantiations"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(name: string, text: string): ReturnType<typeof check> {
  const runs = Array.from({ length: 3 }, () => check(name, text)).sort((left, right) => left.seconds - right.seconds);
  return runs[1] ?? { seconds: Number.NaN, memory: "?", instantiations: "?" };
}

const empty = `import { defineSchema } from ${JSON.stringify(source)};\nvoid defineSchema;\n`;
console.table({
  "the package alone": median("empty", empty),
  "100 tables, 600 uses": median("hundred", generateBackend({ tables: 100, uses: 600, source })),
  "100 tables, 600 calls of the client": median("client", generateBackend({ tables: 100, uses: 600, source, client: true })),
  "300 tables, 1800 uses": median("three-hundred", generateBackend({ tables: 300, uses: 1800, source })),
});
