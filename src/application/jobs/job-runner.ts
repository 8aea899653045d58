import { randomUUID } from "node:crypto";
import type { Clock, Logger } from "#base";
import type { Connection, Database } from "#database";
import type { JobBook, JobDefinition } from "./build-jobs.ts";
import { hasFollowUps, releaseFollowUps } from "./follow-up-jobs.ts";
import { StoppingError } from "./job-errors.ts";
import {
  type ClaimedJob,
  claimJobs,
  createJobTables,
  forgetJobs,
  hasExpired,
  hasForgettable,
  type Keeping,
  nextDue,
  pausedQueues,
  promoteDue,
  readyQueues,
  renewLeases,
  rescueJobs,
} from "./job-table.ts";
import { Lookout, POLL } from "./lookout.ts";
import { OutcomeNotes } from "./outcome-notes.ts";
import { QueueGate, type QueueLimits } from "./queue-gate.ts";
import type { Attempt } from "./run-attempt.ts";

export interface JobRunnerOptions {
  readonly database: Database;
  readonly jobs: JobBook;
  /** By the queue's name; what is not named has the defaults. */
  readonly queues: ReadonlyMap<string, QueueLimits>;
  /** Runs one job, as that owner. */
  readonly begin: (job: ClaimedJob, definition: JobDefinition | undefined, owner: string) => Attempt;
  readonly keeping: Keeping;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Others run jobs of this database too, so that only a lease that is over tells that one is dead. Default false. */
  readonly isShared?: boolean;
  /** Milliseconds that a job is held without a word. Default 6000; less for tests. */
  readonly lease?: number;
}

/** Told anew every third of it: what a dead process had is run again by another within four thirds, which is 8 seconds. */
const LEASE = 6000;
/** Jobs claimed in one transaction at most: others write in between. */
const BATCH = 200;

/** What a runner has of one queue. */
interface Lane {
  readonly gate: QueueGate;
  /** Claimed, and waiting here until the gate lets them in. */
  waiting: ClaimedJob[];
  /** Where its rate lets nothing more in for now. */
  refill: NodeJS.Timeout | undefined;
}

