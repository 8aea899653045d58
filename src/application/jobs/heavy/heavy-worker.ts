import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Logger } from "#base";
import { type ServedDatabase, serveDatabase, type TransactionalDatabase } from "#database";
import { StoppingError } from "../job-errors.ts";
import type { ClaimedJob } from "../job-table.ts";
import { type Outcome, overTime } from "../run-attempt.ts";
import type { ThreadData, ThreadNews, ThreadOrder, ThreadSetup } from "./heavy-messages.ts";

export interface HeavyWorkerOptions {
  readonly setup: ThreadSetup;
  readonly database: TransactionalDatabase;
  readonly logger: Logger;
  /** MiB that it may use. */
  readonly memory: number;
  /** A job was put, in a transaction that may have ended by now. */
  readonly onEnqueued: () => void;
  /** The same of jobs that were cancelled or retried, and queues that were paused or resumed. */
  readonly onOrdered: () => void;
}

export interface HeavyRun {
  readonly job: ClaimedJob;
  readonly owner: string;
  /** Milliseconds. */
  readonly timeLimit: number;
  readonly signal: AbortSignal;
  readonly onCompleting: (isCompleting: boolean) => void;
}

const PROGRAM = new URL(`./heavy-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
const MEBIBYTE = 1_048_576;
/** Milliseconds for the back end's file to be run. */
const LOAD_TIME = 30_000;
/** Milliseconds that a job which was told to stop has for it, until its thread is ended. */
const GRACE = 500;
/** Milliseconds between two looks at the memory that lies outside of the JavaScript heap: buffers. The heap has a limit of its own. */
const MEMORY_INTERVAL = 200;

interface Running {
  readonly ended: PromiseWithResolvers<Outcome>;
  readonly onCompleting: (isCompleting: boolean) => void;
}

/** A thread that runs heavy jobs, one at a time. */
export class HeavyWorker {
  readonly memory: number;
  readonly #worker: Worker;
  readonly #served: ServedDatabase;
  readonly #orders: MessagePort;
  readonly #options: HeavyWorkerOptions;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #exited: Promise<void>;
  #running: Running | undefined;
  #ended: Error | undefined;
  #isMeasuring = false;

  constructor(options: HeavyWorkerOptions) {
    const { setup, database, memory } = options;
    this.memory = memory;
    this.#options = options;
    // Nobody may be waiting any more when it fails.
    this.#loaded.promise.catch(() => undefined);
    const { port1: ours, port2: theirs } = new MessageChannel();
    const orders = new MessageChannel();
    this.#worker = new Worker(PROGRAM, {
      workerData: { ...setup, database: theirs, orders: orders.port2 } satisfies ThreadData,
      transferList: [theirs, orders.port2],
      resourceLimits: { maxOldGenerationSizeMb: memory },
      stdin: false,
    });
    this.#served = serveDatabase(database, ours);
    ours.unref();
    this.#worker.unref();
    this.#orders = orders.port1;
    this.#orders.on("message", (news: ThreadNews) => this.#hear(news));
    this.#orders.unref();
    this.#worker.on("error", (error: unknown) => this.#lose(this.#describe(error)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#lose(new Error("The job ended its thread."));
        resolve();
      });
    });
  }

  /** It can run nothing any more. */
  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Runs a job until it has ended, or until its thread has: over its time, over its memory, or told to stop and deaf. Whatever it had open in the
   * database is rolled back then. Rejects where the thread did not tell what became of the job.
   */
  async run({ job, owner, timeLimit, signal, onCompleting }: HeavyRun): Promise<Outcome> {
    this.#worker.ref();
    const timers: NodeJS.Timeout[] = [];
    const after = (time: number, action: () => void): void => void timers.push(setTimeout(action, time));
    const running: Running = { ended: Promise.withResolvers(), onCompleting };
    const stop = (): void => {
      const { reason } = signal as { readonly reason: Error };
      this.#post({ type: "abort", isStopping: reason instanceof StoppingError, message: reason.message });
      after(GRACE, () => void this.end(reason));
    };
    try {
      after(LOAD_TIME, () => {
        if (this.#running === undefined) void this.end(new Error(`The back end's file was not run in ${LOAD_TIME} ms.`));
      });
      await this.#loaded.promise;
      signal.throwIfAborted();
      this.#running = running;
      signal.addEventListener("abort", stop, { once: true });
      this.#post({ type: "run", job, owner });
      // By itself it stops sooner, unless it never leaves its loop.
      after(timeLimit + GRACE, () => void this.end(overTime(timeLimit)));
      timers.push(setInterval(() => void this.#watchMemory(), MEMORY_INTERVAL));
      return await running.ended.promise;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#running = undefined;
      this.#served.rollBack();
      this.#worker.unref();
    }
  }

  /** Ends the thread, whatever it does. */
  async end(reason: Error): Promise<void> {
    this.#lose(reason);
    await this.#worker.terminate();
    await this.#exited;
  }

  #hear(news: ThreadNews): void {
    switch (news.type) {
      case "ready":
        return this.#loaded.resolve();
      case "outcome":
        this.#running?.ended.resolve(news.outcome);
        // What its handler has left behind must not meddle with the next job.
        if (!news.isClean) void this.end(new Error("The job was stopped."));
        return;
      case "completing":
        return this.#running?.onCompleting(news.isCompleting);
      case "enqueued":
        return this.#options.onEnqueued();
      case "ordered":
        return this.#options.onOrdered();
      case "log":
        return this.#options.logger[news.level](news.fields, news.message);
    }
  }

  async #watchMemory(): Promise<void> {
    // A thread that is collecting garbage answers late.
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    const used = await this.#worker.getHeapStatistics().then(
      (heap) => heap.used_heap_size + heap.external_memory,
      () => 0,
    );
    this.#isMeasuring = false;
    if (this.#running !== undefined && used > this.memory * MEBIBYTE) void this.end(this.#overMemory());
  }

  #describe(thrown: unknown): Error {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY" ? this.#overMemory() : error;
  }

  #overMemory(): Error {
    return new Error(`It used more than its ${this.memory} MiB of memory.`);
  }

  #post(order: ThreadOrder): void {
    if (this.#ended === undefined) this.#orders.postMessage(order);
  }

  #lose(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#served.close();
    this.#orders.close();
    this.#loaded.reject(error);
    this.#running?.ended.reject(error);
  }
}
