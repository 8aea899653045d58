import type { Clock, Logger } from "#base";
import type { Database } from "#database";
import type { DbOpener } from "../functions/open-db.ts";
import { noSuppressions, type Suppressions } from "../mail/suppressions.ts";
import type { RecordStore } from "../records/record-store.ts";
import { DefinitionError } from "../schema/definition-error.ts";
import type { CronDefinition } from "./build-crons.ts";
import type { JobBook, JobDefinition } from "./build-jobs.ts";
import { CronScheduler } from "./cron-scheduler.ts";
import { createEnqueuer, createOwnEnqueue, type Enqueuer, type EnqueueOwn } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { createAttemptTools } from "./attempt-tools.ts";
import { HeavyPool, heavyThreads } from "./heavy/heavy-pool.ts";
import type { ThreadSetup } from "./heavy/heavy-messages.ts";
import { createControls, type JobControl, type JobControlIn } from "./job-control.ts";
import { JobRunner } from "./job-runner.ts";
import { type JobOrder, type JobOrderOutcome, obeyJobOrder } from "./job-orders.ts";
import { createJobTables, type Keeping, nextDue } from "./job-table.ts";
import { bindOwnJobs } from "./own-jobs.ts";
import type { QueueLimits } from "./queue-gate.ts";
import { runAttempt } from "./run-attempt.ts";

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
  readonly keeping: Keeping;
  /** By default there is no mail. */
  readonly suppressions?: Suppressions;
  /** For heavy jobs; without it a back end that has some is refused. */
  readonly threads: ThreadSetup | undefined;
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
  /** Sees and steers jobs, each order in a transaction of its own. */
  readonly control: JobControl;
  readonly controlIn: JobControlIn;
  /** How many kinds of jobs there are, those of the platform's parts included. */
  readonly kinds: number;
  /** Looks now for what is due, because the clock was set. */
  readonly lookNow: () => Promise<void>;
  /** When the next one is due that waits for its time, those by the clock included: milliseconds since 1970. */
  readonly nextDue: () => Promise<number | undefined>;
  /** Begins to run them. A back end without jobs has nothing to begin. */
  start(): Promise<void>;
  /** Retries, cancels, pauses or resumes, and tells what runs here at once. */
  readonly obey: (order: JobOrder) => Promise<JobOrderOutcome>;
  /** Lets what runs end for so many milliseconds, then gives it back. */
  close(grace: number): Promise<void>;
}

/** Makes the tables where there are jobs, and puts together what enqueues and what runs them. */
export async function openJobs(options: OpenJobsOptions): Promise<Jobs> {
  const { database, records, dbs, clock, suppressions = noSuppressions() } = options;
  const jobs = bindOwnJobs(options.jobs, options.own ?? []);
  const usual: Readonly<Record<string, QueueLimits>> = { heavy: { concurrency: heavyThreads }, ...options.ownQueues };
  const queues = new Map([...Object.entries(usual), ...options.queues]);
  if (jobs.byName.size > 0) await database.transaction(createJobTables);
  const threads = openThreads(options, jobs, {
    onEnqueued() {
      runner.hint();
      runner.wake();
    },
    onOrdered() {
      runner.ordered();
      runner.committed();
    },
  });
  const onEnqueued = (): void => runner.hint();
  const enqueuer = createEnqueuer({ jobs, clock, onEnqueued });
  const enqueue = enqueuer((work) => database.transaction(work, { brief: true }));
  const { control, controlIn } = createControls({ database, clock, onOrder: () => runner.ordered() });
  const tools = createAttemptTools({ database, records, dbs, enqueuer, control, controlIn, suppressions });
  const runner = new JobRunner({
    ...options,
    jobs,
    queues,
    begin: (job, definition, owner) =>
      definition?.heavy !== undefined && threads !== undefined
        ? threads.run(job, { ...definition, heavy: definition.heavy }, owner)
        : runAttempt(job, definition, { ...options, tools, owner }),
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
    lookNow: async () => {
      await scheduler.lookNow();
      runner.wake();
    },
    nextDue: async () => {
      if (jobs.byName.size === 0) return undefined;
      const due = [await nextDue(database), await scheduler.nextDue()].filter((at) => at !== undefined);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    control,
    controlIn,
    obey: (order) =>
      database.transaction(async (connection) => {
        const outcome = await obeyJobOrder(connection, order, clock.now());
        if ("was" in outcome) runner.ordered();
        return outcome;
      }),
    close: async (grace) => {
      stopListening();
      await scheduler.close();
      await runner.close(grace);
      await threads?.close();
    },
  };
}

/** Where there are heavy jobs. */
function openThreads(
  { database, clock, logger, threads: setup }: OpenJobsOptions,
  { byName }: JobBook,
  hears: { readonly onEnqueued: () => void; readonly onOrdered: () => void },
): HeavyPool | undefined {
  const heavy = [...byName.values()].filter((definition) => definition.heavy !== undefined);
  if (heavy.length === 0) return undefined;
  if (setup !== undefined) return new HeavyPool({ setup, database, clock, logger, ...hears });
  throw new DefinitionError(
    heavy.map(({ name }) => ({
      place: `jobs.${name}`,
      message:
        "is heavy, and runs in a thread, which loads the file of the back end: give createPlatform (in tests openTestBackend) its path as `backendFile`",
    })),
  );
}
