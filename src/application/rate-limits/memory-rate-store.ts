import type { Clock } from "#base";
import { createKeyedHash } from "./keyed-hash.ts";
import type { RateStore, Taken } from "./rate-store.ts";

/** Places of one row. Four rows of them are a mebibyte for each limit. */
const PLACES = 32_768;
const ROWS = 4;

export interface MemoryRateStore extends RateStore {
  take(...args: Parameters<RateStore["take"]>): Taken;
}

/** Milliseconds that may be lost in adding fractions up. */
const ROUNDING = 0.001;

/**
 * Limits in the memory of this process, which takes the same memory whoever asks: a table of times for each limit, in which every key has one
 * place in each of four rows (a count-min sketch with conservative update: Cormode and Muthukrishnan 2005, Estan and Varghese 2002). The
 * earliest of its four times is its own.
 *
 * A map of keys would have to grow with a flood of addresses, or forget, and whoever makes it forget has a fresh limit. Here nothing is
 * forgotten. The price: keys that meet in all four places share a limit. Of 1,000 that have asked within the time of their limit, about one in
 * a million does; of 10,000, one in 200.
 */
export function createMemoryRateStore(clock: Clock): MemoryRateStore {
  const hash = createKeyedHash();
  const tables = new Map<string, Float64Array>();

  return {
    take(limit, key, { amount, per }, cost) {
      let table = tables.get(limit);
      if (table === undefined) tables.set(limit, (table = new Float64Array(PLACES * ROWS)));
      const { low, high } = hash(key);
      const now = clock.monotonic();

      let back = Infinity;
      for (let row = 0; row < ROWS; row++) {
        const time = table[placeOf(row, low, high)] ?? 0;
        if (time < back) back = time;
      }
      const spacing = per / amount;
      const owed = Math.max(back - now, 0);
      const after = owed + Math.min(cost, amount) * spacing;
      const missing = after - per;
      if (missing > ROUNDING)
        return { taken: false, remaining: Math.max(Math.floor((per - owed) / spacing), 0), retryAfter: missing };

      for (let row = 0; row < ROWS; row++) {
        const place = placeOf(row, low, high);
        if ((table[place] ?? 0) < now + after) table[place] = now + after;
      }
      const remaining = Math.floor((per - after + ROUNDING) / spacing);
      return { taken: true, remaining: Math.max(remaining, 0), retryAfter: 0 };
    },
  };
}

/** Two hashes make any number of them (Kirsch and Mitzenmacher 2006). */
function placeOf(row: number, low: number, high: number): number {
  return row * PLACES + ((low + Math.imul(row, high | 1)) & (PLACES - 1));
}
