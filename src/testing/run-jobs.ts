import { type JobRow, listJobs } from "#application";
import type { SqliteDatabase } from "#database";
import { untilDurable } from "./until-durable.ts";

/** How long jobs are waited for, and what of those that fail. */
export interface RunJobsOptions {
  /** Milliseconds. Default 10,000. */
  readonly timeLimit?: number;
  /** Does not throw where jobs have failed: for tests of just that. */
  readonly allowFailures?: boolean;
}

export interface RunJobsIn {
  /** Failures that an earlier call has thrown already. */
  readonly told: Set<string>;
  /** Milliseconds since 1970, as the back end has it. */
  readonly now: () => number;
}

export async function runJobs(
  database: SqliteDatabase,
  { timeLimit = 10_000, allowFailures = false, told, now }: RunJobsOptions & RunJobsIn,
): Promise<void> {
  await untilDurable(database, timeLimit, {
    look: async () => ((await waiting(database, now())).length === 0 ? true : undefined),
    missing: async () => {
      const names = (await waiting(database, now())).map(({ name, id, state }) => `${name} (${id}, ${state})`);
      return `Jobs did not end within ${timeLimit} ms: ${names.join(", ")}.`;
    },
  });
  const failures = (await listJobs(database, { limit: 1000 })).filter((job) => isFailure(job) && !told.has(failureKey(job)));
  for (const job of failures) told.add(failureKey(job));
  if (failures.length > 0 && !allowFailures)
    throw new Error(failures.map(({ name, id, error }) => `The job ${name} (${id}) failed: ${error}`).join("\n"));
}

async function waiting(database: SqliteDatabase, at: number): Promise<readonly JobRow[]> {
  const now = new Date(at).toISOString();
  const due = (await listJobs(database, { state: "scheduled", limit: 1000 })).filter(({ runAt }) => runAt <= now);
  const others = await Promise.all((["ready", "running", "behind"] as const).map((state) => listJobs(database, { state })));
  return [...due, ...others.flat()];
}

/** What a job that was put off says is no failure: its attempt is not counted. */
function isFailure({ state, attempt, error }: JobRow): boolean {
  return error !== null && (state === "failed" || (state === "scheduled" && attempt > 0));
}

function failureKey({ id, attempt }: JobRow): string {
  return `${id} ${attempt}`;
}
