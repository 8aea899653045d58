import type { Clock } from "#base";

/** A request that has not been answered yet. */
export interface Unanswered {
  /** On the monotonic clock. Moves on while a long body is still coming. */
  readonly started: number;
  /** Called once, when the time for an answer is over. */
  expire(): void;
}

/**
 * The requests that wait for their answer. One timer for all of them instead of one each: it looks at them every tenth of the
 * limit, so a request ends at most that much late.
 */
export class InFlight {
  readonly #requests: Set<Unanswered> = new Set();
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #timer: NodeJS.Timeout;
  #emptied: (() => void) | undefined;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#timer = setInterval(() => this.#sweep(), Math.max(10, Math.min(1000, limit / 10))).unref();
  }

  get size(): number {
    return this.#requests.size;
  }

  add(request: Unanswered): void {
    this.#requests.add(request);
  }

  delete(request: Unanswered): void {
    this.#requests.delete(request);
    if (this.#requests.size === 0) this.#emptied?.();
  }

  some(test: (request: Unanswered) => boolean): boolean {
    for (const request of this.#requests) if (test(request)) return true;
    return false;
  }

  /** Resolves when no request waits any more, or after `patience` milliseconds. */
  async drained(patience: number): Promise<void> {
    if (this.#requests.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#emptied = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const request of this.#requests) request.expire();
    this.#requests.clear();
  }

  #sweep(): void {
    const oldest = this.#clock.monotonic() - this.#limit;
    for (const request of this.#requests) {
      if (request.started > oldest) continue;
      this.#requests.delete(request);
      request.expire();
    }
  }
}
