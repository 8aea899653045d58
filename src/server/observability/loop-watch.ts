import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";
import { Worker } from "node:worker_threads";
import { currentWork, type Logger } from "#base";
import { type LoopStall, type LoopThreadOptions, type Place, placeFields } from "./loop-stall.ts";

const PROGRAM = new URL(`./loop-watch-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Milliseconds after which a stall is told while it lasts. */
const LONG = 10_000;
/** Frames of the stack that are told. */
const MAX_FRAMES = 5;

export interface LoopWatchOptions {
  /** Milliseconds. */
  readonly limit: number;
  readonly logger: Logger;
  /** What the log's lines look like: those of a stall that lasts are written by the thread itself. */
  readonly format: "json" | "text";
  /** Default 10,000 milliseconds. */
  readonly long?: number;
}

/**
 * Notices that the event loop was held, so that nobody was served meanwhile. The loop tells a thread now and then that it turns; when it does
 * not for longer than the limit, the thread asks V8 to interrupt it for a moment and say which code it is in, and whose work that is. Each
 * stall is one warning in the log when it is over, and an error while it lasts beyond ten seconds, again each time that has doubled.
 *
 * The time for which the whole process was stopped, or its machine, is no stall.
 */
export class LoopWatch {
  readonly #logger: Logger;
  readonly #worker: Worker;
  readonly #timer: NodeJS.Timeout;
  #stalls = 0;

  constructor({ limit, logger, format, long = LONG }: LoopWatchOptions) {
    this.#logger = logger;
    const shared = new SharedArrayBuffer(8);
    const state = new BigInt64Array(shared);
    const beat = (): void => void Atomics.store(state, 0, process.hrtime.bigint());
    // An expression is all that the thread can ask: it sees what is global, and nothing else of this thread.
    Object.defineProperty(globalThis, Symbol.for("chassis.loop-watch"), { value: askedPlace, configurable: true });
    const tick = Math.max(5, Math.floor(limit / 2.5));
    beat();
    this.#timer = setInterval(beat, tick).unref();
    const workerData: LoopThreadOptions = { shared, limit, tick, long, format };
    this.#worker = new Worker(PROGRAM, { workerData, stdin: false, execArgv: [] });
    this.#worker.on("message", (stall: LoopStall) => this.#tell(stall));
    this.#worker.on("error", (error) => logger.error({ err: error }, "The watch over the event loop ended."));
    this.#worker.unref();
  }

  /** How often the loop was held since the start. */
  get stalls(): number {
    return this.#stalls;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#worker.terminate();
  }

  #tell({ milliseconds, ...place }: LoopStall): void {
    this.#stalls += 1;
    this.#logger.warn({ milliseconds, ...placeFields(place) }, "The event loop was held: nobody was served meanwhile.");
  }
}

/** Called in the middle of whatever holds the loop. JSON, for it crosses between threads. */
function askedPlace(): string {
  const own = fileURLToPath(import.meta.url);
  const at = getCallSites(40)
    .map(({ functionName, scriptName, lineNumber }) => {
      const path = scriptName.startsWith("file:") ? fileURLToPath(scriptName) : scriptName;
      return { path, words: `${functionName || "anonymous"} (${path}:${lineNumber})` };
    })
    .filter(({ path }) => path !== "" && path !== own && !path.startsWith("node:"))
    .slice(0, MAX_FRAMES)
    .map(({ words }) => words);
  const work = currentWork()?.name;
  return JSON.stringify({ ...(work === undefined ? {} : { work }), ...(at.length === 0 ? {} : { at }) } satisfies Place);
}
