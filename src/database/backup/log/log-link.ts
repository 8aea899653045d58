import { Worker } from "node:worker_threads";
import type { WalGuard } from "../../sqlite/log/wal-guard.ts";
import type { LogPlace } from "../container/manifest.ts";
import type { S3Settings } from "../store/open-store.ts";
import { type PackedError, unpackError } from "../make/thread-errors.ts";

const PROGRAM = new URL(`./log-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

const APPROACHES = 5;
/** Milliseconds that writers may wait without noticing much. */
const SHORT = 50;

export interface LogJob {
  readonly databasePath: string;
  readonly spoolFolder: string;
  readonly destination: string;
  readonly s3: S3Settings;
  readonly passphrase: string | undefined;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Bytes that may wait to be sent before shipping is given up. */
  readonly spoolLimit: number;
  /** Milliseconds that sending may take at the end. */
  readonly lastSend: number;
}

export type LogOrder =
  | { readonly type: "ship" | "release"; readonly id: number }
  | { readonly type: "hold" }
  | { readonly type: "stop" };

export type LogAnswer =
  | { readonly type: "open"; readonly series: string; readonly isContinued: boolean }
  | { readonly type: "done"; readonly id: number; readonly value: number }
  | { readonly type: "released"; readonly id: number }
  | { readonly type: "refused"; readonly id: number; readonly error: PackedError }
  | { readonly type: "sending"; readonly failure: string | undefined }
  | { readonly type: "ended"; readonly error: PackedError | undefined };

export interface LogListeners {
  /** The destination does not take what is sent, or takes it again. */
  readonly onSending: (failure: string | undefined) => void;
  /** It has ended without being told to: nothing is shipped any more. */
  readonly onLost: (error: Error) => void;
}

interface Pending {
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
  readonly onReleased?: () => void;
}

/** The thread that ships the log, as the rest of the server sees it. */
export class LogLink implements WalGuard {
  readonly series: string;
  /** Whether the run of pieces goes on from before. */
  readonly isContinued: boolean;
  readonly #worker: Worker;
  readonly #pending: Map<number, Pending>;
  readonly #ended: Promise<Error | undefined>;
  #closing = false;
  #lost = false;
  #orders = 0;

  private constructor(
    worker: Worker,
    parts: {
      readonly open: { series: string; isContinued: boolean };
      readonly pending: Map<number, Pending>;
      readonly ended: Promise<Error | undefined>;
    },
  ) {
    this.#worker = worker;
    this.series = parts.open.series;
    this.isContinued = parts.open.isContinued;
    this.#pending = parts.pending;
    this.#ended = parts.ended;
  }

  /** Resolves once the log cannot begin anew unread. */
  static async open(job: LogJob, { onSending, onLost }: LogListeners): Promise<LogLink> {
    const worker = new Worker(PROGRAM, { workerData: job, stdin: false });
    const pending = new Map<number, Pending>();
    const opened = Promise.withResolvers<{ series: string; isContinued: boolean }>();
    const ended = Promise.withResolvers<Error | undefined>();
    worker.on("message", (answer: LogAnswer) => {
      switch (answer.type) {
        case "open":
          return opened.resolve(answer);
        case "done":
          pending.get(answer.id)?.resolve(answer.value);
          return void pending.delete(answer.id);
        case "released":
          return pending.get(answer.id)?.onReleased?.();
        case "refused":
          pending.get(answer.id)?.reject(unpackError(answer.error));
          return void pending.delete(answer.id);
        case "sending":
          return onSending(answer.failure);
        case "ended":
          return ended.resolve(answer.error === undefined ? undefined : unpackError(answer.error));
      }
    });
    worker.on("error", (error) => ended.resolve(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => ended.resolve(new Error("The thread that ships the log ended.")));
    void ended.promise.then((error) => opened.reject(error ?? new Error("The thread ended.")));
    const link = new LogLink(worker, { open: await opened.promise, pending, ended: ended.promise });
    worker.unref();
    void link.#watch(onLost);
    return link;
  }

  async #watch(onLost: LogListeners["onLost"]): Promise<void> {
    const error = (await this.#ended) ?? new Error("The log is not shipped any more.");
    this.#lost = true;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (!this.#closing) onLost(error);
  }

  /** Ships everything that is committed by now. Gives the number of the step that will come next. */
  ship(): Promise<number> {
    return this.#order("ship");
  }

  /** Where a copy of the database stands whose snapshot is taken between the two calls. */
  place(from: number, through: number): LogPlace {
    return { series: this.series, from, through };
  }

  async approach(): Promise<void> {
    // What is left is read while writers wait, so it should be little.
    for (let tries = 0; tries < APPROACHES; tries++) {
      const started = performance.now();
      await this.ship().catch(() => {});
      if (performance.now() - started < SHORT) return;
    }
  }

  async pass<T>(copy: () => Promise<T>): Promise<T> {
    if (this.#lost) return copy();
    const released = Promise.withResolvers<boolean>();
    const held = this.#order("release", () => released.resolve(true)).then(
      () => released.resolve(false),
      () => released.resolve(false),
    );
    try {
      await released.promise;
      return await copy();
    } finally {
      if (!this.#lost) this.#worker.postMessage({ type: "hold" } satisfies LogOrder);
      await held;
    }
  }

  /** To be called when nobody writes any more: ships and sends the rest, then ends. Gives what kept it from that. */
  async close(): Promise<Error | undefined> {
    this.#closing = true;
    this.#worker.ref();
    if (!this.#lost) this.#worker.postMessage({ type: "stop" } satisfies LogOrder);
    const error = await this.#ended;
    await this.#worker.terminate();
    return error;
  }

  #order(type: "ship" | "release", onReleased?: () => void): Promise<number> {
    if (this.#lost) return Promise.reject(new Error("The log is not shipped any more."));
    const id = ++this.#orders;
    const answer = new Promise<number>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, ...(onReleased && { onReleased }) });
      this.#worker.postMessage({ type, id } satisfies LogOrder);
    });
    // The process lives on for whoever waits for an answer, and for nobody else.
    this.#worker.ref();
    return answer.finally(() => {
      if (this.#pending.size === 0 && !this.#closing) this.#worker.unref();
    });
  }
}
