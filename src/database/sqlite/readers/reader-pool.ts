import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow } from "../../driver.ts";
import type { ConnectionOptions } from "../connection.ts";
import { SqliteThread } from "./thread.ts";
import type { ThreadRequest } from "./thread-messages.ts";
import { createTurns, type Turns } from "./turns.ts";

export interface ReaderPoolOptions {
  readonly connection: Omit<ConnectionOptions, "isInterrupted" | "readOnly">;
  /** Threads at most. None is started before it is needed. */
  readonly size: number;
  /** Reads that may wait for a thread; one more is refused as `overloaded`. */
  readonly maxWaiting: number;
  /** Milliseconds that a statement may run, and a snapshot be open. */
  readonly timeLimit: number;
}

/** A thread that has had nothing to do for so long ends, in milliseconds: each holds some megabytes. */
const IDLE_TIME = 30_000;

/** Threads that read while the event loop serves others, for what would hold it up. Each sees the last committed state. */
export class ReaderPool {
  readonly #options: ReaderPoolOptions;
  readonly #seats: readonly Seat[];
  readonly #line: Turns;
  #closed = false;

  constructor(options: ReaderPoolOptions) {
    this.#options = options;
    this.#seats = Array.from({ length: options.size }, () => ({
      thread: undefined,
      taken: false,
      idle: undefined,
      leaving: undefined,
    }));
    this.#line = createTurns({ maxWaiting: options.maxWaiting, places: options.size, what: "slow reads" });
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#seats.filter(({ thread }) => thread !== undefined).length;
  }

  all(sql: string, parameters: readonly Stored[], signal?: AbortSignal): Promise<readonly ResultRow[]> {
    return this.#withThread(signal, (ask) => ask({ type: "all", sql, parameters }, signal) as Promise<readonly ResultRow[]>);
  }

  /** Several reads of one committed state. */
  snapshot<T>(work: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#withThread(signal, (ask) => this.#oneState(ask, work, signal));
  }

  /** What is under way is told to end. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#seats.map((seat) => leave(seat)));
  }

  async #withThread<T>(signal: AbortSignal | undefined, work: (ask: Ask) => Promise<T>): Promise<T> {
    const release = await this.#line.take(signal);
    // There is one: as many may be in here as there are seats. Rather one whose thread has started already.
    const free = this.#seats.filter(({ taken }) => !taken);
    const seat = free.find(({ thread }) => thread !== undefined) ?? free[0];
    try {
      if (seat === undefined || this.#closed) throw new AppError("unavailable");
      return await this.#use(seat, work);
    } finally {
      release();
    }
  }

  async #oneState<T>(ask: Ask, work: (connection: Connection) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { timeLimit } = this.#options;
    const over = new AbortController();
    const stopped = Promise.withResolvers<never>();
    // It may come before anybody waits for it.
    stopped.promise.catch(() => undefined);
    const stop = (reason: unknown): void => {
      over.abort(reason);
      stopped.reject(reason);
    };
    const leave = (): void => stop(signal?.reason);
    const timer = setTimeout(() => stop(snapshotTooLong(timeLimit)), timeLimit);
    signal?.addEventListener("abort", leave, { once: true });
    const underWay = new Set<Promise<unknown>>();
    const use =
      (type: Statement["type"]) =>
      async (sql: string, parameters: readonly Stored[]): Promise<unknown> => {
        over.signal.throwIfAborted();
        const answer = ask({ type, sql, parameters }, over.signal);
        underWay.add(answer);
        try {
          return await answer;
        } finally {
          underWay.delete(answer);
        }
      };
    const lease = { all: use("all"), get: use("get"), run: use("run"), execute: use("execute") } as Connection;
    try {
      await lease.run("BEGIN", []);
      return await Promise.race([work(lease), stopped.promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      // What nobody waited for must not run on in the snapshot of the next.
      over.abort(snapshotOver());
      await Promise.allSettled(underWay);
      // There is none any more where the thread was lost, or SQL of one's own ended it.
      await ask({ type: "run", sql: "ROLLBACK", parameters: [] }).catch(() => undefined);
    }
  }

  async #use<T>(seat: Seat, work: (ask: Ask) => Promise<T>): Promise<T> {
    const { connection, timeLimit } = this.#options;
    seat.taken = true;
    clearTimeout(seat.idle);
    try {
      const thread = (seat.thread ??= new SqliteThread({ ...connection, readOnly: true }));
      return await work((statement, stop) => thread.ask(statement, { timeLimit, ...(stop && { signal: stop }) }));
    } finally {
      seat.taken = false;
      if (seat.thread?.isLost === true) seat.thread = undefined;
      else seat.idle = setTimeout(() => void leave(seat), IDLE_TIME).unref();
    }
  }
}

interface Seat {
  thread: SqliteThread | undefined;
  taken: boolean;
  idle: NodeJS.Timeout | undefined;
  /** The end of a thread that was not needed any more. */
  leaving: Promise<unknown> | undefined;
}

type Statement = Extract<ThreadRequest, { readonly sql: string }>;

type Ask = (statement: Statement, stop?: AbortSignal) => Promise<unknown>;

export function snapshotOver(): Error {
  return new Error("The snapshot of this connection is over: it was used after its work had resolved.");
}

export function snapshotTooLong(timeLimit: number): AppError {
  return new AppError("timeout", { details: `A read may take ${timeLimit} ms.` });
}

async function leave(seat: Seat): Promise<void> {
  clearTimeout(seat.idle);
  const { thread } = seat;
  seat.thread = undefined;
  // Whoever closes the pool waits for one that left before, too.
  seat.leaving = Promise.all([seat.leaving, thread?.close()]);
  await seat.leaving;
}
