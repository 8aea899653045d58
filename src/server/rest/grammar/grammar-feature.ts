import type { ErrorName } from "#contract";

/**
 * One feature of PostgREST's API, or one of ours, and what becomes of it here. docs/reference/rest-grammar.md is made from these.
 */
export interface GrammarFeature {
  readonly feature: string;
  readonly support: "yes" | "differs" | "no" | "ours";
  /** How it is written: a query string, or a header. A test tries each that it can. */
  readonly search?: string;
  readonly accept?: string;
  readonly prefer?: string;
  /** Any other way to write it, for people. */
  readonly written?: string;
  /** Where it is refused: the error. */
  readonly error?: ErrorName;
  readonly note?: string;
}

export interface GrammarArea {
  readonly title: string;
  readonly features: readonly GrammarFeature[];
}
