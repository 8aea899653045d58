import { availableParallelism } from "node:os";
import { createTurns } from "#database";
import { type HashCost, hashLike, hashPassword, isOutdated, matchesHash, newSalt, passwordCost } from "./password-hash.ts";

export interface PasswordsOptions {
  readonly cost?: HashCost;
  /** How many are worked out at once. Default: one for each processor, at most 3. */
  readonly places?: number;
  /** How many wait for their turn; one more is refused. Default 200. */
  readonly maxWaiting?: number;
}

export interface PasswordVerdict {
  readonly matches: boolean;
  /** It matches, and is to be hashed anew: today's cost is another. */
  readonly outdated: boolean;
}

/**
 * Hashes and checks passwords, a few at a time: each takes tens of milliseconds of a processor and megabytes of memory, and the threads
 * in which they run also sync the disk. Whoever is one too many gets `overloaded`; who goes away while waiting takes no turn.
 */
export interface Passwords {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /** Where nothing is stored, it takes as long and does not match. */
  verify(password: string, stored: string | undefined, signal?: AbortSignal): Promise<PasswordVerdict>;
  /** Hashes a set of texts of which one is looked for later: all with one salt, so that looking takes one hash. */
  hashSet(texts: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /** The hash of a text as it would be in the set that `stored` is of. */
  hashLike(text: string, stored: string, signal?: AbortSignal): Promise<string>;
}

/** libuv has four threads. One stays free for the disk. */
const MOST_PLACES = 3;

export function createPasswords(options: PasswordsOptions = {}): Passwords {
  const { cost = passwordCost, places = Math.min(MOST_PLACES, availableParallelism()), maxWaiting = 200 } = options;
  const turns = createTurns({ places, maxWaiting, what: "passwords" });
  async function inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const release = await turns.take(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
  return {
    hash: (password, signal) => inTurn(() => hashPassword(password, cost), signal),
    verify: (password, stored, signal) =>
      inTurn(async () => {
        if (stored === undefined) {
          await hashPassword(password, cost);
          return { matches: false, outdated: false };
        }
        const matches = await matchesHash(password, stored);
        return { matches, outdated: matches && isOutdated(stored, cost) };
      }, signal),
    async hashSet(texts, signal) {
      const salt = newSalt();
      return Promise.all(texts.map((text) => inTurn(() => hashPassword(text, cost, salt), signal)));
    },
    hashLike: (text, stored, signal) => inTurn(() => hashLike(text, stored), signal),
  };
}
