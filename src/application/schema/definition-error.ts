import { didYouMean } from "#base";
import type { Way } from "../rules/rule-gaps.ts";

/** One mistake of a definition: where it stands (`schools.country`, `rules.reviews.update`) and what is wrong. */
export interface DefinitionProblem {
  readonly place: string;
  readonly message: string;
}

/**
 * The complaint about what stands on a mistake made elsewhere: a rule on a field that is wrong itself. It stops the rule like any
 * other and is not shown, for the mistake is listed where it was made.
 */
export const inDoubt = "stands on something that is wrong itself";

/** Thrown while a back end is being defined, with every mistake that could be found, so that none hides behind another. */
export class DefinitionError extends Error {
  override readonly name: string = "DefinitionError";
  readonly problems: readonly DefinitionProblem[];
  /** What no rule speaks of, as far as the mistakes let that be known. */
  readonly missing: readonly Way[];

  constructor(problems: readonly DefinitionProblem[], missing: readonly Way[] = []) {
    const [first, ...others] = problems;
    const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
    super(
      first === undefined || others.length === 0
        ? `The definition has a mistake: ${first?.place}: ${first?.message}`
        : `The definition has ${problems.length} mistakes:\n${lines.join("\n")}`,
    );
    this.problems = problems;
    this.missing = missing;
  }
}

/** The value as an object of things by name; anything else is a mistake, and stands for none. */
export function namedThings(
  value: unknown,
  place: string,
  problems: DefinitionProblem[],
  wanted = "an object",
): Readonly<Record<string, unknown>> {
  const isList = Array.isArray(value);
  if (typeof value === "object" && value !== null && !isList) return value as Readonly<Record<string, unknown>>;
  problems.push({ place, message: `must be ${wanted}, not ${value === null ? "null" : isList ? "a list" : typeof value}` });
  return {};
}

/** Names that mean nothing where they stand: what was meant by them would be left out without a word. */
export function refuseUnknown(given: object, known: readonly string[], problems: DefinitionProblem[]): void {
  for (const name of Object.keys(given))
    problems.push({ place: name, message: `is none of ${known.join(", ")}${didYouMean(name, known)}` });
}

/** Throws what was collected, if anything was. */
export function refuseDefinition(problems: readonly DefinitionProblem[], missing: readonly Way[] = []): void {
  if (problems.length === 0) return;
  const own = problems.filter(({ message }) => message !== inDoubt);
  throw new DefinitionError(own.length === 0 ? problems : own, missing);
}
