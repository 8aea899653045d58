import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * All tests: `npm test`. A process costs more than most of the small tests beside the sources, so these share a few: each process is a file that
 * imports its share of them, and the runner of Node.js counts, reports and fails as ever. Files that need a process of their own are seen by what they
 * write (`needsOwnProcess`). Each file runs alone by `node --test` too.
 */
const root = resolve(import.meta.dirname, "..");
// Not below node_modules, where the runner looks at no file.
const folder = mkdtempSync(join(tmpdir(), "tests-"));

/**
 * What is one for a whole process: hooks outside of any suite, which would run around the tests of others, and what is patched or measured of the process, its
 * timers or its memory.
 */
const needsOwnProcess =
  /^(?:beforeEach|afterEach)\(|\.mock\.|process\.(?:on|once|chdir|exitCode|emit\w*|getActiveResourcesInfo|memoryUsage|cpuUsage|umask)\b|process\.env\S* =|globalThis\.\w+ =|process\.std(?:out|err)|perf_hooks|loop-watch/m;

const files = (...patterns: readonly string[]): readonly string[] => globSync(patterns, { cwd: root }).sort();

const units = files("src/**/*.test.ts");
const alone = units.filter((file) => needsOwnProcess.test(readFileSync(join(root, file), "utf8")));
const together = units.filter((file) => !alone.includes(file));

/** About so many files share a process: few enough that one that hangs is soon found, and that all processors have work. */
const SHARE = 28;
const count = Math.max(availableParallelism(), Math.ceil(together.length / SHARE));
const shares = Array.from({ length: count }, (_, share) => {
  const path = join(folder, `units-${share + 1}.test.mjs`);
  const imports = together.filter((_file, index) => index % count === share);
  writeFileSync(path, imports.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)};\n`).join(""));
  return path;
});

const crossing = files("tests/**/*.test.ts", "examples/**/*.test.ts", "templates/**/*.test.ts");
const options = [
  "--import",
  // Whole, for threads and programs of the tests take it over, and may run in other folders.
  new URL("compile-cache.mjs", import.meta.url).href,
  "--test",
  "--test-concurrency=2",
  "--test-timeout=300000",
  "--test-reporter=spec",
];
const child = spawn(process.execPath, [...options, ...shares, ...alone, ...crossing], { cwd: root, stdio: "inherit" });
child.on("close", (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
