const FIRST = 1000;
const LONGEST = 3_600_000;

/**
 * Milliseconds before the next attempt after the n-th one failed, from 1: doubling from one second to an hour, of which a quarter is
 * left to chance, so that what failed together does not come back together ("equal jitter", Brooker, "Exponential Backoff and
 * Jitter", 2015, with a smaller share).
 */
export function exponentialBackoff(attempt: number): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole * (0.75 + Math.random() * 0.25));
}
