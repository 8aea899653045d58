import { AppError } from "#contract";

export interface Turns {
  /**
   * Resolves when everybody who asked before has released. What it gives must be called once, when done. Throws `overloaded`
   * when too many wait already, and the signal's reason when it is aborted first.
   */
  take(signal?: AbortSignal, brief?: boolean): Promise<() => void>;
  /** The same for a last turn: it waits behind all others and never is one too many. */
  takeLast(): Promise<() => void>;
  readonly waiting: number;
  /** Whoever is next said that it is `brief`. */
  readonly nextIsBrief: boolean;
}

export interface TurnsOptions {
  /** How many may wait; one more is refused. */
  readonly maxWaiting: number;
  /** How many may have a turn at once. Default 1. */
  readonly places?: number;
  /** What waits, for the refusal. */
  readonly what: string;
}

/** First come, first served, with an end to the line. */
export function createTurns({ maxWaiting, places = 1, what }: TurnsOptions): Turns {
  // A Map keeps the order of arrival, and lets one who gives up leave from the middle.
  const line = new Map<() => void, boolean>();
  let free = places;

  const release = (): void => {
    const [next] = line.keys();
    if (next === undefined) {
      free++;
      return;
    }
    line.delete(next);
    next();
  };

  const oneRelease = (): (() => void) => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      release();
    };
  };

  const wait = (brief: boolean, signal?: AbortSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve(oneRelease());
      };
      const leave = (): void => {
        line.delete(enter);
        reject(signal?.reason);
      };
      line.set(enter, brief);
      signal?.addEventListener("abort", leave, { once: true });
    });

  return {
    async take(signal, brief = false) {
      signal?.throwIfAborted();
      if (free > 0) {
        free--;
        return oneRelease();
      }
      if (line.size >= maxWaiting) {
        throw new AppError("overloaded", {
          hint: `More than ${maxWaiting} ${what} wait for their turn.`,
          headers: { "Retry-After": "1" },
        });
      }
      return wait(brief, signal);
    },
    async takeLast() {
      if (free === 0) return wait(false);
      free--;
      return oneRelease();
    },
    get waiting() {
      return line.size;
    },
    get nextIsBrief() {
      const [next] = line.values();
      return next === true;
    },
  };
}
