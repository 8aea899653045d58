/**
 * What the type checker takes for a back end of 100 tables with 600 uses, beside a file that only imports the package. The package is built first: its
 * users check against its declarations. Budget for the middle two: 2 s and 300 MB. Run: `node benchmarks/types/measure.ts`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { generateBackend } from "./generate.ts";
import { GeneratedProject, root } from "./generated-project.ts";

interface Figures {
  /** That the checker says it took, in all. */
  readonly seconds: number;
  readonly memory: string;
  readonly instantiations: string;
}

const source = "chassis";

function check(project: GeneratedProject, text: string): Figures {
  project.write({ "backend.ts": text });
  const result = spawnSync(join(root, "node_modules/.bin/tsc"), ["--extendedDiagnostics", "-p", project.folder], {
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`The checker refused it:\n${result.stdout.slice(0, 4000)}`);
  const figure = (label: string): string => new RegExp(`^${label}:\\s+(\\S+)`, "m").exec(result.stdout)?.[1] ?? "?";
  return {
    seconds: Number.parseFloat(figure("Total time")),
    memory: figure("Memory used"),
    instantiations: figure("Instantiations"),
  };
}

function median(project: GeneratedProject, text: string): Figures {
  const runs = Array.from({ length: 5 }, () => check(project, text)).sort((left, right) => left.seconds - right.seconds);
  return runs[2] ?? { seconds: Number.NaN, memory: "?", instantiations: "?" };
}

using project = GeneratedProject.make();
console.table({
  "the package alone": median(project, `import { defineSchema } from ${JSON.stringify(source)};\nvoid defineSchema;\n`),
  "100 tables, 600 calls of the client": median(project, generateBackend({ tables: 100, uses: 600, source, client: true })),
  "100 tables, 600 uses in functions": median(project, generateBackend({ tables: 100, uses: 600, source })),
  "300 tables, 1800 uses": median(project, generateBackend({ tables: 300, uses: 1800, source })),
});
