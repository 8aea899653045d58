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
  hasForgettable,
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
  /** Ended, and being noted at this moment. */
  #underPen: readonly number[] = [];
  #noting: Promise<void> | undefined;
  /** Claims under way: what they take is known here only when the disk has it. */
  #claiming = 0;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  /** Of queues whose rate lets nothing more in for now. */
  readonly #refills = new Map<string, NodeJS.Timeout>();
  /** The last look failed: said once. */
  #ailing = false;
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
      return rescueJobs(connection, { owner: this.#owner, now, of: "all others", sparing: [] });
    });
    if (rescued > 0) logger.warn({ jobs: rescued }, "Jobs whose process ended before they did are run again.");
    this.#started = true;
    this.#heartbeat = setInterval(() => this.#beat(), LEASE / 3).unref();
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
    this.#looking = this.#lookAndRest();
  }

  async #lookAndRest(): Promise<void> {
    let wait = POLL;
    try {
      wait = await this.#look();
      this.#ailing = false;
    } catch (error) {
      // Where the disk has failed it is so every time, until the restart.
      if (!this.#ailing) this.#options.logger.error({ err: error }, "Looking for jobs failed. Trying again.");
      this.#ailing = true;
      this.#lookAgain = false;
    }
    this.#looking = undefined;
    if (this.#closed !== undefined) return;
    if (this.#lookAgain) {
      this.#lookAgain = false;
      this.wake();
    } else this.#wakeIn(wait);
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

  /** Stops the attempt of a job that was cancelled, if it runs or waits here. */
  cancelled(id: number): void {
    const attempt = this.#running.get(id);
    // How it ends is nobody's business any more: the job may be retried, and be run anew, before it does.
    this.#running.delete(id);
    attempt?.abort(new Error("The job was cancelled."));
    for (const [queue, jobs] of this.#buffered) {
      const kept = jobs.filter((job) => job.id !== id);
      if (kept.length < jobs.length) this.#buffered.set(queue, kept);
    }
  }

  /** What was claimed of a queue and not begun goes back as though it never had been. */
  giveBack(queue: string): void {
    const jobs = this.#buffered.get(queue)?.splice(0) ?? [];
    if (jobs.length === 0) return;
    const retryAt = this.#options.clock.now();
    for (const { id } of jobs) this.#failed.push({ id, error: "", retryAt, uncounted: true });
    this.#note();
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
    let more = false;
    // Looked for first: a look that finds nothing writes nothing, or its commit would be a reason to look again.
    const soonest = await nextDue(database);
    if ((soonest !== undefined && soonest <= now) || (await hasForgettable(database, now))) {
      const most = await database.transaction(
        async (connection) => Math.max(await promoteDue(connection, now, BATCH), await forgetJobs(connection, now, BATCH)),
        { brief: true },
      );
      // A million may be due at once: others write in between.
      more = most === BATCH;
    }
    const queues = await readyQueues(database);
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
    this.#claiming += 1;
    let claimed: readonly ClaimedJob[];
    try {
      claimed = await database.transaction(
        (connection) => claimJobs(connection, { queue, owner: this.#owner, limit, leaseUntil: clock.now() + LEASE }),
        { brief: true },
      );
    } finally {
      this.#claiming -= 1;
    }
    this.#buffered.set(queue, [...(this.#buffered.get(queue) ?? []), ...claimed]);
    this.#begin(queue);
    return claimed.length === limit;
  }

  /** Begins what its queue lets in. */
  #begin(queue: string): void {
    const gate = this.#gateOf(queue);
    while ((this.#buffered.get(queue)?.length ?? 0) > 0 && this.#closed === undefined) {
      const wait = gate.enter();
      if (wait !== undefined) {
        // Full: whoever leaves calls again. Too fast: later.
        if (wait > 0) this.#beginIn(queue, wait);
        return;
      }
      const job = this.#buffered.get(queue)?.shift();
      if (job === undefined) gate.leave(0);
      else void this.#run(job, queue, gate);
    }
  }

  #beginIn(queue: string, wait: number): void {
    if (this.#refills.has(queue)) return;
    const begin = (): void => {
      this.#refills.delete(queue);
      this.#begin(queue);
    };
    this.#refills.set(queue, setTimeout(begin, wait).unref());
  }

  async #run(job: ClaimedJob, queue: string, gate: QueueGate): Promise<void> {
    const { jobs, clock, tools } = this.#options;
    const start = clock.monotonic();
    const definition = jobs.byName.get(job.name);
    const attempt = runAttempt(job, definition, { ...this.#options, tools, owner: this.#owner });
    this.#running.set(job.id, attempt);
    const outcome = await attempt.outcome;
    if (this.#running.get(job.id) === attempt) {
      this.#running.delete(job.id);
      if (outcome.type === "done") this.#done.push({ id: job.id, forgetAt: forgetAt(definition, clock.now()) });
      else this.#failed.push({ id: job.id, ...outcome });
      this.#note();
    }
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
    this.#underPen = [...done, ...failed].map(({ id }) => id);
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
    } finally {
      this.#underPen = [];
    }
  }

  /** One at a time: a database that is slow must not have them heap up. */
  #beat(): void {
    this.#beating ??= this.#renew().finally(() => {
      this.#beating = undefined;
    });
  }

  async #renew(): Promise<void> {
    const { database, clock, logger } = this.#options;
    const renew = async (connection: Connection): Promise<() => void> => {
      // As things stand in this transaction's turn, which may have come late.
      const now = clock.now();
      const running = [...this.#running];
      const buffered = [...this.#buffered.values()].flat();
      const ended = [...this.#underPen, ...[...this.#done, ...this.#failed].map(({ id }) => id)];
      const held = [...running.map(([id]) => id), ...buffered.map(({ id }) => id), ...ended];
      // What is this runner's own and not held was claimed without its hearing so. While it claims it cannot tell.
      const of = this.#claiming > 0 ? "others" : "anybody";
      await rescueJobs(connection, { owner: this.#owner, now, of, sparing: held });
      if (held.length === 0) return () => {};
      const lost = new Set(await renewLeases(connection, this.#owner, held, now + LEASE));
      return () => {
        // Only what is still the same attempt: it may have ended meanwhile, and run anew.
        for (const [id, attempt] of running) if (lost.has(id) && this.#running.get(id) === attempt) this.cancelled(id);
        for (const job of buffered)
          if (lost.has(job.id) && [...this.#buffered.values()].some((jobs) => jobs.includes(job))) this.cancelled(job.id);
      };
    };
    try {
      const dropLost = await database.transaction(renew, { brief: true });
      dropLost();
    } catch (error) {
      if (!this.#ailing) logger.error({ err: error }, "The leases of jobs could not be renewed.");
    }
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
    const { clock } = this.#options;
    clearTimeout(this.#timer);
    for (const timer of this.#refills.values()) clearTimeout(timer);
    await this.#looking;
    for (const queue of this.#buffered.keys()) this.giveBack(queue);
    await this.#idle(grace);
    for (const attempt of this.#running.values()) attempt.abort(new StoppingError("The server is stopping."));
    await this.#idle(1000);
    for (const id of this.#running.keys()) this.#failed.push({ id, error: "", retryAt: clock.now(), uncounted: true });
    this.#running.clear();
    while (this.#done.length + this.#failed.length > 0 || this.#noting !== undefined) {
      this.#note();
      await this.#noting;
    }
    // Until here leases had to be renewed: the grace may be longer than they are.
    clearInterval(this.#heartbeat);
    await this.#beating;
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
