import { AppError } from "#contract";

/** How much of each kind one caller may have under way at once: the rest of the queues is for the others. */
export const defaultAtOnce = {
  /** Reads of the data API. A fast one is over before the next one comes: these are the slow ones, of which a hundred may wait. */
  readsAtOnce: 16,
  /** Changes of the data API, of which a thousand may wait. */
  writesAtOnce: 100,
  functionsAtOnce: 16,
  /** Requests to the app's own routes until their answer begins, by address. */
  pagesAtOnce: 32,
} as const;

export type AtOnceName = keyof typeof defaultAtOnce;

export type AtOnce = { readonly [Name in AtOnceName]: number };

/** Who has how much under way. Holds no more keys than there are requests. */
export class UnderWay {
  readonly #limits: AtOnce | undefined;
  /** By kind and key: joined to one text, they would have to be hashed anew for every request. */
  readonly #counts: ReadonlyMap<AtOnceName, Map<string, number>> = new Map(
    (Object.keys(defaultAtOnce) as AtOnceName[]).map((name) => [name, new Map()]),
  );

  /** Without limits nobody is counted. */
  constructor(limits: AtOnce | undefined) {
    this.#limits = limits;
  }

  /** Does `work` and counts it as long as it lasts. Throws `tooManyRequests` (429) where `key` has as much under way as they may. */
  async during<T>(name: AtOnceName, key: string | undefined, work: () => T | Promise<T>): Promise<T> {
    const limits = this.#limits;
    if (key === undefined || limits === undefined) return work();
    const counts = this.#counts.get(name) ?? new Map<string, number>();
    const count = counts.get(key) ?? 0;
    const limit = limits[name];
    if (count >= limit) {
      throw new AppError("tooManyRequests", {
        details: `The limit is ${limit} at once (${name}).`,
        headers: { "retry-after": "1" },
      });
    }
    counts.set(key, count + 1);
    try {
      return await work();
    } finally {
      const left = (counts.get(key) ?? 1) - 1;
      if (left === 0) counts.delete(key);
      else counts.set(key, left);
    }
  }

  get size(): number {
    return [...this.#counts.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
