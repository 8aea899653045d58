import type { PlannedStep } from "../step.ts";

/**
 * What the developer has said: on the command line, in the options, or in answer to questions. Nothing here is guessed.
 * Names are those of the new definition (`reviews`, `reviews.body`), but for what is dropped.
 */
export interface Answers {
  /** New name to old name: `{ "reviews.body": "text", "schools": "colleges" }`. `null`: it is new, and no rename. */
  readonly renames?: Readonly<Record<string, string | null>>;
  /** Ids of losses that are meant (`drop reviews.body`, `cut reviews.title`). */
  readonly allow?: readonly string[];
  /** Values for rows that have none, by `table.column`: SQL expressions over the row. A text is `'text'`. */
  readonly fill?: Readonly<Record<string, string>>;
  /** How a column gets its new type, by `table.column`: SQL expressions over the row, the old column under its name. */
  readonly convert?: Readonly<Record<string, string>>;
}

/** Something that only a person knows. */
export interface Question {
  /**
   * `renameTable`: is this new table one of those that are gone? `renameColumn`: the same of columns. Answered in `Answers.renames`.
   * `fill`: a column becomes required, and rows have no value. Answered in `Answers.fill`.
   * `convert`: a column gets a type into which no safe conversion is known. Answered in `Answers.convert`.
   * `show`: a new column or table was dropped not long ago and is still there, hidden. Answered in `Answers.renames`: its own name
   * brings it back, `null` makes a new one.
   */
  readonly type: "renameTable" | "renameColumn" | "fill" | "convert" | "show";
  /** What it is about, and the key of the answer: `reviews`, `reviews.body`. */
  readonly about: string;
  /** The old names that it could be, the likeliest first. Of `fill` and `convert`: expressions that may be meant. */
  readonly candidates: readonly string[];
  /** One sentence, ending with a question mark. */
  readonly text: string;
}

/** What would be lost or fail. Refused until `Answers.allow` names it; where the rows themselves forbid it, they must change first. */
export interface Loss {
  /** Names it in `Answers.allow`: `drop reviews.body`. */
  readonly id: string;
  /** One sentence. */
  readonly text: string;
  /** Rows concerned. */
  readonly rows: number;
  /** Said in `Answers.allow`. */
  readonly isAllowed: boolean;
  /**
   * False where nobody can allow it: two rows with the same value under a new unique index, rows that a new check refuses. `hint` says
   * what to do.
   */
  readonly canBeAllowed: boolean;
  readonly hint: string;
}

/** The way from what the database has to what the definition says. */
export interface Plan {
  readonly from: string;
  readonly to: string;
  /** In the order in which they run. Complete only when there are no questions. */
  readonly steps: readonly PlannedStep[];
  readonly kinds: Readonly<Record<string, string>>;
  readonly questions: readonly Question[];
  readonly losses: readonly Loss[];
  /** No question is open and every loss is allowed: it may be applied. */
  readonly isReady: boolean;
  /** Nothing can get lost or fail, and the version before goes on: what `chassis dev` does by itself. */
  readonly isSafe: boolean;
  /** The definition is what the database has. */
  readonly isEmpty: boolean;
  readonly compatibility: Compatibility;
}

/** What the version before makes of the new schema. */
export interface Compatibility {
  /** Its statements all still work: it may run beside the new version. */
  readonly isCompatible: boolean;
  /** Why it does not, one sentence each. */
  readonly breaks: readonly string[];
  /** What it would notice although it works: values that it does not expect. */
  readonly warnings: readonly string[];
}
