import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow, StatementResult, TransactionOptions } from "../driver.ts";
import type { SqliteConnection } from "./connection.ts";

export interface RunOptions extends TransactionOptions {
  /** Milliseconds that the transaction may stay open. */
  readonly timeLimit: number;
}

/**
 * Runs one transaction on the writer from BEGIN to COMMIT or ROLLBACK. Over its time limit, or aborted, it is rolled back at
 * once although the work still runs: its next statement is refused with the same reason.
 */
export async function runTransaction<T>(
  writer: SqliteConnection,
  work: (connection: Connection) => Promise<T>,
  options: RunOptions,
): Promise<T> {
  const { signal, timeLimit } = options;
  signal?.throwIfAborted();
  writer.run("BEGIN IMMEDIATE", []);
  const lease = new Lease(writer);
  const stopped = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    try {
      lease.end(reason);
      stopped.reject(reason);
    } catch (error) {
      stopped.reject(error);
    }
  };
  const tooLong = (): void =>
    stop(new AppError("timeout", { details: `A transaction may stay open for ${timeLimit} ms and was rolled back.` }));
  const aborted = (): void => stop(signal?.reason);
  const timer = setTimeout(tooLong, timeLimit);
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    const result = await Promise.race([work(lease), stopped.promise]);
    lease.assertOpen();
    writer.run(options.rollback === true ? "ROLLBACK" : "COMMIT", []);
    return result;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    lease.end(new Error("The transaction of this connection is over: it was used after its work had resolved."));
  }
}

/** The writer, for as long as one transaction lasts. */
class Lease implements Connection {
  readonly #writer: SqliteConnection;
  #ended: { readonly reason: unknown } | undefined;

  constructor(writer: SqliteConnection) {
    this.#writer = writer;
  }

  async all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    return this.#use(() => this.#writer.all(sql, parameters));
  }

  async get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    return this.#use(() => this.#writer.get(sql, parameters));
  }

  async run(sql: string, parameters: readonly Stored[]): Promise<number> {
    return this.#use(() => this.#writer.run(sql, parameters));
  }

  async execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    return this.#use(() => this.#writer.any(sql, parameters));
  }

  assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended.reason;
  }

  /** Refuses further statements for that reason, and rolls back what is still open. The first reason stays. */
  end(reason: unknown): void {
    this.#ended ??= { reason };
    if (this.#writer.isTransaction) this.#writer.run("ROLLBACK", []);
  }

  #use<T>(statement: () => T): T {
    this.assertOpen();
    try {
      return statement();
    } catch (error) {
      // A full disk, say, makes SQLite roll the whole transaction back: nothing may follow, for it would stand alone.
      if (!this.#writer.isTransaction) this.#ended ??= { reason: error };
      throw error;
    } finally {
      if (!this.#writer.isTransaction) {
        this.#ended ??= {
          reason: new Error("A statement ended the transaction: the work may not run COMMIT or ROLLBACK itself."),
        };
      }
    }
  }
}
