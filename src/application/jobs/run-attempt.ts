import { inspect } from "node:util";
import { during } from "#base";
import { type AttemptOptions, type AttemptState, createAttemptContext } from "./attempt-context.ts";
import { exponentialBackoff } from "./backoff.ts";
import type { JobDefinition } from "./build-jobs.ts";
import { validateJobInput } from "./enqueue.ts";
import { isUnrecoverable, postponement, StoppingError } from "./job-errors.ts";
import type { ClaimedJob } from "./job-table.ts";
import { openInput } from "./kept-input.ts";

export type Outcome =
  /** `noted`: the database has it already, by `complete`. */
  | { readonly type: "done"; readonly noted: boolean }
  | {
      readonly type: "failed";
      /** Undefined where there is nothing to say of it. */
      readonly error: string | undefined;
      readonly retryAt: number | undefined;
      readonly uncounted?: boolean;
    };

/** One run of one job. */
export interface Attempt {
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Tells the handler to stop. What it does not heed goes on, and what becomes of it is not heard any more. */
  abort(reason: Error): void;
  /** It was told to stop, or its time was over: what its handler began may go on. */
  readonly isAborted: boolean;
  /** True from the beginning of `complete`, unless that fails: the job's row may be another's, or gone, and it is well. */
  readonly isCompleting: boolean;
}

/** A job that this back end does not know may be one of a later version: it is tried again after so many milliseconds. */
const UNKNOWN_PAUSE = 60_000;
const MAX_ERROR = 4000;

export function runAttempt(job: ClaimedJob, definition: JobDefinition | undefined, options: AttemptOptions): Attempt {
  const abort = new AbortController();
  const state: AttemptState = { completion: "none" };
  return {
    // What a logger or a schema throws must not end the process.
    outcome: run(job, definition, { ...options, abort, state }).catch((error: unknown) =>
      failedBy(job, error, exponentialBackoff, options),
    ),
    abort: (reason) => abort.abort(reason),
    get isAborted() {
      return abort.signal.aborted;
    },
    get isCompleting() {
      return state.completion !== "none";
    },
  };
}

/** The attempt failed as any other: it is counted, and tried again after the backoff. */
function failedBy(
  { attempt, maxAttempts }: Pick<ClaimedJob, "attempt" | "maxAttempts">,
  error: unknown,
  backoff: JobDefinition["backoff"],
  { clock }: Pick<AttemptOptions, "clock">,
): Extract<Outcome, { readonly type: "failed" }> {
  return { type: "failed", error: describe(error), retryAt: attempt >= maxAttempts ? undefined : clock.now() + backoff(attempt) };
}

/** The input is not what the job takes, or not any more. */
class InputError extends Error {}

interface Running extends AttemptOptions {
  readonly abort: AbortController;
  readonly state: AttemptState;
}

async function run(job: ClaimedJob, definition: JobDefinition | undefined, running: Running): Promise<Outcome> {
  const { clock, logger, abort, state } = running;
  const log = { job: job.name, id: job.id, attempt: job.attempt };
  const handler = definition?.handler;
  if (definition === undefined || handler === undefined) {
    logger.warn(log, "There is no job of that name in this back end. It waits.");
    const error = `There is no job '${job.name}' in this back end.`;
    return { type: "failed", error, retryAt: clock.now() + UNKNOWN_PAUSE, uncounted: true };
  }
  const { signal } = abort;
  try {
    await withinTime(definition.timeLimit, abort, async () => {
      const input = await readInput(job, definition);
      signal.throwIfAborted();
      const work = { name: `job ${job.name}`, fail: (thrown: unknown) => abort.abort(thrown) };
      const context = createAttemptContext(job, { input, signal, state, keep: definition.keep }, running);
      return during(work, () => handler(context as never));
    });
    // Who forgot to await it meant it all the same.
    await state.settled;
    return { type: "done", noted: state.completion === "committed" };
  } catch (error) {
    // Its time may be over while the disk is keeping its end.
    await state.settled;
    if (state.completion === "committed") {
      if (!(error instanceof StoppingError))
        logger.warn({ ...log, err: error }, "A job failed after it had completed. It stays done.");
      return { type: "done", noted: true };
    }
    return whatFailed(error, { job, definition, running, log });
  }
}

interface Failed {
  readonly job: ClaimedJob;
  readonly definition: JobDefinition;
  readonly running: Pick<AttemptOptions, "clock" | "logger">;
  readonly log: object;
}

/** What becomes of a job whose attempt ended with that error; the log is told. */
export function whatFailed(error: unknown, { job, definition, running, log }: Failed): Outcome {
  const { clock, logger } = running;
  if (error instanceof StoppingError) return { type: "failed", error: undefined, retryAt: clock.now(), uncounted: true };
  const delay = postponement(error);
  if (delay !== undefined) {
    const retryAt = clock.now() + delay;
    const { message } = error as Error;
    logger.debug({ ...log, reason: message, retryAt: new Date(retryAt).toISOString() }, "A job put itself off.");
    const reason = message === "" ? undefined : `Put off: ${message}`.slice(0, MAX_ERROR).toWellFormed();
    return { type: "failed", error: reason, retryAt, uncounted: true };
  }
  if (error instanceof InputError) {
    logger.error({ ...log, err: error.cause }, "The input of a job fits it no more. It is set aside.");
    const words = `Its input fits no more: ${describe(error.cause)}`.slice(0, MAX_ERROR);
    return { type: "failed", error: words, retryAt: undefined };
  }
  if (isUnrecoverable(error)) {
    logger.error({ ...log, err: error }, "A job failed for good and is set aside.");
    return { type: "failed", error: describe(error), retryAt: undefined };
  }
  const failed = failedBy(job, error, definition.backoff, running);
  const { retryAt } = failed;
  const isLast = retryAt === undefined;
  const words = isLast ? "A job failed for the last time and is set aside." : "A job failed and will be tried again.";
  logger[isLast ? "error" : "warn"]({ ...log, err: error, retryAt: retryAt && new Date(retryAt).toISOString() }, words);
  return failed;
}

async function readInput({ input }: ClaimedJob, definition: JobDefinition): Promise<unknown> {
  try {
    return await validateJobInput(definition.input, openInput(definition, input));
  } catch (cause) {
    throw new InputError("The input does not fit.", { cause });
  }
}

/** Rejects when the time is over or the attempt is aborted, whether or not the handler heeds its signal. */
async function withinTime(milliseconds: number, abort: AbortController, work: () => unknown): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  const timer = setTimeout(() => abort.abort(overTime(milliseconds)), milliseconds);
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

export function overTime(milliseconds: number): Error {
  return new Error(`It took longer than its ${milliseconds} ms.`);
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
