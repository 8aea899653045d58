import type { TestContext } from "node:test";
import { type Clock, type Logger, systemClock } from "#base";
import { openSqlite, type SqliteDatabase } from "#database";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import type { AnySchema } from "../schema/schema.ts";
import { buildJobs } from "./build-jobs.ts";
import { type Job, type JobBuilders, jobsOf } from "./define-job.ts";
import { createEnqueuer } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { JobRunner } from "./job-runner.ts";
import { createJobTables } from "./job-table.ts";
import type { QueueLimits } from "./queue-gate.ts";

export interface JobWorld {
  readonly database: SqliteDatabase;
  readonly enqueue: Enqueue;
  readonly runner: JobRunner;
  readonly logged: readonly object[];
}

export interface JobWorldOptions {
  readonly jobs: Readonly<Record<string, Job<AnySchema, never>>>;
  readonly queues?: Readonly<Record<string, QueueLimits>>;
  readonly clock?: Clock;
  readonly database?: SqliteDatabase;
  readonly start?: boolean;
}

export const { job }: JobBuilders<AnySchema> = jobsOf({} as AnySchema);

/** Jobs on a database of their own, without the rest of a back end. */
export async function openJobWorld(t: Pick<TestContext, "after">, options: JobWorldOptions): Promise<JobWorld> {
  const { clock = systemClock, queues = {}, start = true } = options;
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
  const enqueue = enqueuer((work) =>
    database.transaction(work).then((id) => {
      late.runner?.committed();
      return id;
    }),
  );
  const tools = { db: {}, enqueue, transaction: () => Promise.reject(new Error("There is none here.")) };
  const runner = new JobRunner({ database, jobs, queues: new Map(Object.entries(queues)), tools, clock, logger });
  late.runner = runner;
  if (start) await runner.start();
  t.after(async () => {
    await runner.close(1000);
    if (options.database === undefined) await database.close();
  });
  return { database, enqueue, runner, logged };
}

/** Until it holds; fails after five seconds. */
export async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
