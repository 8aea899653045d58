import type { Clock, Logger } from "#base";
import type { TransactionalDatabase } from "#database";
import { type Failure, failJobs, type Finished, finishJobs, renewLeases } from "./job-table.ts";

export interface OutcomeNotesOptions {
  readonly database: TransactionalDatabase;
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears how soon the first of those jobs is due that were noted as to be tried again. */
  readonly onRetry: (wait: number) => void;
}

interface Notes {
  readonly done: readonly Finished[];
  readonly failed: readonly Failure[];
}

/**
 * Writes down what became of jobs, all that ended since the last time together. Where the database refuses that, each by itself: what it takes
 * then is noted, and a job whose own note it refuses runs again, as though its process had ended.
 */
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
    const { logger } = this.#options;
    const all: Notes = { done: this.#done, failed: this.#failed };
    this.#done = [];
    this.#failed = [];
    this.#underPen = [...all.done, ...all.failed].map(({ id }) => id);
    try {
      await this.#write(all);
    } catch (error) {
      const left = await this.#writeSingly(all, error);
      if (left.length === 0) return;
      logger.error({ err: error, jobs: left.length }, "What became of jobs could not be noted. Trying again.");
      this.#done = [...left.flatMap(({ done }) => done), ...this.#done];
      this.#failed = [...left.flatMap(({ failed }) => failed), ...this.#failed];
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

  async #write({ done, failed }: Notes): Promise<void> {
    const { database, clock, owner, onRetry } = this.#options;
    await database.transaction(
      async (connection) => {
        await finishJobs(connection, owner, done, clock.now());
        await failJobs(connection, owner, failed, clock.now());
      },
      { brief: true },
    );
    const retries = failed.flatMap(({ retryAt }) => retryAt ?? []);
    if (retries.length > 0) onRetry(Math.max(1, Math.min(...retries) - clock.now()));
  }

  /** Gives what is to be tried again: all, from where the database takes nothing at all. */
  async #writeSingly({ done, failed }: Notes, refusal: unknown): Promise<readonly Notes[]> {
    const singles: readonly Notes[] = [
      ...done.map((each) => ({ done: [each], failed: [] })),
      ...failed.map((each) => ({ done: [], failed: [each] })),
    ];
    for (const [index, single] of singles.entries()) {
      try {
        if (singles.length === 1) throw refusal;
        await this.#write(single);
      } catch (error) {
        // A disk that is full or gone, which may be there again in a moment, is no fault of the note's.
        if (!(await this.#release(single))) return singles.slice(index);
        const [id] = [...single.done, ...single.failed].map((each) => each.id);
        this.#options.logger.error({ err: error, id }, "What became of a job cannot be noted. It runs again.");
      }
    }
    return [];
  }

  /** Ends the lease of a job, if the database takes anything. */
  async #release({ done, failed }: Notes): Promise<boolean> {
    const { database, clock, owner } = this.#options;
    const ids = [...done, ...failed].map(({ id }) => id);
    return database
      .transaction((connection) => renewLeases(connection, owner, ids, clock.now()), { brief: true })
      .then(
        () => true,
        () => false,
      );
  }
}
