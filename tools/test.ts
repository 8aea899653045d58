import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { filesNamed, filesOf, root } from "./tests/choose-files.ts";
import { planProcesses } from "./tests/plan-processes.ts";
import { watchTimes } from "./tests/watch-times.ts";

const usage = `npm test                      all tests but the long ones
npm run test:long             the long ones, which tools/tests/long-files.ts names, and properties more often
npm test -- tests/cli backup  the files that are meant: by the beginning of their path, or a part of it
npm test -- --slow            with a list of the slowest files in the end
One file by itself: node --test src/config.test.ts`;

interface Wish {
  readonly files: readonly string[];
  readonly isLong: boolean;
  readonly slow: boolean;
}

/** @throws Error that says what is wrong with the words */
function readWish(): Wish {
  const options = { long: { type: "boolean", default: false }, slow: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { long: isLong, slow } = values;
  if (positionals.length === 0) return { files: filesOf(isLong ? "long" : "short"), isLong, slow };
  return { files: filesNamed(positionals), isLong, slow };
}

function runTests({ files, isLong, slow }: Wish): void {
  // For the tests' processes, and for what they start.
  if (isLong) process.env["PROPERTY_RUNS"] ??= "long";
  const folder = mkdtempSync(join(tmpdir(), "tests-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // What runs is told by the terminal too.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const tests = run({
    files: [...planProcesses(files, folder)],
    cwd: root,
    // One more than there are processors, since tests wait as well; beyond four, what they measure of time would be the machine's.
    concurrency: Math.min(availableParallelism() + 1, 4),
    timeout: 300_000,
    // Whole, for threads and programs of the tests take it over, and may run in other folders.
    execArgv: ["--import", new URL("compile-cache.mjs", import.meta.url).href],
  });
  const times = watchTimes(tests);
  tests.on("test:fail", () => void (process.exitCode = 1));
  tests.on("end", () => times.keep(slow));
  tests.compose(spec).pipe(process.stdout);
}

try {
  runTests(readWish());
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
