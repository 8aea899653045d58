import { randomUUID } from "node:crypto";
import type { Clock, Logger } from "#base";
import type { Connection, Database } from "#database";
import type { JobBook, JobDefinition } from "./build-jobs.ts";
import { type Attempt, type AttemptTools, runAttempt, StoppingError } from "./run-attempt.ts";
import {
  type ClaimedJob,
  claimJobs,
  createJobTables,
  type Failure,
  failJobs,
  finishJobs,
  forgetJobs,
  nextDue,
  promoteDue,
  readyQueues,
  renewLeases,
  rescueJobs,
} from "./job-table.ts";
import { QueueGate, type QueueLimits } from "./queue-gate.ts";

export interface JobRunnerOptions {
  readonly database: Database;
  readonly jobs: JobBook;
  /** By the queue's name; what is not named has the defaults. */
  readonly queues: ReadonlyMap<string, QueueLimits>;
  readonly tools: AttemptTools;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds that a job is held without a word; told anew every third of it. A dead process's jobs run again after it. */
const LEASE = 8000;
/** Milliseconds between two looks where nobody says that there is anything. */
const POLL = 2000;
/** Jobs claimed in one transaction at most: others write in between. */
const BATCH = 200;
/** Milliseconds that a hint of new jobs lasts: longer than the transaction that it came from may. */
const HINT = 15_000;

/**
 * Runs the jobs of a back end: claims what is ready in batches, runs it, and notes in batches what became of it. One process may have
 * one runner; several processes share the work where the database takes several.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #owner = randomUUID();
  readonly #gates = new Map<string, QueueGate>();
  readonly #running = new Map<number, Attempt>();
  /** Claimed, and waiting here for their queue. */
  readonly #buffered = new Map<string, ClaimedJob[]>();
  #done: { id: number; forgetAt: number | undefined }[] = [];
  #failed: Failure[] = [];
  #noting: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #hintUntil = 0;
  #started = false;
  #closed: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** What is being run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Makes the tables, gives back what a dead process had, and begins. */
  async start(): Promise<void> {
    const { database, clock, logger } = this.#options;
    const now = clock.now();
    const rescued = await database.transaction(async (connection) => {
      await createJobTables(connection);
      // The database is this process's alone, so what others hold, dead ones hold.
      return rescueJobs(connection, { owner: this.#owner, now, alone: true, sparing: [] });
    });
    if (rescued > 0) logger.warn({ jobs: rescued }, "Jobs whose process ended before they did are run again.");
    this.#started = true;
    this.#heartbeat = setInterval(() => void this.#beat(), LEASE / 3).unref();
    this.wake();
  }

  /** A job was enqueued in a transaction that has not ended yet: commits of the next seconds are worth a look. */
  hint(): void {
    this.#hintUntil = this.#options.clock.monotonic() + HINT;
  }

  /** To be called after commits. */
  committed(): void {
    if (this.#hintUntil > 0 && this.#options.clock.monotonic() < this.#hintUntil) this.wake();
  }

  /** Looks for jobs now. */
  wake(): void {
    if (!this.#started || this.#closed !== undefined) return;
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#looking = this.#look()
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error }, "Looking for jobs failed.");
        return POLL;
      })
      .then((wait) => {
        this.#looking = undefined;
        if (this.#closed !== undefined) return;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.wake();
        } else this.#wakeIn(wait);
      });
  }

