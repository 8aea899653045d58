import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow, StatementResult } from "../driver.ts";
import type { ConnectionOptions } from "./connection.ts";
import { SqliteThread } from "./thread.ts";
import { createTurns, type Turns } from "./turns.ts";

export interface ReaderPoolOptions {
  readonly connection: Omit<ConnectionOptions, "isInterrupted" | "readOnly">;
  /** Threads at most. None is started before it is needed. */
  readonly size: number;
  /** Reads that may wait for a thread; one more is refused as `overloaded`. */
  readonly maxWaiting: number;
  /** Milliseconds that a statement may run. */
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
    this.#seats = Array.from({ length: options.size }, () => ({ thread: undefined, taken: false, idle: undefined }));
    this.#line = createTurns({ maxWaiting: options.maxWaiting, places: options.size, what: "slow reads" });
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#seats.filter(({ thread }) => thread !== undefined).length;
  }

  all(sql: string, parameters: readonly Stored[], signal?: AbortSignal): Promise<readonly ResultRow[]> {
    return this.#withThread(signal, (ask) => ask("all", sql, parameters) as Promise<readonly ResultRow[]>);
  }

  /** Several reads of one committed state. */
  snapshot<T>(work: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#withThread(signal, async (ask) => {
      await ask("run", "BEGIN", []);
      try {
        return await work({
          all: (sql, parameters) => ask("all", sql, parameters) as Promise<readonly ResultRow[]>,
          get: (sql, parameters) => ask("get", sql, parameters) as Promise<ResultRow | undefined>,
          run: (sql, parameters) => ask("run", sql, parameters) as Promise<number>,
          execute: (sql, parameters) => ask("execute", sql, parameters) as Promise<StatementResult>,
        });
      } finally {
        await ask("run", "ROLLBACK", [], false);
      }
    });
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
      return await this.#use(seat, signal, work);
    } finally {
      release();
    }
  }

  async #use<T>(seat: Seat, signal: AbortSignal | undefined, work: (ask: Ask) => Promise<T>): Promise<T> {
    const { connection, timeLimit } = this.#options;
    seat.taken = true;
    clearTimeout(seat.idle);
    const thread = (seat.thread ??= new SqliteThread({ ...connection, readOnly: true }));
    try {
      return await work(async (type, sql, parameters, abortable = true) => {
        if (!abortable && thread.isLost) return undefined;
        return thread.ask({ type, sql, parameters }, { timeLimit, ...(abortable && signal !== undefined ? { signal } : {}) });
      });
    } finally {
      seat.taken = false;
      if (thread.isLost) seat.thread = undefined;
      else seat.idle = setTimeout(() => void leave(seat), IDLE_TIME).unref();
    }
  }
}

interface Seat {
  thread: SqliteThread | undefined;
  taken: boolean;
  idle: NodeJS.Timeout | undefined;
}

type Ask = (
  type: "all" | "get" | "run" | "execute",
  sql: string,
  parameters: readonly Stored[],
  abortable?: boolean,
) => Promise<unknown>;

async function leave(seat: Seat): Promise<void> {
  clearTimeout(seat.idle);
  const { thread } = seat;
  seat.thread = undefined;
  await thread?.close();
}
