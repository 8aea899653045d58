import type { Clock, Logger } from "#base";

/** How far a migration is. */
export interface Progress {
  readonly id: string;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** The step in words: `add column reviews.body`. */
  readonly text: string;
  /** Of a step in batches: rows done and about how many there are; undefined for one that is done at once. */
  readonly rows?: { readonly done: number; readonly total: number };
}

export interface ApplyOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Stops after the batch under way. What was done stays, and applying again goes on from there. */
  readonly signal?: AbortSignal;
  readonly report?: (progress: Progress) => void;
  /** Milliseconds that one batch should hold the writer's turn: its size follows. Default 50. */
  readonly batchTime?: number;
  /** Rolling back: values for rows that were made since and have none, by `table.column`, as SQL over the row. */
  readonly fill?: Readonly<Record<string, string>>;
  /** For tests and rehearsals: hears the time of each transaction. */
  readonly onTransaction?: (milliseconds: number, step: number) => void;
}

export interface Applied {
  readonly id: string;
  /** It had been begun before. */
  readonly resumed: boolean;
  /** The database has the schema now that the migration promises. False where its steps were edited to lead elsewhere. */
  readonly isExpected: boolean;
  readonly milliseconds: number;
  /** The longest that one transaction held the writer's turn: what other writes waited at most. */
  readonly longestStall: number;
  readonly steps: readonly {
    readonly text: string;
    readonly milliseconds: number;
    readonly longestStall: number;
    readonly transactions: number;
  }[];
}

export type MigrationState = "applying" | "applied" | "rollingBack" | "rolledBack";

/** A migration as the database remembers it. */
export interface MigrationRecord {
  readonly id: string;
  readonly name: string;
  readonly state: MigrationState;
  /** The steps that are done, of those of the direction under way. */
  readonly step: number;
  readonly steps: number;
  /** Of the file's text as it was applied. A file that has another one was edited since. */
  readonly checksum: string;
  readonly from: string;
  readonly to: string;
  readonly started: string;
  readonly finished: string | undefined;
}

/** A column or table that was dropped and is still there. */
export interface Hidden {
  readonly kind: "table" | "column";
  readonly table: string;
  readonly column: string | undefined;
  /** Since when, ISO 8601. */
  readonly since: string;
  readonly migration: string;
  /** The first moment at which `purgeHidden` removes it, ISO 8601. */
  readonly until: string;
}

export interface MigrationStatus {
  /** The fingerprint of what the database has now. */
  readonly schema: string;
  /** Oldest first. */
  readonly migrations: readonly MigrationRecord[];
  /** The one that was begun and not finished. */
  readonly unfinished: MigrationRecord | undefined;
  readonly hidden: readonly Hidden[];
}
