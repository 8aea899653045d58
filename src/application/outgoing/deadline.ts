import { FetchFailedError } from "./fetch-errors.ts";

/** Ends a request when its time is over, when no connection comes about, or when its caller gives it up. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #connectTimeout: number;
  readonly #caller: AbortSignal | undefined;
  #connecting: NodeJS.Timeout | undefined;

  /** Times in milliseconds. */
  constructor(timeout: number, connectTimeout: number, caller?: AbortSignal) {
    this.#connectTimeout = connectTimeout;
    this.#total = setTimeout(() => this.#over(`There was no whole answer within ${timeout} ms.`), timeout);
    this.#caller = caller;
    if (caller?.aborted) this.#abandon();
    else caller?.addEventListener("abort", this.#abandon, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Looking up the name counts. */
  connecting(): void {
    this.connected();
    const words = `There was no connection within ${this.#connectTimeout} ms.`;
    this.#connecting = setTimeout(() => this.#over(words), this.#connectTimeout);
  }

  connected(): void {
    clearTimeout(this.#connecting);
  }

  /** The rest is the reader's: an answer that nobody reads keeps no process from ending. */
  answered(): void {
    this.connected();
    this.#total.unref();
  }

  /** What `work` gives, or the reason of the end, if that comes first. Then what comes of `work` is nobody's to hear of. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  /** Nothing is left behind: no timer, and no listener at the caller's signal. */
  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#connecting);
    this.#caller?.removeEventListener("abort", this.#abandon);
  }

  readonly #abandon = (): void => this.#stop(this.#caller?.reason);

  #over(message: string): void {
    this.#stop(new FetchFailedError("timeout", message));
  }

  #stop(reason: unknown): void {
    this.end();
    this.#controller.abort(reason);
  }
}
