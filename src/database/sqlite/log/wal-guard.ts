/** Somebody who must have read the write-ahead log before it begins anew. Neither call ever rejects by itself. */
export interface WalGuard {
  /** The log will have to begin anew soon: now is the time to read most of it. Writers go on. */
  approach(): Promise<void>;
  /** Nobody writes: reads the rest, lets go of the log, runs `copy`, and holds the log again. Where it cannot read, it does not let go. */
  pass<T>(copy: () => Promise<T>): Promise<T>;
}
