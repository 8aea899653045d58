/** How much of the past the feed keeps, for consumers that are slow or come back after a break. */
export interface FeedLimits {
  /** Entries that are kept. Default 10,000. */
  readonly entries: number;
  /** Bytes of memory that they may take, as estimated; an entry that alone is larger is not kept. Default 16 MiB. */
  readonly bytes: number;
  /** Milliseconds that entries are still collected after the last consumer has left. Default 60,000. */
  readonly linger: number;
}

export const defaultFeedLimits: FeedLimits = { entries: 10_000, bytes: 16 * 1024 * 1024, linger: 60_000 };
