import { availableParallelism } from "node:os";
import type { Clock, Logger } from "#base";
import { createTurns, type TransactionalDatabase, type Turns } from "#database";
import type { JobDefinition } from "../build-jobs.ts";
import type { ClaimedJob } from "../job-table.ts";
import { type Attempt, type Outcome, whatFailed } from "../run-attempt.ts";
import type { ThreadSetup } from "./heavy-messages.ts";
import { HeavyWorker } from "./heavy-worker.ts";

export interface HeavyPoolOptions {
  readonly setup: ThreadSetup;
  readonly database: TransactionalDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEnqueued: () => void;
  readonly onOrdered: () => void;
  /** Milliseconds that a thread without work is kept. Default 5000. */
  readonly idleTime?: number;
}

/** A job that is known to be heavy. */
export type HeavyDefinition = JobDefinition & { readonly heavy: NonNullable<JobDefinition["heavy"]> };

/** Threads at once: one processor is left to the server. */
export const heavyThreads: number = Math.max(1, availableParallelism() - 1);

interface Idle {
  readonly worker: HeavyWorker;
  readonly timer: NodeJS.Timeout;
}

/** The threads that heavy jobs run in, started when they are needed and ended when they have had nothing to do for a while. */
export class HeavyPool {
  readonly #options: HeavyPoolOptions;
  readonly #turns: Turns = createTurns({ maxWaiting: Number.POSITIVE_INFINITY, places: heavyThreads, what: "heavy jobs" });
  readonly #idle: Idle[] = [];
  readonly #busy = new Set<HeavyWorker>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: HeavyPoolOptions) {
    this.#options = options;
  }

  run(job: ClaimedJob, definition: HeavyDefinition, owner: string): Attempt {
    const abort = new AbortController();
    let isCompleting = false;
    const onCompleting = (value: boolean): void => {
      isCompleting = value;
    };
    return {
      outcome: this.#run(job, definition, { owner, signal: abort.signal, onCompleting }),
      abort: (reason) => abort.abort(reason),
      get isAborted() {
        return abort.signal.aborted;
      },
      get isCompleting() {
        return isCompleting;
      },
    };
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    const workers = [...idle.map(({ worker }) => worker), ...this.#busy];
    await Promise.all([...this.#leaving, ...workers.map((worker) => worker.end(new Error("The server is stopping.")))]);
  }

  async #run(
    job: ClaimedJob,
    definition: HeavyDefinition,
    running: { readonly owner: string; readonly signal: AbortSignal; readonly onCompleting: (isCompleting: boolean) => void },
  ): Promise<Outcome> {
    const { clock, logger } = this.#options;
    try {
      const release = await this.#turns.take(running.signal);
      try {
        const worker = this.#take(definition.heavy.memory);
        try {
          return await worker.run({ job, timeLimit: definition.timeLimit, ...running });
        } finally {
          this.#put(worker);
        }
      } finally {
        // Also where the system gives no thread.
        release();
      }
    } catch (error) {
      const log = { job: job.name, id: job.id, attempt: job.attempt };
      // Told to stop, it is not the thread's end that matters.
      const reason: unknown = running.signal.aborted ? running.signal.reason : error;
      return whatFailed(reason, { job, definition, running: { clock, logger }, log });
    }
  }

  #take(memory: number): HeavyWorker {
    const found = this.#idle.findIndex(({ worker }) => worker.memory === memory && !worker.isEnded);
    const [idle] = found < 0 ? [] : this.#idle.splice(found, 1);
    clearTimeout(idle?.timer);
    // Of another size, say: there are never more threads than jobs may run.
    if (idle === undefined && this.#idle.length + this.#busy.size >= heavyThreads) this.#leave(this.#idle[0]);
    const worker = idle?.worker ?? new HeavyWorker({ ...this.#options, memory });
    this.#busy.add(worker);
    return worker;
  }

  #put(worker: HeavyWorker): void {
    this.#busy.delete(worker);
    if (worker.isEnded) return this.#awaitEnd(worker, new Error("The job was stopped."));
    const idle: Idle = {
      worker,
      timer: setTimeout(() => this.#leave(idle), this.#options.idleTime ?? 5000).unref(),
    };
    this.#idle.push(idle);
  }

  #leave(idle: Idle | undefined): void {
    if (idle === undefined) return;
    clearTimeout(idle.timer);
    this.#idle.splice(this.#idle.indexOf(idle), 1);
    this.#awaitEnd(idle.worker, new Error("The thread was not needed any more."));
  }

  /** Whoever closes the pool waits for it too: a thread that was told to end is there for a moment yet. */
  #awaitEnd(worker: HeavyWorker, reason: Error): void {
    const left: Promise<void> = worker.end(reason).finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}