/**
 * Runs the jobs of a back end: claims what is ready in batches, runs it, and notes in batches what became of it. One process may have
 * one runner; several processes share the work where the database takes several.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #owner = randomUUID();
  readonly #lease: number;
  readonly #lookout: Lookout;
  readonly #notes: OutcomeNotes;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Map<number, Attempt>();
  /** Claims under way: what they take is known here only when the disk has it. */
  #claiming = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  /** Jobs were cancelled or queues paused in a transaction that has not ended yet. */
  #isOrdered = false;
  #closed: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#lease = options.lease ?? LEASE;
    this.#lookout = new Lookout({ ...options, what: "jobs", look: () => this.#look() });
    this.#notes = new OutcomeNotes({ ...options, owner: this.#owner, onRetry: (wait) => this.#lookout.wakeIn(wait) });
  }

  /** What is being run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Makes the tables, gives back what a dead process had, and begins. */
  async start(): Promise<void> {
    const { database, clock, logger, isShared = false } = this.#options;
    const now = clock.now();
    const rescued = await database.transaction(async (connection) => {
      await createJobTables(connection);
      // Where the database is this process's alone, what others hold, dead ones hold.
      return rescueJobs(connection, { owner: this.#owner, now, of: isShared ? "anybody" : "all others", sparing: [] });
    });
    if (rescued > 0) logger.warn({ jobs: rescued }, "Jobs whose process ended before they did are run again.");
    this.#heartbeat = setInterval(() => this.#beat(), this.#lease / 3).unref();
    this.#lookout.start();
  }

  /** A job was enqueued in a transaction that has not ended yet. */
  hint(): void {
    this.#lookout.hint();
  }

  /** Jobs were retried or cancelled, queues paused or resumed, in a transaction that has not ended yet. */
  ordered(): void {
    this.#isOrdered = true;
    this.#lookout.hint();
  }

  /** To be called after commits. */
  committed(): void {
    this.#lookout.committed();
    if (!this.#isOrdered || this.#heartbeat === undefined) return;
    this.#isOrdered = false;
    // One that is under way may not have seen it.
    void Promise.resolve(this.#beating).then(() => this.#beat());
  }

  /** Looks for jobs now. */
  wake(): void {
    this.#lookout.wake();
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
    const { database, clock, keeping } = this.#options;
    const now = clock.now();
    let more = false;
    // Looked for first: a look that finds nothing writes nothing, or its commit would be a reason to look again.
    const soonest = await nextDue(database);
    const isDue = soonest !== undefined && soonest <= now;
    if (isDue || (await hasFollowUps(database)) || (await hasForgettable(database, now, keeping))) {
      const most = await database.transaction((connection) => this.#tidy(connection, now), { brief: true });
      // A million may be due at once: others write in between.
      more = most === BATCH;
    }
    const queues = await readyQueues(database);
    for (const queue of queues) more = (await this.#claim(queue)) || more;
    if (more) return 0;
    const due = await nextDue(database);
    const rates = queues.map((queue) => this.#laneOf(queue).gate.refill() ?? POLL);
    return Math.min(POLL, ...rates, due === undefined ? POLL : Math.max(1, due - clock.now()));
  }

  /** Makes ready and forgets what is to be by now, a batch of each; gives the most that there was of one. */
  async #tidy(connection: Connection, now: number): Promise<number> {
    const { keeping } = this.#options;
    return Math.max(
      await releaseFollowUps(connection, BATCH),
      await promoteDue(connection, now, BATCH),
      await forgetJobs(connection, { now, keeping, limit: BATCH }),
    );
  }

  /** True where as many were there as were asked for. */
  async #claim(queue: string): Promise<boolean> {
    const { database, clock } = this.#options;
    const lane = this.#laneOf(queue);
    const limit = Math.min(BATCH, lane.gate.appetite() - lane.waiting.length);
    if (limit <= 0 || this.#closed !== undefined) return false;
    this.#claiming += 1;
    let claimed: readonly ClaimedJob[];
    try {
      claimed = await database.transaction(
        (connection) => claimJobs(connection, { queue, owner: this.#owner, limit, leaseUntil: clock.now() + this.#lease }),
        { brief: true },
      );
    } finally {
      this.#claiming -= 1;
    }
    this.#forgetEarlier(claimed);
    lane.waiting.push(...claimed);
    this.#begin(lane);
    return claimed.length === limit;
  }

  /** Begins what its queue lets in. */
  #begin(lane: Lane): void {
    while (lane.waiting.length > 0 && this.#closed === undefined) {
      const wait = lane.gate.enter();
      if (wait !== undefined) {
        // Full: whoever leaves calls again. Too fast: later.
        if (wait > 0) this.#beginIn(lane, wait);
        return;
      }
      const job = lane.waiting.shift();
      if (job === undefined) lane.gate.leave(0);
      else void this.#run(job, lane);
    }
  }

  #beginIn(lane: Lane, wait: number): void {
    if (lane.refill !== undefined) return;
    const begin = (): void => {
      lane.refill = undefined;
      this.#begin(lane);
    };
    lane.refill = setTimeout(begin, wait).unref();
  }

  async #run(job: ClaimedJob, lane: Lane): Promise<void> {
    const { jobs, clock, begin } = this.#options;
    const start = clock.monotonic();
    const definition = jobs.byName.get(job.name);
    const attempt = begin(job, definition, this.#owner);
    this.#running.set(job.id, attempt);
    const outcome = await attempt.outcome;
    if (this.#running.get(job.id) === attempt) {
      this.#running.delete(job.id);
      if (outcome.type === "failed") this.#notes.failed({ id: job.id, ...outcome });
      else if (!outcome.noted) this.#notes.done({ id: job.id, forgetAt: forgetAt(definition, clock.now()) });
    }
    lane.gate.leave(clock.monotonic() - start);
    this.#begin(lane);
    if (lane.waiting.length === 0) this.wake();
  }

  /** How an attempt ends is nobody's business any more: the job may be retried, and be run anew, before it does. */
  #drop(id: number): void {
    const attempt = this.#running.get(id);
    this.#running.delete(id);
    attempt?.abort(new StoppingError("The job was cancelled."));
  }

  /** What is claimed anew while it is here still was cancelled and retried, or lost and given back, between two heartbeats. */
  #forgetEarlier(claimed: readonly ClaimedJob[]): void {
    const ids = new Set(claimed.map(({ id }) => id));
    for (const id of ids) this.#drop(id);
    for (const lane of this.#lanes.values()) lane.waiting = lane.waiting.filter(({ id }) => !ids.has(id));
  }

  /** What was claimed and not begun goes back as though it never had been. */
  #giveBack(lane: Lane): void {
    const retryAt = this.#options.clock.now();
    for (const { id } of lane.waiting.splice(0)) this.#notes.failed({ id, error: undefined, retryAt, uncounted: true });
  }

  /** One at a time: a database that is slow must not have them heap up. */
  #beat(): void {
    this.#beating ??= this.#renew().finally(() => {
      this.#beating = undefined;
    });
  }

  /** Renews the leases, and learns what others did to the jobs that are here, and gives back what dead ones had. */
  async #renew(): Promise<void> {
    const { database, clock, logger } = this.#options;
    try {
      const isIdle = this.#held().length === 0 && this.#claiming === 0;
      // A transaction for nothing would cost an idle server something.
      if (isIdle && !(await hasExpired(database, clock.now()))) return;
      const heed = await database.transaction((connection) => this.#renewWithin(connection), { brief: true });
      heed();
    } catch (error) {
      if (!this.#lookout.isAiling) logger.error({ err: error }, "The leases of jobs could not be renewed.");
    }
  }

  #held(): readonly number[] {
    const waiting = [...this.#lanes.values()].flatMap((lane) => lane.waiting.map(({ id }) => id));
    return [...this.#running.keys(), ...waiting, ...this.#notes.ids];
  }

  async #renewWithin(connection: Connection): Promise<() => void> {
    // As things stand in this transaction's turn, which may have come late.
    const now = this.#options.clock.now();
    const running = [...this.#running];
    const waiting = [...this.#lanes.values()].flatMap((lane) => lane.waiting);
    const held = this.#held();
    // What is this runner's own and not held was claimed without its hearing so. While it claims it cannot tell.
    const of = this.#claiming > 0 ? "others" : "anybody";
    const rescued = await rescueJobs(connection, { owner: this.#owner, now, of, sparing: held });
    const lost = new Set(await renewLeases(connection, this.#owner, held, now + this.#lease));
    const lostWaiting = new Set(waiting.filter(({ id }) => lost.has(id)));
    const paused = new Set(await pausedQueues(connection));
    return () => {
      if (rescued > 0) this.wake();
      // Only what is still the same attempt: it may have ended meanwhile, and run anew.
      for (const [id, attempt] of running)
        if (lost.has(id) && !attempt.isCompleting && this.#running.get(id) === attempt) this.#drop(id);
      for (const [queue, lane] of this.#lanes) {
        lane.waiting = lane.waiting.filter((job) => !lostWaiting.has(job));
        if (paused.has(queue)) this.#giveBack(lane);
      }
    };
  }

  #laneOf(queue: string): Lane {
    let lane = this.#lanes.get(queue);
    if (lane === undefined) {
      lane = {
        gate: new QueueGate(this.#options.queues.get(queue) ?? {}, this.#options.clock),
        waiting: [],
        refill: undefined,
      };
      this.#lanes.set(queue, lane);
    }
    return lane;
  }

  async #close(grace: number): Promise<void> {
    const { clock } = this.#options;
    for (const { refill } of this.#lanes.values()) clearTimeout(refill);
    await this.#lookout.close();
    for (const lane of this.#lanes.values()) this.#giveBack(lane);
    await this.#idle(grace);
    for (const attempt of this.#running.values()) attempt.abort(new StoppingError("The server is stopping."));
    await this.#idle(1000);
    for (const id of this.#running.keys()) this.#notes.failed({ id, error: undefined, retryAt: clock.now(), uncounted: true });
    this.#running.clear();
    await this.#notes.close();
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
