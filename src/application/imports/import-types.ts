import type { InputRow, ValueForm } from "../records/query.ts";

/** A row that somebody has in a file, or what is wrong with its place there. */
export interface ImportRow {
  readonly table: string;
  /** How its values are written: as texts and null, or as JSON. */
  readonly form: ValueForm;
  /** Where several files are read: which. */
  readonly file?: string;
  /** From 1; on which it starts, or on which the problem shows. */
  readonly line: number;
  readonly row: InputRow;
  readonly problem?: string;
}

export interface ImportRules {
  /** `stop`: a row that is refused undoes all. `skip`: it is told and left out. */
  readonly onError: "stop" | "skip";
  readonly onConflict?: "merge" | "ignore";
  /** The unique columns by which a row is there already; by default the id. */
  readonly key?: readonly string[];
  /** All is checked and tried, and nothing kept; every row that would be refused is told. */
  readonly dryRun?: boolean;
  /** Rows may come before those that they refer to: references are looked at when all rows are there. Not with `skip`. */
  readonly deferReferences?: boolean;
}

/** A row that was not written. */
export interface Refusal {
  readonly table: string;
  readonly file?: string;
  /** Undefined for what shows only once all rows are there. */
  readonly line?: number;
  readonly message: string;
}

export interface TableTally {
  readonly table: string;
  written: number;
  refused: number;
}

export interface ImportOutcome {
  readonly tables: readonly TableTally[];
  /** The first of them, in the order of the rows: `refusalsKept` at the most. */
  readonly refusals: readonly Refusal[];
  /** False where nothing was kept: for a refusal with `stop`, and for a dry run. */
  readonly kept: boolean;
}

/** Refusals that are kept to be told; others are counted. */
export const refusalsKept = 100;
