import type { Clock, Logger } from "#base";
import type { AppError } from "#contract";
import { about } from "./access-log.ts";
import type { Incoming } from "./incoming.ts";

/** Not let in, not allowed, under a name that is not ours, too often: what whoever watches a log for attacks looks for (ASVS 16.3). */
const told: ReadonlySet<number> = new Set([401, 403, 421, 429]);

/** So many lines at once, and then one more in each so many milliseconds: whoever is refused a million times is not to fill the disk. */
const MOST_AT_ONCE = 100;
const EVERY = 500;

/**
 * Tells refusals at the log's usual level, with the code, the path and the address that they came from. Of a flood it tells some, and with the next line
 * how many it left out (`omitted`).
 */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** When all that was told has been paid for, on the monotonic clock. */
  #paid = 0;
  #omitted = 0;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  note(incoming: Incoming, { code, status }: AppError): void {
    if (!told.has(status)) return;
    const now = this.#clock.monotonic();
    const paid = Math.max(now, this.#paid) + EVERY;
    if (paid > now + EVERY * MOST_AT_ONCE) {
      this.#omitted++;
      return;
    }
    this.#paid = paid;
    const omitted = this.#omitted === 0 ? {} : { omitted: this.#omitted };
    this.#omitted = 0;
    this.#logger.info({ ...about(incoming), status, code, ...omitted }, "A request was refused.");
  }
}
