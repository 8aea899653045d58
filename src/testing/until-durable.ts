import type { SqliteDatabase } from "#database";

export interface Lookout<T> {
  /** Gives what is waited for, or undefined while it is not there. */
  readonly look: () => Promise<T | undefined>;
  /** What the error says when it has not come in time. */
  readonly missing: () => Promise<string>;
}

/** What changes no row still changes with time: a job's delay is over, say. */
const LOOK_AGAIN = 50;

/** Looks now and after each commit, until what is waited for is there. */
export async function untilDurable<T>(database: SqliteDatabase, timeLimit: number, { look, missing }: Lookout<T>): Promise<T> {
  const deadline = performance.now() + timeLimit;
  let wake = (): void => {};
  const stopListening = database.onDurable(() => wake());
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const found = await look();
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(await missing());
      let timer: NodeJS.Timeout | undefined;
      const later = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(LOOK_AGAIN, left))));
      await Promise.race([changed, later]);
      clearTimeout(timer);
    }
  } finally {
    stopListening();
  }
}
