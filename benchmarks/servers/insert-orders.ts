/** What `bare-inserts.ts` is told: how a row of the statement gets onto the disk. */
export type InsertWay =
  /** Each commit waits for the disk by itself. */
  | "each commit synced"
  /** So many writers, each with a commit of its own; one fdatasync serves all that committed before it began. */
  | "share a sync"
  /** All that wait are written in one commit, which one fdatasync follows. */
  | "share a commit"
  /** All rows in one commit, and nobody is told of any of them before. */
  | "one transaction"
  /** No row at all: 4 KiB are appended to a file and synced. What the disk can do. */
  | "nothing but syncs";

export interface InsertOrder {
  readonly way: InsertWay;
  readonly writers: number;
  readonly milliseconds: number;
}

export interface InsertResult {
  /** On the disk. */
  readonly rows: number;
  /** Milliseconds from the statement to its being on the disk. */
  readonly p50: number;
  readonly p99: number;
}
