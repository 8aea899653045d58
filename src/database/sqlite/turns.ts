import { AppError } from "#contract";

export interface Turns {
  /**
   * Resolves when everybody who asked before has released. What it gives must be called once, when done. Throws `overloaded`
   * when too many wait already, and the signal's reason when it is aborted first.
   */
  take(signal?: AbortSignal): Promise<() => void>;
  /** The same for a last turn: it waits behind all others and never is one too many. */
  takeLast(): Promise<() => void>;
  readonly waiting: number;
}

/** One at a time, first come first served, with an end to the line. */
export function createTurns(maxWaiting: number): Turns {
  // A Set keeps the order of arrival, and lets one who gives up leave from the middle.
  const line = new Set<() => void>();
  let taken = false;

  const release = (): void => {
    const [next] = line;
    if (next === undefined) {
      taken = false;
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

  const wait = (signal?: AbortSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve(oneRelease());
      };
      const leave = (): void => {
        line.delete(enter);
        reject(signal?.reason);
      };
      line.add(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (!taken) {
        taken = true;
        return oneRelease();
      }
      if (line.size >= maxWaiting) {
        throw new AppError("overloaded", {
          hint: `More than ${maxWaiting} changes wait for their turn.`,
          headers: { "Retry-After": "1" },
        });
      }
      return wait(signal);
    },
    async takeLast() {
      if (taken) return wait();
      taken = true;
      return oneRelease();
    },
    get waiting() {
      return line.size;
    },
  };
}
