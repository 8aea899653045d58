import { type Clock, systemClock } from "#base";
import type { Connection, TransactionalDatabase } from "#database";
import type { InTransaction } from "./enqueue.ts";
import { type JobOrder, type JobOrderOutcome, obeyJobOrder } from "./job-orders.ts";
import { countJobs, findJob, type JobFilter, type JobRow, listJobs, type QueueCounts } from "./list-jobs.ts";

/**
 * Sees and steers jobs. It knows no rules: who may do so is for the code that calls it to decide. What a
 * mutation has, and what a job's `transaction` hands to its work, is part of that transaction.
 */
export interface JobControl {
  /** The job of that id, those of the platform's own parts included; null where there is none, or none any more. */
  find(id: number): Promise<JobRow | null>;
  /** Jobs, newest first: 50, where nothing else is said. */
  list(filter?: JobFilter): Promise<readonly JobRow[]>;
  /** How many jobs stand where, by queue. It counts them one by one. */
  counts(): Promise<readonly QueueCounts[]>;
  /** Makes a job ready that failed, was cancelled, is done or waits for its time, with all of its attempts. `refused` says why not. */
  retry(id: number): Promise<JobOrderOutcome>;
  /** Ends a job that waits, and tells one that runs to stop. `refused` says why not. */
  cancel(id: number): Promise<JobOrderOutcome>;
  /** Begins no more jobs of a queue, until it is resumed. What runs goes on. */
  pause(queue: string): Promise<JobOrderOutcome>;
  resume(queue: string): Promise<JobOrderOutcome>;
}

/** What is seen and steered through: a transaction's connection, or one that only reads. */
export interface ControlScope {
  readonly connection: Connection;
  readonly writes: boolean;
}

export type JobControlIn = (scope: ControlScope) => JobControl;

/** Sees what is in the database, and steers nothing: where nobody runs jobs. */
export const noJobControl: JobControlIn = ({ connection }) =>
  createJobControl({ connection, inTransaction: onlySees, clock: systemClock, onOrder: () => {} });

function onlySees(): Promise<never> {
  return Promise.reject(new Error("A query function may only read: define it with mutation(...) to steer jobs."));
}

/** As the system's own code has it, each order in a transaction of its own; and within what is open already. */
export function createControls({
  database,
  ...ordering
}: Pick<JobControlOptions, "clock" | "onOrder"> & { readonly database: TransactionalDatabase }): {
  readonly control: JobControl;
  readonly controlIn: JobControlIn;
} {
  return {
    control: createJobControl({ ...ordering, connection: database, inTransaction: (work) => database.transaction(work) }),
    controlIn: ({ connection, writes }) =>
      createJobControl({ ...ordering, connection, inTransaction: writes ? (work) => work(connection) : onlySees }),
  };
}

interface JobControlOptions {
  readonly connection: Connection;
  readonly inTransaction: InTransaction;
  readonly clock: Clock;
  /** Hears of every order that was obeyed, before its transaction has ended. */
  readonly onOrder: () => void;
}

function createJobControl({ connection, inTransaction, clock, onOrder }: JobControlOptions): JobControl {
  const obey = (order: JobOrder): Promise<JobOrderOutcome> =>
    inTransaction(async (within) => {
      const outcome = await obeyJobOrder(within, order, clock.now());
      if ("was" in outcome) onOrder();
      return outcome;
    });
  return {
    find: async (id) => (await findJob(connection, id)) ?? null,
    list: (filter) => listJobs(connection, filter),
    counts: () => countJobs(connection),
    retry: (id) => obey({ type: "jobs", action: "retry", id }),
    cancel: (id) => obey({ type: "jobs", action: "cancel", id }),
    pause: (queue) => obey({ type: "jobs", action: "pause", queue }),
    resume: (queue) => obey({ type: "jobs", action: "resume", queue }),
  };
}
