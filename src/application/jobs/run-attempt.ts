import type { Clock, Logger } from "#base";
import type { Json } from "#contract";
import type { Database } from "#database";
import type { JobDefinition } from "./build-jobs.ts";
import { validateJobInput } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { type ClaimedJob, keepProgress, keepStep } from "./job-table.ts";

/** What handlers work with, made by whoever puts the parts together. */
export interface AttemptTools {
  /** The system's `db`. */
  readonly db: unknown;
  readonly transaction: <T>(work: (db: never, enqueue: Enqueue) => Promise<T>) => Promise<T>;
  readonly enqueue: Enqueue;
}

export interface AttemptOptions {
  readonly owner: string;
  readonly database: Database;
  readonly tools: AttemptTools;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type Outcome =
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: string; readonly retryAt: number | undefined; readonly uncounted?: boolean };

/** One run of one job. */
export interface Attempt {
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Tells the handler to stop. What it does not heed goes on, and what becomes of it is not heard any more. */
  abort(reason: Error): void;
}

/** Thrown to stop attempts whose server is stopping: that is no fault of theirs. */
export class StoppingError extends Error {
  override readonly name: string = "StoppingError";
}

/** A job that this back end does not know may be one of a later version: it is tried again after so many milliseconds. */
const UNKNOWN_PAUSE = 60_000;
const MAX_ERROR = 4000;
/** Milliseconds between two notes of a job's progress. */
const PROGRESS_INTERVAL = 1000;

export function runAttempt(job: ClaimedJob, definition: JobDefinition | undefined, options: AttemptOptions): Attempt {
  const abort = new AbortController();
  return {
    outcome: run(job, definition, options, abort),
    abort: (reason) => abort.abort(reason),
  };
}

async function run(
  job: ClaimedJob,
  definition: JobDefinition | undefined,
  options: AttemptOptions,
  abort: AbortController,
): Promise<Outcome> {
  const { clock, logger } = options;
  const log = { job: job.name, id: job.id, attempt: job.attempt };
  if (definition === undefined) {
    logger.warn(log, "There is no job of that name in this back end. It waits.");
    const error = `There is no job '${job.name}' in this back end.`;
    return { type: "failed", error, retryAt: clock.now() + UNKNOWN_PAUSE, uncounted: true };
  }
  let input: unknown;
  try {
    input = await validateJobInput(definition.input, job.input === null ? undefined : (JSON.parse(job.input) as unknown));
  } catch (error) {
    logger.error({ ...log, err: error }, "The input of a job fits it no more. It is set aside.");
    return { type: "failed", error: `Its input fits no more: ${describe(error)}`, retryAt: undefined };
  }
  try {
    await withinTime(definition.timeLimit, abort, () =>
      definition.handler(contextOf(job, input, options, abort.signal) as never),
    );
    return { type: "done" };
  } catch (error) {
    if (error instanceof StoppingError) return { type: "failed", error: "", retryAt: clock.now(), uncounted: true };
    const isLast = job.attempt >= job.maxAttempts;
    const retryAt = isLast ? undefined : clock.now() + definition.backoff(job.attempt);
    const words = isLast ? "A job failed for the last time and is set aside." : "A job failed and will be tried again.";
    logger[isLast ? "error" : "warn"]({ ...log, err: error, retryAt: retryAt && new Date(retryAt).toISOString() }, words);
    return { type: "failed", error: describe(error), retryAt };
  }
}

/** Rejects when the time is over or the attempt is aborted, whether or not the handler heeds its signal. */
async function withinTime(milliseconds: number, abort: AbortController, work: () => unknown): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  const timer = setTimeout(() => abort.abort(new Error(`It took longer than its ${milliseconds} ms.`)), milliseconds);
  const stop = (): void => stopped.reject(abort.signal.reason);
  abort.signal.addEventListener("abort", stop, { once: true });
  try {
    if (abort.signal.aborted) throw abort.signal.reason;
    await Promise.race([Promise.resolve().then(work), stopped.promise]);
  } finally {
    clearTimeout(timer);
    abort.signal.removeEventListener("abort", stop);
  }
}

function contextOf(job: ClaimedJob, input: unknown, options: AttemptOptions, signal: AbortSignal): object {
  const { tools, logger, clock, database, owner } = options;
  const { db, transaction, enqueue } = tools;
  const kept = new Map<string, Json>(job.steps === null ? [] : Object.entries(JSON.parse(job.steps) as Record<string, Json>));
  let told = Number.NEGATIVE_INFINITY;
  return {
    input,
    db,
    transaction,
    enqueue,
    signal,
    id: job.id,
    attempt: job.attempt,
    log: logger,
    async step(name: string, work: () => unknown) {
      const known = kept.get(name);
      if (known !== undefined) return known;
      signal.throwIfAborted();
      // As it will be given again: through JSON.
      const text = JSON.stringify((await work()) ?? null) as string | undefined;
      if (text === undefined) throw new TypeError(`The step '${name}' gave what JSON cannot say.`);
      kept.set(name, JSON.parse(text) as Json);
      const steps = JSON.stringify(Object.fromEntries(kept));
      const isHeld = await database.transaction((connection) => keepStep(connection, owner, job.id, steps), { brief: true });
      if (!isHeld) throw new Error("The job is no longer this process's: it was cancelled, or given to another.");
      return kept.get(name);
    },
    progress(share: number, message?: string) {
      const now = clock.monotonic();
      if (now - told < PROGRESS_INTERVAL && share < 1) return;
      told = now;
      const progress = JSON.stringify({ share: Math.min(1, Math.max(0, Number(share) || 0)), message: message ?? null });
      const note = database.transaction((connection) => keepProgress(connection, owner, job.id, progress), { brief: true });
      note.catch((error: unknown) => logger.warn({ err: error, id: job.id }, "The progress of a job could not be noted."));
    },
  };
}

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, MAX_ERROR).toWellFormed();
}
