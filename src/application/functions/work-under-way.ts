import type { DataScope } from "./data-scope.ts";

/** The data of one call of a function, and what the call has begun with it. */
export interface WatchedScope {
  readonly scope: DataScope;
  /** Resolves when all that was begun has ended, well or not; says how many were still under way. What is begun later is refused. */
  end(): Promise<number>;
}

/**
 * Counts what a function does with its data, so that nothing of it is under way any more when the transaction ends: a forgotten
 * `await` would commit half a write.
 */
export function watchScope({ records, connection, writes }: DataScope): WatchedScope {
  const underWay = new Set<Promise<unknown>>();
  let ended = false;
  const watch = <T>(work: () => Promise<T>): Promise<T> => {
    if (ended) return Promise.reject(new Error("The function is over: await all that it does with db before it returns."));
    const result = work();
    underWay.add(result);
    const forget = (): void => void underWay.delete(result);
    result.then(forget, forget);
    return result;
  };
  return {
    scope: {
      writes,
      records: {
        read: (...call) => watch(() => records.read(...call)),
        write: (...call) => watch(() => records.write(...call)),
      },
      connection: {
        all: (...call) => watch(() => connection.all(...call)),
        get: (...call) => watch(() => connection.get(...call)),
        run: (...call) => watch(() => connection.run(...call)),
        execute: (...call) => watch(() => connection.execute(...call)),
      },
    },
    async end() {
      ended = true;
      const left = underWay.size;
      await Promise.allSettled(underWay);
      return left;
    },
  };
}
