import type { Clock } from "#base";

export interface QueueLimits {
  /** Jobs of the queue that are run at once, by each process. Default 10. */
  readonly concurrency?: number;
  /** Jobs that are begun in a time, by each process: `{ jobs: 100, per: 60_000 }`, in milliseconds. By default as many as come. */
  readonly rate?: { readonly jobs: number; readonly per: number };
}

/** Jobs of milliseconds are claimed ahead for about so long, so that between two of them nobody waits for the disk. */
const AHEAD = 250;
const MAX_AHEAD = 500;

/** Says how many jobs of one queue may be begun now: not more at once, and not more in a time, than its limits say. */
export class QueueGate {
  readonly #concurrency: number;
  readonly #rate: QueueLimits["rate"];
  readonly #clock: Clock;
  #active = 0;
  /** How long a job takes of late, in milliseconds. */
  #usual = AHEAD;
  /** What the rate allows now: a bucket that fills as time passes. */
  #tokens: number;
  #filled: number;

  constructor({ concurrency = 10, rate }: QueueLimits, clock: Clock) {
    this.#concurrency = concurrency;
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate?.jobs ?? 0;
    this.#filled = clock.monotonic();
  }

  /** How many it would be good to have at hand, those not begun yet included. */
  appetite(): number {
    const free = this.#concurrency - this.#active;
    const ahead = Math.min(MAX_AHEAD, Math.floor((AHEAD / Math.max(0.1, this.#usual) - 1) * this.#concurrency));
    const wanted = Math.max(0, free) + Math.max(0, ahead);
    if (this.#rate === undefined) return wanted;
    this.#fill(this.#rate);
    return Math.min(wanted, Math.floor(this.#tokens));
  }

  /** Undefined lets one in, which must `leave`; else how long to wait, in milliseconds: 0 where it is until somebody leaves. */
  enter(): number | undefined {
    if (this.#active >= this.#concurrency) return 0;
    const wait = this.refill();
    if (wait !== undefined) return wait;
    this.#tokens -= 1;
    this.#active += 1;
    return undefined;
  }

  /** Milliseconds until the rate allows another; undefined where it does now. */
  refill(): number | undefined {
    if (this.#rate === undefined) return undefined;
    this.#fill(this.#rate);
    return this.#tokens >= 1 ? undefined : Math.ceil(((1 - this.#tokens) * this.#rate.per) / this.#rate.jobs);
  }

  /** One has ended that took so many milliseconds. */
  leave(took: number): void {
    this.#active -= 1;
    this.#usual = 0.9 * this.#usual + 0.1 * took;
  }

  #fill({ jobs, per }: NonNullable<QueueLimits["rate"]>): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(jobs, this.#tokens + ((now - this.#filled) * jobs) / per);
    this.#filled = now;
  }
}
