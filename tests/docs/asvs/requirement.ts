/** What is said of one requirement of OWASP ASVS 5.0: a row of docs/reference/asvs.md. */
export interface Requirement {
  /** `1.2.3`, as the standard numbers it. */
  readonly number: string;
  /** What it asks, in words of our own. */
  readonly asks: string;
  readonly state: RequirementState;
  /** What meets it. `{path}`, from the root of the repository, becomes a link. */
  readonly by: string;
  readonly tests: readonly NamedTest[];
  /** What is not there, of one that is not wholly met; what an app has to do, of one that is the app's. */
  readonly missing?: string;
}

/** `app`: no back end can meet it for what is built upon it. */
export type RequirementState = "met" | "partly" | "not yet" | "app";

/** A file, without `.test.ts`, and the title of a test in it as it stands there. */
export type NamedTest = readonly [file: string, title: string];

export function met(number: string, asks: string, by: string, ...tests: readonly NamedTest[]): Requirement {
  return { number, asks, state: "met", by, tests };
}

export function partly(
  number: string,
  asks: string,
  [by, missing]: readonly [string, string],
  ...tests: readonly NamedTest[]
): Requirement {
  return { number, asks, state: "partly", by, tests, missing };
}

export function notYet(number: string, asks: string, missing: string): Requirement {
  return { number, asks, state: "not yet", by: "", tests: [], missing };
}

/** `by` says what is there for the app to do it with. */
export function ofTheApp(
  number: string,
  asks: string,
  [by, missing]: readonly [string, string],
  ...tests: readonly NamedTest[]
): Requirement {
  return { number, asks, state: "app", by, tests, missing };
}
