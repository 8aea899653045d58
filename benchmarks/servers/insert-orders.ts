/** What `bare-inserts.ts` is told. */
export interface InsertOrder {
  /** 1 waits for the disk at each commit, more share the waiting. */
  readonly writers: number;
  readonly milliseconds: number;
}

export interface InsertResult {
  /** On the disk. */
  readonly rows: number;
}
