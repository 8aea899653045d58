import type { Clock, Logger } from "#base";
import type { Json } from "#contract";
import type { TransactionalDatabase } from "#database";
import type { AttemptTools, HandlerTools } from "./attempt-tools.ts";
import type { Enqueue } from "./enqueue-types.ts";
import { type ClaimedJob, finishJob, keepProgress, keepStep } from "./job-table.ts";
import { refuseWithin, withinTransaction } from "./open-transaction.ts";

export interface AttemptOptions {
  readonly owner: string;
  readonly database: TransactionalDatabase;
  readonly tools: AttemptTools;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears that the job is about to be done by `complete`, and where that came to nothing. */
  readonly onCompleting?: (isCompleting: boolean) => void;
}

/** Where an attempt stands: what its handler says of itself before it ends. */
export interface AttemptState {
  /** `under way` also while its transaction waits for its turn. */
  completion: "none" | "under way" | "committed";
  /** Resolves when the transaction that is under way has ended, well or not. */
  settled?: Promise<unknown>;
}

interface Given {
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly state: AttemptState;
  /** How long the job stays once it is done, in milliseconds. */
  readonly keep: number | undefined;
}

/** Characters of all that the steps of a job gave: they are read whenever the job is. */
const MAX_STEPS = 1_048_576;
/** Milliseconds between two notes of a job's progress. */
const PROGRESS_INTERVAL = 1000;

const NO_LONGER_HELD = "The job is no longer this process's: it was cancelled, or given to another.";
const COMPLETE = "The job is done: `complete` was called.";

/** What a job's handler is given: see `JobContext`. */
export function createAttemptContext(job: ClaimedJob, given: Given, options: AttemptOptions): object {
  const { logger } = options;
  const tools = outsideOfTransactions(options.tools);
  const own = { ...options, tools };
  return {
    input: given.input,
    db: tools.db,
    enqueue: tools.enqueue,
    jobs: tools.jobs,
    suppressions: tools.suppressions,
    transaction: (work: Work) => tools.within(({ db, enqueue, jobs }) => work(db, enqueue, jobs)),
    complete: (work?: Work) => complete(job, work, given, own),
    signal: given.signal,
    id: job.id,
    attempt: job.attempt,
    created: new Date(job.created).toISOString(),
    log: withFields(logger, { job: job.name, id: job.id, attempt: job.attempt }),
    step: createSteps(job, given, own),
    progress: createProgress(job, given, options),
  };
}

/** Whose lines they are, for whoever reads the server's log. */
function withFields(logger: Logger, own: object): Logger {
  return {
    debug: (fields, message) => logger.debug({ ...own, ...fields }, message),
    info: (fields, message) => logger.info({ ...own, ...fields }, message),
    warn: (fields, message) => logger.warn({ ...own, ...fields }, message),
    error: (fields, message) => logger.error({ ...own, ...fields }, message),
  };
}

/** A handler that began a transaction within one would wait for itself. */
function outsideOfTransactions({ db, enqueue, jobs, suppressions, within }: AttemptTools): AttemptTools {
  const refuseOrder = (name: string): void => refuseWithin(`jobs.${name}`, "use the `jobs` that the work is given");
  return {
    db,
    jobs: {
      ...jobs,
      async retry(id) {
        refuseOrder("retry");
        return jobs.retry(id);
      },
      async cancel(id) {
        refuseOrder("cancel");
        return jobs.cancel(id);
      },
      async pause(queue) {
        refuseOrder("pause");
        return jobs.pause(queue);
      },
      async resume(queue) {
        refuseOrder("resume");
        return jobs.resume(queue);
      },
    },
    suppressions: {
      ...suppressions,
      async add(...given) {
        refuseWithin("suppressions.add", "add it before the transaction or after it");
        return suppressions.add(...given);
      },
      async remove(...given) {
        refuseWithin("suppressions.remove", "remove it before the transaction or after it");
        return suppressions.remove(...given);
      },
    },
    enqueue: (async (...given: Parameters<Enqueue>) => {
      refuseWithin("enqueue", "use the `enqueue` that the work is given");
      return enqueue(...given);
    }) as Enqueue,
    within: async (work) => {
      refuseWithin("transaction and complete", "they cannot be nested");
      return within((tools) => withinTransaction(() => work(tools)));
    },
  };
}

