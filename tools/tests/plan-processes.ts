import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isLong, read, root } from "./choose-files.ts";

/**
 * What is one for a whole process: hooks outside of any suite, which would run around the tests of others, snapshots, whose file is named for the process's first, and
 * what is patched or measured of the process, its timers or its memory.
 */
const needsOwnProcess =
  /^(?:beforeEach|afterEach)\(|\.mock\.|assert\.snapshot\(|process\.(?:on|once|chdir|exitCode|emit\w*|getActiveResourcesInfo|memoryUsage|cpuUsage|umask)\b|process\.env\S* =|globalThis\.\w+ =|process\.std(?:out|err)|perf_hooks|loop-watch/m;

const isAlone = (file: string): boolean => isLong(file) || needsOwnProcess.test(read(file));

/** About so many files share a process: few enough that one that hangs is soon found, and that all processors have work to the end. */
const SHARE = { src: 28, tests: 12 } as const;

/** How long files took when they last ran here, in ms. Where nothing is known, a file is as slow as it is long. */
const timesFile = join(root, "node_modules/.cache/tests/times.json");

export type Times = Readonly<Record<string, number>>;

function readTimes(): Times {
  try {
    return JSON.parse(readFileSync(timesFile, "utf8"));
  } catch {
    return {};
  }
}

export function keepTimes(times: Times): void {
  mkdirSync(dirname(timesFile), { recursive: true });
  writeFileSync(timesFile, JSON.stringify({ ...readTimes(), ...times }));
}

/**
 * The files that the runner of Node.js is given, a process each. Most test files cost less than their process, which loads all of the sources, so these share a
 * few: each is a file that imports its share of them. What takes long comes first, so that no processor waits for another at the end.
 * @param folder for the files of shares: a temporary one, not below node_modules, where the runner looks at no file
 */
export function planProcesses(files: readonly string[], folder: string, times: Times = readTimes()): readonly string[] {
  const weight = (file: string): number => times[file] ?? statSync(join(root, file)).size / 5;
  const byWeight = [...files].sort((a, b) => weight(b) - weight(a));
  const alone = byWeight.filter(isAlone);
  const together = byWeight.filter((file) => !isAlone(file));
  const units = deal(
    together.filter((file) => file.startsWith("src/")),
    SHARE.src,
  );
  const crossing = deal(
    together.filter((file) => !file.startsWith("src/")),
    SHARE.tests,
  );
  const processes = [
    ...alone.map((file) => ({ path: join(root, file), weight: weight(file) })),
    ...[...units, ...crossing].map((share, place) => ({
      path: writeShare(join(folder, `share-${place + 1}.test.mjs`), share),
      weight: share.reduce((sum, file) => sum + weight(file), 0),
    })),
  ];
  return processes.sort((a, b) => b.weight - a.weight).map(({ path }) => path);
}

/** As cards are dealt: of files that stand by their weight, each share gets as much as the others. */
function deal(files: readonly string[], size: number): readonly (readonly string[])[] {
  const count = Math.ceil(files.length / size);
  return Array.from({ length: count }, (_, share) => files.filter((_file, place) => place % count === share));
}

/** One after another: their servers do not all start at once. */
function writeShare(path: string, files: readonly string[]): string {
  writeFileSync(path, files.map((file) => `await import(${JSON.stringify(pathToFileURL(join(root, file)).href)});\n`).join(""));
  return path;
}
