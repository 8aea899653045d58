import { Worker } from "node:worker_threads";
import { AppError } from "#contract";
import type { ConnectionOptions } from "../connection.ts";
import { unpackError } from "../../pack-error.ts";
import type { ThreadAnswer, ThreadOrder, ThreadRequest } from "./thread-messages.ts";

const PROGRAM = new URL(`./sqlite-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Milliseconds of grace for a statement that was told to end, before the thread is given up. */
const GRACE = 1000;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A thread with one connection to the database, asked one thing at a time. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #interrupt = new Int32Array(new SharedArrayBuffer(4));
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #orders = 0;
  #closing = false;
  #lost: Error | undefined;

  constructor(options: Omit<ConnectionOptions, "isInterrupted">) {
    this.#worker = new Worker(PROGRAM, { workerData: { ...options, interrupt: this.#interrupt.buffer }, stdin: false });
    this.#worker.on("message", (answer: ThreadAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ("error" in answer) pending?.reject(unpackError(answer.error));
      else pending?.resolve(answer.result);
    });
    this.#worker.on("error", (error: unknown) => this.#lose(error instanceof Error ? error : new Error(String(error))));
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#lose(new Error("The thread ended."));
        resolve();
      });
    });
    this.#worker.unref();
  }

  /** It can be asked nothing any more. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /**
   * Over `timeLimit` milliseconds, or aborted, the statement is told to end, which it heeds when it calls one of our functions (a guarded
   * one does). One that heeds nothing loses its thread: SQLite cannot be interrupted, and its loop ends when it ends.
   */
  async ask(
    request: ThreadRequest,
    { timeLimit, signal }: { readonly timeLimit: number; readonly signal?: AbortSignal },
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    Atomics.store(this.#interrupt, 0, 0);
    const id = ++this.#orders;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#worker.postMessage({ ...request, id } satisfies ThreadOrder);
    // The process lives on for whom it serves.
    this.#worker.ref();
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      Atomics.store(this.#interrupt, 0, 1);
      grace ??= setTimeout(() => this.#giveUp(), GRACE);
    };
    const timer = setTimeout(stop, timeLimit);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener("abort", stop);
      if (!this.#closing) this.#worker.unref();
    }
  }

  /** Closes the connection and ends the thread; what is under way is told to end first. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#lost === undefined) {
      Atomics.store(this.#interrupt, 0, 1);
      this.#worker.postMessage({ type: "close", id: ++this.#orders } satisfies ThreadOrder);
      this.#worker.ref();
    }
    await this.#ended;
  }

  #giveUp(): void {
    this.#lose(new AppError("timeout", { message: "The query took too long and could not be stopped in time." }));
    void this.#worker.terminate();
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#lost);
    this.#pending.clear();
  }
}
