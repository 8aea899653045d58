/**
 * Compiled queries by their key (kind of caller and shape): bounded, least recently used first out. A newcomer starts in a
 * waiting room of its own and moves on when it is asked for again, so that a caller who sends ten thousand different
 * shapes pushes out only others that were used once. Keys hold names and structure alone; no value, and nothing of one caller
 * that another's key could reach.
 */
export interface PlanCache {
  get<V>(key: string): V | undefined;
  set<V>(key: string, value: V): void;
  readonly size: number;
}

export interface PlanCacheOptions {
  /** Entries that were used at least twice. */
  readonly proven?: number;
  /** Entries that were used once. */
  readonly waiting?: number;
  /** Longer keys are never kept: their plans are large, and nobody sends such a query twice. */
  readonly maxKeyLength?: number;
}

export function createPlanCache(options: PlanCacheOptions = {}): PlanCache {
  const { proven: provenLimit = 2000, waiting: waitingLimit = 500, maxKeyLength = 8192 } = options;
  const proven = new Map<string, unknown>();
  const waiting = new Map<string, unknown>();

  const put = (room: Map<string, unknown>, limit: number, key: string, value: unknown): void => {
    room.delete(key);
    room.set(key, value);
    if (room.size > limit) for (const oldest of room.keys()) return void room.delete(oldest);
  };

  return {
    get size() {
      return proven.size + waiting.size;
    },
    get<V>(key: string): V | undefined {
      const value = proven.get(key) ?? waiting.get(key);
      if (value === undefined) return undefined;
      // Moving an entry to the end costs more than finding it; the youngest half can wait until it has aged.
      if (waiting.delete(key) || proven.size > provenLimit / 2) put(proven, provenLimit, key, value);
      return value as V;
    },
    set(key, value) {
      if (key.length <= maxKeyLength) put(waiting, waitingLimit, key, value);
    },
  };
}
