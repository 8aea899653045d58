import { Worker } from "node:worker_threads";
import { AppError } from "#contract";
import type { AnswerQuestion, AnswerVerdict } from "./passkey-answers.ts";

const PROGRAM = new URL(`./verify-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

export interface AnswerVerifierOptions {
  /** Milliseconds without a question after which the thread ends. Default five minutes. */
  readonly idle?: number;
  /** Milliseconds that one answer may take, the start of the thread included. Default 10,000. */
  readonly timeLimit?: number;
  /** Questions at once; one more is refused. Default 200. */
  readonly most?: number;
  /** The thread's program. */
  readonly program?: URL;
}

interface Asked {
  readonly resolve: (verdict: AnswerVerdict) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Looks at what authenticators answer in a thread of its own, which is started by the first question and ended when none has come for a while. The
 * library's certificates, ASN.1 and the like take 30 MB and hold a thread for some tenths of a second while they are loaded: nobody's request waits for that
 * but the one that asks.
 */
export class AnswerVerifier {
  readonly #options: Required<AnswerVerifierOptions>;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #last = 0;

  constructor({ idle = 300_000, timeLimit = 10_000, most = 200, program = PROGRAM }: AnswerVerifierOptions = {}) {
    this.#options = { idle, timeLimit, most, program };
  }

  /** Whether the thread is there. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Throws `overloaded`, and `unavailable` where no verdict comes in time. */
  verify(question: AnswerQuestion): Promise<AnswerVerdict> {
    const { timeLimit, most } = this.#options;
    if (this.#asked.size >= most) return Promise.reject(new AppError("overloaded"));
    clearTimeout(this.#idleTimer);
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      // Whatever keeps it busy, it is not coming back.
      const timer = setTimeout(
        () => this.#fail(worker, "The answer of an authenticator was not looked at in time."),
        timeLimit,
      ).unref();
      this.#asked.set(id, { resolve, reject, timer });
      worker.postMessage({ id, question });
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker !== undefined) this.#fail(worker, "The server is stopping.");
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#options.program, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 128 } });
    worker.unref();
    worker.on("message", ({ id, verdict }: { readonly id: number; readonly verdict: AnswerVerdict }) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      clearTimeout(asked?.timer);
      asked?.resolve(verdict);
      if (this.#asked.size === 0) this.#rest(worker);
    });
    worker.on("error", (error) => this.#fail(worker, String(error)));
    worker.on("exit", () => this.#fail(worker, "The thread ended."));
    return worker;
  }

  #rest(worker: Worker): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#fail(worker, "It had nothing to do."), this.#options.idle).unref();
  }

  /** Ends the thread, and refuses what it was asked: the next question starts another. */
  #fail(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    clearTimeout(this.#idleTimer);
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    void worker.terminate();
    for (const { timer, reject } of asked) {
      clearTimeout(timer);
      reject(new AppError("unavailable", { cause: new Error(reason) }));
    }
  }
}
