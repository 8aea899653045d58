import type { Database } from "#database";

/**
 * Remembers what the database said until it may say something else: until any transaction has become durable. Whoever was told that something is
 * over was told after that, so nothing that is remembered outlives the answer. It is as good as asking only because one process has the
 * database, and every change goes through it.
 */
export interface UntilCommit<V> {
  get(key: string): V | undefined;
  /** Asks, and remembers what was found. Undefined is not remembered: strangers must not fill it. */
  ask(key: string, find: () => Promise<V | undefined>): Promise<V | undefined>;
  close(): void;
}

const MOST = 10_000;

export function rememberUntilCommit<V>(database: Pick<Database, "onDurable">, most: number = MOST): UntilCommit<V> {
  const known = new Map<string, V>();
  let commits = 0;
  let isClosed = false;
  const stop = database.onDurable(() => {
    commits++;
    if (known.size > 0) known.clear();
  });
  return {
    get: (key) => known.get(key),
    async ask(key, find) {
      const before = commits;
      const found = await find();
      // What was read before a commit must not be remembered after it.
      if (found === undefined || commits !== before || isClosed) return found;
      if (known.size >= most) known.clear();
      known.set(key, found);
      return found;
    },
    close() {
      isClosed = true;
      known.clear();
      stop();
    },
  };
}
