/** What `disturbed-writes.ts` does while others write. */
export type Disturbance =
  /** A migration of a table of so many rows: an index, a check, a column, and another kind of value. */
  | { readonly type: "migration"; readonly rows: number }
  /** A verified backup into a folder of a database of about so many MiB. */
  | { readonly type: "backup"; readonly megabytes: number }
  /** A consumer of the commit feed, for so many milliseconds. */
  | { readonly type: "feed"; readonly milliseconds: number };

export interface DisturbanceOrder {
  readonly folder: string;
  readonly disturbance: Disturbance;
  readonly writers: number;
  /** Milliseconds of writing before and after, for comparison. */
  readonly quiet: number;
}

export interface WritesSeen {
  /** Durable writes. */
  readonly writes: number;
  readonly milliseconds: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly longest: number;
}

export interface DisturbanceResult {
  readonly before: WritesSeen;
  readonly during: WritesSeen;
  readonly after: WritesSeen;
  /** Of the database when it began. */
  readonly bytes: number;
  /** What it said of itself. */
  readonly notes: readonly string[];
}
