import type { Clock, Logger } from "#base";
import type { Database } from "#database";
import { forgetExpired } from "./auth-tables.ts";
import { forgetInvitations } from "./organisations/organisation-tables.ts";
import { forgetExpiredKeys } from "./keys/key-table.ts";
import { forgetExpiredAuthorizations } from "./provider/provider-tables.ts";
import { forgetMails } from "./mail-budget.ts";

export interface SweeperOptions {
  readonly database: Database;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What else there is to do each time. */
  readonly also?: readonly (() => Promise<unknown>)[];
  /** Milliseconds until it first looks. Default a minute. */
  readonly delay?: number;
  /** Milliseconds from one look to the next. Default ten minutes. */
  readonly interval?: number;
}

/** Rows that one transaction removes at the most: others wait for it. */
const BATCH = 500;

/** Removes sessions, keys, one-time tokens and invitations whose time is over, time and again. They are good for nothing before that too. */
export class AuthSweeper {
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#timer = this.#later(options.delay ?? 60_000);
  }

  /** Looks now, and gives how many went. */
  async sweep(): Promise<number> {
    const { database, idle, clock } = this.#options;
    let total = 0;
    while (!this.#closed) {
      const now = clock.now();
      const removed = await database.transaction(
        async (connection) =>
          (await forgetExpired(connection, { now, idle, limit: BATCH })) +
          (await forgetInvitations(connection, { now, limit: BATCH })) +
          (await forgetExpiredKeys(connection, now, BATCH)) +
          (await forgetExpiredAuthorizations(connection, { now, limit: BATCH })) +
          (await forgetMails(connection, now, BATCH)),
      );
      total += removed;
      if (removed === 0) break;
    }
    return total;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #later(delay: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#running = this.#run();
    }, delay).unref();
  }

  async #run(): Promise<void> {
    const { logger, interval = 600_000, also = [] } = this.#options;
    for (const sweep of [() => this.sweep(), ...also]) {
      if (this.#closed) return;
      try {
        await sweep();
      } catch (error) {
        if (!this.#closed) logger.error({ err: error }, "What sign-in keeps no longer could not be removed.");
      }
    }
    if (!this.#closed) this.#timer = this.#later(interval);
  }
}
