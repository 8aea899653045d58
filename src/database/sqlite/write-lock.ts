import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "#contract";
import type { SqliteConnection } from "./connection.ts";
import { isSqliteFailure, resultCode } from "./errors.ts";

/** Milliseconds between two tries. */
const INTERVAL = 10;

/**
 * Begins transactions on a file on which another program may hold the lock of those who write: a shell in which somebody left a
 * transaction open, a copying tool. Only one process runs on the file (lock.ts), but not everybody asks it.
 *
 * SQLite itself would wait with the event loop standing still. Here the loop goes on, and all who wait for their turn share one
 * time: once it is over, each tries once and is refused, so that a line of them is not held up for that long each.
 */
export class WriteLock {
  readonly #connection: SqliteConnection;
  readonly #timeout: number;
  #since: number | undefined;

  /** `timeout` is in milliseconds. The connection must not wait by itself. */
  constructor(connection: SqliteConnection, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
  }

  /** Throws `unavailable` where the lock is not to be had, and the signal's reason where that is aborted first. */
  async begin(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        this.#connection.run("BEGIN IMMEDIATE", []);
        this.#since = undefined;
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#since ??= performance.now();
        if (performance.now() - this.#since >= this.#timeout) throw this.#refusal(error);
      }
      await pause(INTERVAL);
    }
  }

  #refusal(cause: unknown): AppError {
    return new AppError("unavailable", {
      details: "Another program holds the database's lock, so nothing can be written now.",
      headers: { "Retry-After": "1" },
      cause,
    });
  }
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return isSqliteFailure(cause) && (cause.errcode & 0xff) === resultCode.busy;
}
