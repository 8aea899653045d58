import type { Rate } from "./rate.ts";

/** What one who asks has left. */
export interface Taken {
  /** False where there was not enough left; then nothing was taken. */
  readonly taken: boolean;
  /** How many are left. */
  readonly remaining: number;
  /** Milliseconds until as many are there as were asked for; 0 where they were taken. */
  readonly retryAfter: number;
}

/**
 * Keeps how much everybody has had, of every limit. One number for each key is enough: the time at which all that was taken will have come
 * back (the theoretical arrival time of GCRA, ITU-T I.371). The memory of one process keeps it here; nodes that share a limit keep it in a
 * place of theirs, a table with one row a key and one statement to take from it, say.
 */
export interface RateStore {
  /** `limit` names the limit, `key` who asks; `cost` is at least 1. What is more than all of the rate counts as all of it. */
  take(limit: string, key: string, rate: Rate, cost: number): Taken | Promise<Taken>;
}