type Work = (db: unknown, enqueue: HandlerTools["enqueue"], jobs: HandlerTools["jobs"]) => Promise<unknown>;

/** In that order: what the job's row says locks it, where a database has many writers, before anything else is written. */
async function complete(
  job: ClaimedJob,
  work: Work | undefined,
  { signal, state, keep }: Given,
  { owner, tools, clock, onCompleting }: AttemptOptions,
): Promise<unknown> {
  signal.throwIfAborted();
  if (state.completion !== "none")
    throw new Error(state.completion === "committed" ? `${COMPLETE} It can be called once.` : "`complete` is under way already.");
  state.completion = "under way";
  onCompleting?.(true);
  try {
    const transaction = tools.within(async ({ connection, db, enqueue, jobs }) => {
      const now = clock.now();
      const forgetAt = keep === undefined ? undefined : now + keep;
      signal.throwIfAborted();
      if (!(await finishJob(connection, owner, { id: job.id, forgetAt }, now))) throw new Error(NO_LONGER_HELD);
      const given = await work?.(db, enqueue, jobs);
      // Whoever did not heed the signal must not do the work of the next attempt.
      signal.throwIfAborted();
      return given;
    });
    state.settled = transaction.catch(() => undefined);
    const result = await transaction;
    state.completion = "committed";
    return result;
  } catch (error) {
    state.completion = "none";
    onCompleting?.(false);
    throw error;
  }
}

function createSteps(job: ClaimedJob, { signal, state }: Given, { database, owner }: AttemptOptions): unknown {
  const kept = new Map<string, Json>(job.steps === null ? [] : Object.entries(JSON.parse(job.steps) as Record<string, Json>));
  return async (name: string, work: () => unknown) => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    if (state.completion === "committed") throw new Error(COMPLETE);
    refuseWithin("step", "begin the step before it, or put the transaction into the step");
    signal.throwIfAborted();
    // As it will be given again: through JSON.
    const text = JSON.stringify((await work()) ?? null) as string | undefined;
    if (text === undefined) throw new TypeError(`The step '${name}' gave what JSON cannot say.`);
    // Whoever did not heed the signal must not write into the next attempt.
    signal.throwIfAborted();
    const result = JSON.parse(text) as Json;
    const isHeld = await database.transaction(
      (connection) => {
        signal.throwIfAborted();
        const steps = JSON.stringify(Object.fromEntries([...kept, [name, result]]));
        if (steps.length > MAX_STEPS)
          throw new TypeError(`What the steps of a job give may have at most ${MAX_STEPS} characters: keep it in a table.`);
        kept.set(name, result);
        return keepStep(connection, owner, job.id, steps);
      },
      { brief: true },
    );
    if (!isHeld) throw new Error(NO_LONGER_HELD);
    return result;
  };
}

function createProgress(job: ClaimedJob, { signal }: Given, { database, owner, clock, logger }: AttemptOptions): unknown {
  let told = Number.NEGATIVE_INFINITY;
  return (share: number, message?: string) => {
    if (signal.aborted) return;
    const now = clock.monotonic();
    if (now - told < PROGRESS_INTERVAL && share < 1) return;
    told = now;
    const progress = JSON.stringify({ share: Math.min(1, Math.max(0, share || 0)), message: message?.slice(0, 1000) ?? null });
    const note = database.transaction((connection) => keepProgress(connection, owner, job.id, progress), { brief: true });
    note.catch((error: unknown) => logger.warn({ err: error, id: job.id }, "The progress of a job could not be noted."));
  };
}
