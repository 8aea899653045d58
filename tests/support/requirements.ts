import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { TestContext } from "node:test";

/** What of a test's surroundings decides whether it can run; passed in where that itself is tested. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const here: Surroundings = { environment: process.env };

/**
 * The path of a program that a test needs. Where it is missing the test is skipped with a message that says how to get it, and
 * undefined is given: return then. In CI (the variable `CI` is set) a missing program fails the test instead.
 */
export function requireCommand(
  t: Pick<TestContext, "skip">,
  { names, howToGet }: { readonly names: readonly string[]; readonly howToGet: string },
  { environment }: Surroundings = here,
): string | undefined {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of names) {
    const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    const found = candidates.find(isExecutable);
    if (found !== undefined) return found;
  }
  const message = `This needs ${names.join(" or ")}, which is not here. To get it: ${howToGet}`;
  if (environment["CI"] !== undefined && environment["CI"] !== "") throw new Error(message);
  t.skip(message);
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
