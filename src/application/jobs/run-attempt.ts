import { inspect } from "node:util";
import type { Clock, Logger } from "#base";
import type { Json } from "#contract";
import type { Database } from "#database";
import { exponentialBackoff } from "./backoff.ts";
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
/** Characters of all that the steps of a job gave: they are read whenever the job is. */
const MAX_STEPS = 1_048_576;
/** Milliseconds between two notes of a job's progress. */
const PROGRESS_INTERVAL = 1000;

export function runAttempt(job: ClaimedJob, definition: JobDefinition | undefined, options: AttemptOptions): Attempt {
  const abort = new AbortController();
  return {
    // What a logger or a schema throws must not end the process.
    outcome: run(job, definition, options, abort).catch((error: unknown) => ({
      type: "failed",
      error: describe(error),
      retryAt: job.attempt >= job.maxAttempts ? undefined : options.clock.now() + exponentialBackoff(job.attempt),
    })),
    abort: (reason) => abort.abort(reason),
  };
}

/** The input is not what the job takes, or not any more. */
class InputError extends Error {}

async function run(
  job: ClaimedJob,
  definition: JobDefinition | undefined,
  options: AttemptOptions,
  abort: AbortController,
): Promise<Outcome> {
  const { clock, logger } = options;
  const log = { job: job.name, id: job.id, attempt: job.attempt };
  const handler = definition?.handler;
  if (definition === undefined || handler === undefined) {
    logger.warn(log, "There is no job of that name in this back end. It waits.");
    const error = `There is no job '${job.name}' in this back end.`;
    return { type: "failed", error, retryAt: clock.now() + UNKNOWN_PAUSE, uncounted: true };
  }
  try {
    await withinTime(definition.timeLimit, abort, async () => {
      const input = await readInput(job, definition);
      abort.signal.throwIfAborted();
      return handler(contextOf(job, input, options, abort.signal) as never);
    });
    return { type: "done" };
  } catch (error) {
    if (error instanceof StoppingError) return { type: "failed", error: "", retryAt: clock.now(), uncounted: true };
    if (error instanceof InputError) {
      logger.error({ ...log, err: error.cause }, "The input of a job fits it no more. It is set aside.");
      return {
        type: "failed",
        error: `Its input fits no more: ${describe(error.cause)}`.slice(0, MAX_ERROR),
        retryAt: undefined,
      };
    }
    const isLast = job.attempt >= job.maxAttempts;
    const retryAt = isLast ? undefined : clock.now() + definition.backoff(job.attempt);
    const words = isLast ? "A job failed for the last time and is set aside." : "A job failed and will be tried again.";
    logger[isLast ? "error" : "warn"]({ ...log, err: error, retryAt: retryAt && new Date(retryAt).toISOString() }, words);
    return { type: "failed", error: describe(error), retryAt };
  }
}

async function readInput({ input }: ClaimedJob, definition: JobDefinition): Promise<unknown> {
  try {
    return await validateJobInput(definition.input, input === null ? undefined : (JSON.parse(input) as unknown));
  } catch (cause) {
    throw new InputError("The input does not fit.", { cause });
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
      // Whoever did not heed the signal must not write into the next attempt.
      signal.throwIfAborted();
      const result = JSON.parse(text) as Json;
      const isHeld = await database.transaction(
        (connection) => {
          const steps = JSON.stringify(Object.fromEntries([...kept, [name, result]]));
          if (steps.length > MAX_STEPS)
            throw new TypeError(`What the steps of a job give may have at most ${MAX_STEPS} characters: keep it in a table.`);
          kept.set(name, result);
          return keepStep(connection, owner, job.id, steps);
        },
        { brief: true },
      );
      if (!isHeld) throw new Error("The job is no longer this process's: it was cancelled, or given to another.");
      return result;
    },
    progress(share: number, message?: string) {
      if (signal.aborted) return;
      const now = clock.monotonic();
      if (now - told < PROGRESS_INTERVAL && share < 1) return;
      told = now;
      const progress = JSON.stringify({ share: Math.min(1, Math.max(0, share || 0)), message: message?.slice(0, 1000) ?? null });
      const note = database.transaction((connection) => keepProgress(connection, owner, job.id, progress), { brief: true });
      note.catch((error: unknown) => logger.warn({ err: error, id: job.id }, "The progress of a job could not be noted."));
    },
  };
}

/** Anything may be thrown: a stack that is no text, an object that cannot be made one. */
function describe(error: unknown): string {
  try {
    const text = error instanceof Error ? (error.stack ?? error.message) : inspect(error, { maxStringLength: MAX_ERROR });
    return text.slice(0, MAX_ERROR).toWellFormed();
  } catch {
    return "What it threw cannot be described.";
  }
}
