import type { TestContext } from "node:test";
import { type Clock, type Logger, systemClock } from "#base";
import { openSqlite, type SqliteDatabase } from "#database";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { AnySchema } from "../schema/schema.ts";
import { noSuppressions } from "../mail/suppressions.ts";
import { buildJobs } from "./build-jobs.ts";
import { type Job, type JobBuilders, jobsOf } from "./define-job.ts";
import type { AttemptTools } from "./attempt-tools.ts";
import { createEnqueuer, type InTransaction } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { createControls, type JobControl } from "./job-control.ts";
import { JobRunner } from "./job-runner.ts";
import { createJobTables, type Keeping } from "./job-table.ts";
import type { QueueLimits } from "./queue-gate.ts";
import { runAttempt } from "./run-attempt.ts";

export interface JobWorld {
  readonly database: SqliteDatabase;
  readonly enqueue: Enqueue;
  readonly runner: JobRunner;
  /** Steers; the runner hears of it. */
  readonly jobs: JobControl;
  readonly logged: readonly object[];
}

export interface JobWorldOptions {
  readonly jobs: Readonly<Record<string, Job<AnySchema, never>>>;
  readonly queues?: Readonly<Record<string, QueueLimits>>;
  readonly clock?: Clock;
  readonly database?: SqliteDatabase;
  readonly start?: boolean;
  readonly keeping?: Keeping;
  /** Several worlds share the database. */
  readonly isShared?: boolean;
  readonly lease?: number;
}

export const { job }: JobBuilders<AnySchema> = jobsOf({} as AnySchema);

/** Jobs on a database of their own, without the rest of a back end. */
export async function openJobWorld(t: Pick<TestContext, "after">, options: JobWorldOptions): Promise<JobWorld> {
  const { clock = systemClock, queues = {}, start = true, keeping = { failed: 3_600_000, cancelled: 3_600_000 } } = options;
  const database = options.database ?? (await openSqlite({ path: ":memory:", clock }));
  const problems: DefinitionProblem[] = [];
  const jobs = buildJobs(options.jobs, problems);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  await database.transaction(createJobTables);
  const logged: object[] = [];
  const note = (fields: object, message?: string): void => void logged.push({ ...fields, message });
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  const late: { runner?: JobRunner } = {};
  const enqueuer = createEnqueuer({ jobs, clock, onEnqueued: () => late.runner?.hint() });
  const inTransaction: InTransaction = (work) => database.transaction(work);
  const enqueue = enqueuer(inTransaction);
  const { control, controlIn } = createControls({ database, clock, onOrder: () => late.runner?.ordered() });
  const tools: AttemptTools = {
    db: {},
    enqueue,
    jobs: control,
    suppressions: noSuppressions(),
    within: (work) =>
      database.transaction((connection) =>
        work({
          connection,
          db: connection,
          enqueue: enqueuer((inside) => inside(connection)),
          jobs: controlIn({ connection, writes: true }),
        }),
      ),
  };
  const runner = new JobRunner({
    ...options,
    database,
    jobs,
    queues: new Map(Object.entries(queues)),
    keeping,
    begin: (each, definition, owner) => runAttempt(each, definition, { owner, database, tools, clock, logger }),
    clock,
    logger,
  });
  late.runner = runner;
  const stopListening = database.onDurable(() => runner.committed());
  if (start) await runner.start();
  t.after(async () => {
    stopListening();
    await runner.close(1000);
    if (options.database === undefined) await database.close();
  });
  return { database, enqueue, runner, jobs: control, logged };
}

/** Until it holds; fails after five seconds. */
export async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
