import { type Clock, type Logger, outsideWork } from "#base";

export interface LookoutOptions {
  /** Looks, and gives the milliseconds until the next look at the latest: 0 for at once. */
  readonly look: () => Promise<number>;
  /** What it looks for, for the log. */
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds between two looks where nobody says that there is anything. */
export const POLL = 2000;
/** Milliseconds that a hint lasts: longer than the transaction that it came from may. */
const HINT = 15_000;

/** Decides when to look for what is to be done, such as jobs: at once where there is a reason, else now and then. One look at a time. */
export class Lookout {
  readonly #options: LookoutOptions;
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #ailing = false;
  #hintUntil = 0;
  #isOpen = false;

  constructor(options: LookoutOptions) {
    this.#options = options;
  }

  /** The last look failed, which was said once. */
  get isAiling(): boolean {
    return this.#ailing;
  }

  start(): void {
    this.#isOpen = true;
    this.wake();
  }

  /** Looks now. */
  wake(): void {
    if (!this.#isOpen) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Whoever's commit was the occasion: what follows is not that one's work.
    this.#looking = outsideWork(() => this.#lookAndRest());
  }

  /** Looks again so soon, unless it does sooner. */
  wakeIn(wait: number): void {
    if (!this.#isOpen) return;
    const at = this.#options.clock.monotonic() + wait;
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, wait).unref();
  }

  /** Something was done in a transaction that has not ended yet: commits of the next seconds are worth a look. */
  hint(): void {
    this.#hintUntil = this.#options.clock.monotonic() + HINT;
  }

  /** To be called after commits. */
  committed(): void {
    if (this.#hintUntil > 0 && this.#options.clock.monotonic() < this.#hintUntil) this.wake();
  }

  /** Ends with the look that is under way. */
  async close(): Promise<void> {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #lookAndRest(): Promise<void> {
    let wait = POLL;
    try {
      wait = await this.#options.look();
      this.#ailing = false;
    } catch (error) {
      // Where the disk has failed it is so every time, until the restart.
      if (!this.#ailing) this.#options.logger.error({ err: error }, `Looking for ${this.#options.what} failed. Trying again.`);
      this.#ailing = true;
      this.#again = false;
    }
    this.#looking = undefined;
    if (this.#again || wait <= 0) {
      this.#again = false;
      this.wake();
    } else this.wakeIn(wait);
  }
}