  /** Looks again so soon, unless it does sooner. */
  #wakeIn(wait: number): void {
    const at = this.#options.clock.monotonic() + wait;
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, wait).unref();
  }

  /** Stops the attempt of a job that was cancelled, if it runs here. */
  cancelled(id: number): void {
    this.#running.get(id)?.abort(new Error("The job was cancelled."));
  }

  /**
   * Begins nothing new, lets what runs go on for `grace` milliseconds, then tells it to stop; what has not ended a second
   * later is given back, to run again.
   */
  close(grace: number): Promise<void> {
    this.#closed ??= this.#close(grace);
    return this.#closed;
  }

  /** Claims what there is room for; gives the time until the next look. */
  async #look(): Promise<number> {
    const { database, clock } = this.#options;
    const now = clock.now();
    const queues = await database.transaction(
      async (connection) => {
        while ((await promoteDue(connection, now, BATCH)) === BATCH);
        await forgetJobs(connection, now, BATCH);
        return readyQueues(connection);
      },
      { brief: true },
    );
    let more = false;
    for (const queue of queues) more = (await this.#claim(queue)) || more;
    if (more) this.#lookAgain = true;
    const due = await nextDue(database);
    const rates = queues.map((queue) => this.#gateOf(queue).refill() ?? POLL);
    return Math.min(POLL, ...rates, due === undefined ? POLL : Math.max(1, due - clock.now()));
  }

  /** True where as many were there as were asked for. */
  async #claim(queue: string): Promise<boolean> {
    const { database, clock } = this.#options;
    const gate = this.#gateOf(queue);
    const buffered = this.#buffered.get(queue)?.length ?? 0;
    const limit = Math.min(BATCH, gate.appetite() - buffered);
    if (limit <= 0 || this.#closed !== undefined) return false;
    const leaseUntil = clock.now() + LEASE;
    const claimed = await database.transaction(
      (connection) => claimJobs(connection, { queue, owner: this.#owner, limit, leaseUntil }),
      { brief: true },
    );
    this.#buffered.set(queue, [...(this.#buffered.get(queue) ?? []), ...claimed]);
    this.#begin(queue);
    return claimed.length === limit;
  }

  /** Begins what its queue lets in. */
  #begin(queue: string): void {
    const gate = this.#gateOf(queue);
    const buffered = this.#buffered.get(queue) ?? [];
    while (buffered.length > 0 && this.#closed === undefined) {
      const wait = gate.enter();
      if (wait !== undefined) {
        // Full: whoever leaves calls again. Too fast: later.
        if (wait > 0) setTimeout(() => this.#begin(queue), wait).unref();
        return;
      }
      const job = buffered.shift();
      if (job === undefined) gate.leave(0);
      else void this.#run(job, queue, gate);
    }
  }

  async #run(job: ClaimedJob, queue: string, gate: QueueGate): Promise<void> {
    const { jobs, clock, tools } = this.#options;
    const start = clock.monotonic();
    const definition = jobs.byName.get(job.name);
    const attempt = runAttempt(job, definition, { ...this.#options, tools, owner: this.#owner });
    this.#running.set(job.id, attempt);
    const outcome = await attempt.outcome;
    this.#running.delete(job.id);
    if (outcome.type === "done") this.#done.push({ id: job.id, forgetAt: forgetAt(definition, clock.now()) });
    else this.#failed.push({ id: job.id, ...outcome });
    this.#note();
    gate.leave(clock.monotonic() - start);
    this.#begin(queue);
    if ((this.#buffered.get(queue)?.length ?? 0) === 0) this.wake();
  }

  /** Writes down what became of jobs, all that ended since the last time together. */
  #note(): void {
    this.#noting ??= this.#noteAll().finally(() => {
      this.#noting = undefined;
      if (this.#done.length + this.#failed.length > 0) this.#note();
    });
  }

  async #noteAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { database, clock, logger } = this.#options;
    const done = this.#done;
    const failed = this.#failed;
    this.#done = [];
    this.#failed = [];
    const write = async (connection: Connection): Promise<void> => {
      await finishJobs(connection, this.#owner, done, clock.now());
      await failJobs(connection, this.#owner, failed, clock.now());
    };
    try {
      await database.transaction(write, { brief: true });
      const retries = failed.flatMap(({ retryAt }) => retryAt ?? []);
      if (retries.length > 0 && this.#closed === undefined) this.#wakeIn(Math.max(1, Math.min(...retries) - clock.now()));
    } catch (error) {
      logger.error({ err: error, jobs: done.length + failed.length }, "What became of jobs could not be noted. Trying again.");
      this.#done = [...done, ...this.#done];
      this.#failed = [...failed, ...this.#failed];
      await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      // They may run twice; their attempts are counted. A runner that is closing does not wait for a disk that failed.
      if (this.#closed !== undefined) {
        this.#done = [];
        this.#failed = [];
      }
    }
  }

  async #beat(): Promise<void> {
    const { database, clock, logger } = this.#options;
    const held = [...this.#running.keys(), ...[...this.#buffered.values()].flatMap((jobs) => jobs.map(({ id }) => id))];
    try {
      const lost = await database.transaction(
        async (connection) => {
          const now = clock.now();
          await rescueJobs(connection, { owner: this.#owner, now, alone: false, sparing: held });
          return held.length === 0 ? [] : renewLeases(connection, this.#owner, held, now + LEASE);
        },
        { brief: true },
      );
      for (const id of lost) this.#drop(id);
    } catch (error) {
      logger.error({ err: error }, "The leases of jobs could not be renewed.");
    }
  }

  #drop(id: number): void {
    this.cancelled(id);
    for (const [queue, jobs] of this.#buffered)
      this.#buffered.set(
        queue,
        jobs.filter((job) => job.id !== id),
      );
  }

  #gateOf(queue: string): QueueGate {
    let gate = this.#gates.get(queue);
    if (gate === undefined) {
      gate = new QueueGate(this.#options.queues.get(queue) ?? {}, this.#options.clock);
      this.#gates.set(queue, gate);
    }
    return gate;
  }

  async #close(grace: number): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    await this.#looking;
    const { clock } = this.#options;
    // What was claimed and not begun goes back as though it never had been.
    for (const jobs of this.#buffered.values())
      for (const { id } of jobs.splice(0)) this.#failed.push({ id, error: "", retryAt: clock.now(), uncounted: true });
    await this.#idle(grace);
    for (const attempt of this.#running.values()) attempt.abort(new StoppingError("The server is stopping."));
    await this.#idle(1000);
    for (const id of this.#running.keys()) this.#failed.push({ id, error: "", retryAt: clock.now(), uncounted: true });
    this.#running.clear();
    while (this.#done.length + this.#failed.length > 0 || this.#noting !== undefined) {
      this.#note();
      await this.#noting;
    }
  }

  /** Until nothing runs, or the time is over. */
  async #idle(time: number): Promise<void> {
    const outcomes = [...this.#running.values()].map(({ outcome }) => outcome);
    if (outcomes.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise((resolve) => {
      timer = setTimeout(resolve, time);
    });
    await Promise.race([Promise.all(outcomes), over]);
    clearTimeout(timer);
    // Their ends are heard of in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function forgetAt(definition: JobDefinition | undefined, now: number): number | undefined {
  return definition?.keep === undefined ? undefined : now + definition.keep;
}
