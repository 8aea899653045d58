const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Times between attempts, from the first to the second on, as Standard Webhooks advises: three days and four hours in all. */
const schedule: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** What a receiver may ask for: it must not put off what is sent to it for ever. */
const LONGEST_WISH = 24 * HOUR;

/** No attempt is planned for later than so many milliseconds from now. */
export const longestDelay: number = LONGEST_WISH * 1.1;

export interface RetryQuestion {
  /** Attempts that were made, from 1. */
  readonly attempts: number;
  /** What the answer's Retry-After said. */
  readonly retryAfter: string | null;
  readonly now: number;
  /** From 0 to 1. */
  readonly chance: number;
}

/**
 * Milliseconds until the next attempt; undefined where there is none any more. A tenth more, at random, so that what failed together does not
 * come back together. Retry-After (RFC 9110 section 10.2.3) makes it later, by a day at most, and never sooner.
 */
export function retryDelay({ attempts, retryAfter, now, chance }: RetryQuestion): number | undefined {
  const usual = schedule[attempts - 1];
  if (usual === undefined) return undefined;
  return Math.round(Math.max(usual * (1 + chance / 10), Math.min(readRetryAfter(retryAfter, now), LONGEST_WISH)));
}

function readRetryAfter(text: string | null, now: number): number {
  if (text === null) return 0;
  if (/^\d{1,10}$/.test(text.trim())) return Number(text) * SECOND;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? 0 : Math.max(0, moment - now);
}
