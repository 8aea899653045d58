import type { Clock, Logger } from "#base";
import type { Database } from "#database";
import type { DbOpener } from "../functions/open-db.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { CronDefinition } from "./build-crons.ts";
import type { JobBook, JobDefinition } from "./build-jobs.ts";
import { CronScheduler } from "./cron-scheduler.ts";
import { createEnqueuer, createOwnEnqueue, type Enqueuer, type EnqueueOwn } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { JobRunner } from "./job-runner.ts";
import { type JobOrder, type JobOrderOutcome, obeyJobOrder } from "./job-orders.ts";
import { createJobTables } from "./job-table.ts";
import { bindOwnJobs } from "./own-jobs.ts";
import type { QueueLimits } from "./queue-gate.ts";

export interface OpenJobsOptions {
  readonly database: Database;
  readonly records: RecordStore;
  readonly dbs: DbOpener;
  readonly jobs: JobBook;
  /** Jobs that parts of the platform bring: see `ownJob`. Those of the templates in `jobs` are among them, with their handlers. */
  readonly own?: readonly JobDefinition[];
  readonly crons: readonly CronDefinition[];
  readonly queues: ReadonlyMap<string, QueueLimits>;
  /** Limits of the parts' queues where the back end says nothing of them. */
  readonly ownQueues?: Readonly<Record<string, QueueLimits>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The jobs of a back end that runs. */
export interface Jobs {
  readonly enqueuer: Enqueuer;
  /** In a transaction of its own. */
  readonly enqueue: Enqueue;
  /** Puts a job that a part of the platform brought. */
  readonly enqueueOwn: EnqueueOwn;
  /** How many kinds of jobs there are, those of the platform's parts included. */
  readonly kinds: number;
  /** Begins to run them. A back end without jobs has nothing to begin. */
  start(): Promise<void>;
  /** Retries, cancels, pauses or resumes, and tells what runs here at once. */
  readonly obey: (order: JobOrder) => Promise<JobOrderOutcome>;
  /** Lets what runs end for so many milliseconds, then gives it back. */
  close(grace: number): Promise<void>;
}

/** Makes the tables where there are jobs, and puts together what enqueues and what runs them. */
export async function openJobs(options: OpenJobsOptions): Promise<Jobs> {
  const { database, records, dbs, clock } = options;
  const jobs = bindOwnJobs(options.jobs, options.own ?? []);
  const queues = new Map([...Object.entries(options.ownQueues ?? {}), ...options.queues]);
  if (jobs.byName.size > 0) await database.transaction(createJobTables);
  const onEnqueued = (): void => runner.hint();
  const enqueuer = createEnqueuer({ jobs, clock, onEnqueued });
  const enqueue = enqueuer((work) => database.transaction(work, { brief: true }));
  const author = { id: null, system: true } as const;
  const runner = new JobRunner({
    ...options,
    jobs,
    queues,
    tools: {
      db: dbs.openSystem({ records, connection: database, writes: false }),
      enqueue,
      transaction: (work) =>
        records.transaction(
          (own, connection) =>
            work(
              dbs.openSystem({ records: own, connection, writes: true }) as never,
              enqueuer((inside) => inside(connection)),
            ),
          { author },
        ),
    },
  });
  const scheduler = new CronScheduler({ ...options, enqueuer });
  const stopListening = database.onDurable(() => runner.committed());
  return {
    enqueuer,
    enqueue,
    enqueueOwn: createOwnEnqueue({ jobs, clock, onEnqueued }),
    kinds: jobs.byName.size,
    start: async () => {
      if (jobs.byName.size === 0) return;
      await runner.start();
      await scheduler.start();
    },
    async obey(order) {
      const outcome = await database.transaction((connection) => obeyJobOrder(connection, order, clock.now()));
      if ("was" in outcome && order.action === "cancel") runner.cancelled(order.id);
      if ("was" in outcome && order.action === "pause") runner.giveBack(order.queue);
      runner.wake();
      return outcome;
    },
    close: async (grace) => {
      stopListening();
      await scheduler.close();
      await runner.close(grace);
    },
  };
}
