import { globSync, readFileSync } from "node:fs";
import { join, matchesGlob, relative, resolve } from "node:path";
import { longFiles } from "./long-files.ts";

/** The repository. */
export const root: string = resolve(import.meta.dirname, "../..");

const places = ["src", "tests", "examples", "templates"].map((folder) => `${folder}/**/*.test.ts`);

const allFiles = (): readonly string[] => globSync(places, { cwd: root }).sort();

/** What a test file says. */
export const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Whether the file takes long by its nature. */
export function isLong(file: string): boolean {
  return Object.keys(longFiles).some((pattern) => matchesGlob(file, pattern));
}

/** Properties that say how often they are tried, here and in the long suite (`tests/support/property-runs.ts`). */
const hasLongProperty = (file: string): boolean => read(file).includes("propertyRuns(");

export type Suite = "short" | "long";

/**
 * The test files of a suite, relative to the repository. Every test file is in one of the two; those whose properties are tried more often in the long one are in both.
 */
export function filesOf(suite: Suite): readonly string[] {
  return allFiles().filter((file) => (suite === "short" ? !isLong(file) : isLong(file) || hasLongProperty(file)));
}

/**
 * The test files that some words of a developer mean, of both suites: each is the beginning of a path from the repository or from where they are (`tests/cli`,
 * `./config.test.ts`), or a part of one (`backup`).
 * @throws Error if a word means none
 */
export function filesNamed(words: readonly string[], from: string = process.cwd()): readonly string[] {
  const all = allFiles();
  const named = new Set<string>();
  for (const word of words) {
    const path = relative(root, resolve(from, word));
    const begins = all.filter((file) => file === path || file.startsWith(`${path}/`));
    const meant = begins.length > 0 ? begins : all.filter((file) => file.includes(word));
    if (meant.length === 0) throw new Error(`No test file has '${word}' in its path. They are named like src/config.test.ts.`);
    for (const file of meant) named.add(file);
  }
  return all.filter((file) => named.has(file));
}
