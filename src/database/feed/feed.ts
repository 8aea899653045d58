import type { CommitEntry } from "./row-change.ts";

export interface SubscribeOptions {
  /** Goes on after this position instead of from now on. */
  readonly after?: string;
  /** Ends the iteration, which then throws its reason. */
  readonly signal?: AbortSignal;
  /** Only changes of these tables of the model, and only entries that have some. By default all. */
  readonly tables?: Iterable<string>;
}

/**
 * What happens in the database, one entry a committed transaction, in the order of the commits and without gaps, and only what is
 * durable. A transaction that was rolled back, or a dry run, has none.
 */
export interface Feed {
  /**
   * Once it resolves nothing is missed: what was committed before is seen by whoever reads now, what is committed after comes as
   * an entry. While nobody subscribes, nothing is kept and transactions pay nothing; how long entries are kept otherwise, see `FeedLimits`.
   *
   * @throws AppError `feedGone` when the entries after the position are not there any more (too many came since, the process is
   * another one, or the schema was changed), and `invalidValue` when it is no position. The iteration throws `feedGone` too, once
   * the consumer has fallen behind what is kept. In either case: subscribe without a position, and read everything anew. `unavailable`
   * once the database is closed, which ends iterations.
   */
  subscribe(options?: SubscribeOptions): Promise<FeedSubscription>;
}

/** Iterate over it once. It holds no entries of its own, so that a slow consumer costs no memory. */
export interface FeedSubscription extends AsyncIterable<CommitEntry> {
  /**
   * Where it stands, for `after`: past the last entry that was given out, and past all that have nothing of its tables. It is good
   * until the process ends.
   */
  readonly position: string;
  /** Ends the iteration, as leaving its loop does. Whoever never iterates must call it: entries are collected until then. */
  close(): void;
}
