import type { Logger } from "#base";
import type { Database } from "../driver.ts";
import type { Model } from "../model/model.ts";
import { noEntries } from "./audit-entry.ts";
import { readAuditHead } from "./audit-table.ts";

export interface HeadNotesOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Milliseconds between two looks. Default 600,000. */
  readonly interval?: number;
}

/**
 * Writes into the server's log where the audit log ends: at the start, while it grows, and at the end. Whoever takes entries off the end of the audit
 * log, or writes it anew, would have to do the same to logs that are kept elsewhere (`chassis audit verify --head`).
 */
export class HeadNotes {
  readonly #options: HeadNotesOptions;
  readonly #timer: NodeJS.Timeout;
  #last: string | undefined;
  /** What is being read. */
  #reading: Promise<void>;

  constructor(options: HeadNotesOptions) {
    this.#options = options;
    this.#reading = this.#note();
    this.#timer = setInterval(() => {
      this.#reading = this.#reading.then(() => this.#note());
    }, options.interval ?? 600_000).unref();
  }

  /** Undefined where nothing is audited. */
  static start(model: Model, options: HeadNotesOptions): HeadNotes | undefined {
    return [...model.tables.values()].some(({ audit }) => audit === true) ? new HeadNotes(options) : undefined;
  }

  /** Notes the head a last time; the database must be open still. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
    await this.#note();
  }

  async #note(): Promise<void> {
    const { database, logger } = this.#options;
    try {
      const { sequence, hash } = await readAuditHead(database);
      const head = `${sequence}:${hash}`;
      if (sequence === noEntries.sequence || head === this.#last) return;
      this.#last = head;
      logger.info({ head }, "The audit log ends here.");
    } catch (error) {
      logger.error({ err: error }, "The end of the audit log could not be read.");
    }
  }
}
