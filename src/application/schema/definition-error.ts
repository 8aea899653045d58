/** One mistake of a definition: where it stands (`schools.country`, `rules.reviews.update`) and what is wrong. */
export interface DefinitionProblem {
  readonly place: string;
  readonly message: string;
}

/** Thrown while a back end is being defined, with every mistake that could be found, so that none hides behind another. */
export class DefinitionError extends Error {
  override readonly name: string = "DefinitionError";
  readonly problems: readonly DefinitionProblem[];

  constructor(problems: readonly DefinitionProblem[]) {
    const [first, ...others] = problems;
    const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
    super(
      first === undefined || others.length === 0
        ? `The definition has a mistake: ${first?.place}: ${first?.message}`
        : `The definition has ${problems.length} mistakes:\n${lines.join("\n")}`,
    );
    this.problems = problems;
  }
}

/** Throws what was collected, if anything was. */
export function refuseDefinition(problems: readonly DefinitionProblem[]): void {
  if (problems.length > 0) throw new DefinitionError(problems);
}
