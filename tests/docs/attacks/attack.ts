import type { NamedTest } from "../asvs/requirement.ts";

/** One attack that must fail: a row of docs/reference/attacks.md. */
export interface Attack {
  readonly number: number;
  /** What is tried, in words of our own. `{path}` becomes a link. */
  readonly tried: string;
  readonly tests: readonly NamedTest[];
  /** What is not there yet, of the product or of the test. */
  readonly missing?: string;
}

export interface AttackGroup {
  readonly title: string;
  readonly attacks: readonly Attack[];
}

/** Tests of one file of tests/attacks, by their titles; of another folder by a path, such as `src/cli/command-line/hostile-files`. */
export function inFile(name: string): (...titles: readonly string[]) => readonly NamedTest[] {
  const path = name.includes("/") ? name : `tests/attacks/${name}`;
  return (...titles) => titles.map((title) => [path, title] as const);
}

export function held(number: number, tried: string, ...tests: readonly (readonly NamedTest[])[]): Attack {
  return { number, tried, tests: tests.flat() };
}

/** Not, or not wholly, held. */
export function open(number: number, tried: string, missing: string, ...tests: readonly (readonly NamedTest[])[]): Attack {
  return { number, tried, tests: tests.flat(), missing };
}
