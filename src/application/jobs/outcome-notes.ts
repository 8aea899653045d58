import type { Clock, Logger } from "#base";
import type { Connection, TransactionalDatabase } from "#database";
import { type Failure, failJobs, type Finished, finishJobs } from "./job-table.ts";

export interface OutcomeNotesOptions {
  readonly database: TransactionalDatabase;
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears how soon the first of those jobs is due that were noted as to be tried again. */
  readonly onRetry: (wait: number) => void;
}

/** Writes down what became of jobs, all that ended since the last time together. */
export class OutcomeNotes {
  readonly #options: OutcomeNotesOptions;
  #done: Finished[] = [];
  #failed: Failure[] = [];
  /** Ended, and being noted at this moment. */
  #underPen: readonly number[] = [];
  #noting: Promise<void> | undefined;
  #isClosing = false;

  constructor(options: OutcomeNotesOptions) {
    this.#options = options;
  }

  /** Jobs that have ended and are not known to be noted. */
  get ids(): readonly number[] {
    return [...this.#underPen, ...[...this.#done, ...this.#failed].map(({ id }) => id)];
  }

  done(job: Finished): void {
    this.#done.push(job);
    this.#note();
  }

  failed(failure: Failure): void {
    this.#failed.push(failure);
    this.#note();
  }

  /** Until all is noted. Does not wait for a disk that has failed: what it had to note is run again, after its lease or a restart. */
  async close(): Promise<void> {
    this.#isClosing = true;
    while (this.#noting !== undefined) await this.#noting;
  }

  #note(): void {
    this.#noting ??= this.#noteAll().finally(() => {
      this.#noting = undefined;
      if (this.#done.length + this.#failed.length > 0) this.#note();
    });
  }

  async #noteAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { database, clock, logger, owner, onRetry } = this.#options;
    const done = this.#done;
    const failed = this.#failed;
    this.#done = [];
    this.#failed = [];
    this.#underPen = [...done, ...failed].map(({ id }) => id);
    const write = async (connection: Connection): Promise<void> => {
      await finishJobs(connection, owner, done, clock.now());
      await failJobs(connection, owner, failed, clock.now());
    };
    try {
      await database.transaction(write, { brief: true });
      const retries = failed.flatMap(({ retryAt }) => retryAt ?? []);
      if (retries.length > 0) onRetry(Math.max(1, Math.min(...retries) - clock.now()));
    } catch (error) {
      logger.error({ err: error, jobs: done.length + failed.length }, "What became of jobs could not be noted. Trying again.");
      this.#done = [...done, ...this.#done];
      this.#failed = [...failed, ...this.#failed];
      if (!this.#isClosing) await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      // They may run twice; their attempts are counted.
      if (this.#isClosing) {
        this.#done = [];
        this.#failed = [];
      }
    } finally {
      this.#underPen = [];
    }
  }
}
