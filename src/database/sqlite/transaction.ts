import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow, StatementResult, TransactionOptions } from "../driver.ts";
import type { Recording } from "../feed/recording.ts";
import type { SqliteConnection } from "./connection.ts";
import type { SchemaConnection, SchemaEdit } from "./schema-connection.ts";
import { SlowStatement } from "./time-guard.ts";

export interface RunOptions extends TransactionOptions {
  /** Milliseconds that the transaction may stay open. */
  readonly timeLimit: number;
  /** Milliseconds that a statement may hold the event loop before `readElsewhere` takes over. */
  readonly loopLimit: number;
  /** Follows the transaction, where somebody wants to know of its changes. */
  readonly recording: Recording | undefined;
  /** Reads the last committed state, which is what the transaction sees until it writes, off the event loop. */
  readonly readElsewhere: (sql: string, parameters: readonly Stored[]) => Promise<readonly ResultRow[]>;
}

/** Each transaction is a savepoint of the one that SQLite has open, so that several can share a commit. */
export const savepoint = "chassis_transaction";

/**
 * Runs one transaction on the writer, which has one of SQLite's open, and keeps its work or undoes it. Over its time limit, or aborted,
 * it is undone at once although the work still runs: its next statement is refused with the same reason.
 */
export async function runTransaction<T>(
  writer: SqliteConnection,
  work: (connection: Connection) => Promise<T>,
  options: RunOptions,
): Promise<T> {
  const { signal, timeLimit, recording } = options;
  signal?.throwIfAborted();
  writer.run(`SAVEPOINT ${savepoint}`, []);
  // Until the commit of the transaction that SQLite has open: which is this one's alone, for it is not brief.
  if (options.deferReferences === true) writer.execute("PRAGMA defer_foreign_keys = ON");
  let lease = new Lease(writer, options);
  const stopped = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    try {
      lease.end(() => reason);
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
    recording?.start(writer);
    const result = await Promise.race([work(lease), stopped.promise]);
    lease.assertOpen();
    if (recording !== undefined) {
      lease = lease.handOver(over);
      await Promise.race([recording.beforeCommit(lease), stopped.promise]);
      lease.assertOpen();
    }
    if (options.rollback !== true) lease.keep();
    recording?.keep();
    return result;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    lease.end(over);
  }
}

// Made when somebody is told: an error with its stack is a good part of what a short transaction costs.
function over(): Error {
  return new Error("The transaction of this connection is over: it was used after its work had resolved.");
}

/** Surely; of others it is not known: a guarded one may be a write that gives rows. A SELECT cannot change anything, for no function that it could call does. */
function onlyReads(sql: string): boolean {
  return sql.startsWith("SELECT ");
}

/** The writer, for as long as one transaction lasts. */
class Lease implements SchemaConnection {
  readonly #writer: SqliteConnection;
  readonly #options: RunOptions;
  /** It has only run statements that read. */
  #clean: boolean;
  /** Why statements are refused: called for each. */
  #ended: (() => unknown) | undefined;
  /** The savepoint is there no more, kept or undone. */
  #settled = false;

  constructor(writer: SqliteConnection, options: RunOptions, isClean = true) {
    this.#writer = writer;
    this.#options = options;
    this.#clean = isClean;
  }

  async all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    this.#clean &&= onlyReads(sql);
    if (!this.#clean) return this.#allOfOwn(sql, parameters);
    const { loopLimit, readElsewhere } = this.#options;
    try {
      return this.#use(() => this.#writer.all(sql, parameters, loopLimit));
    } catch (error) {
      if (!(error instanceof SlowStatement)) throw error;
    }
    return readElsewhere(sql, parameters);
  }

  /** Of what the transaction itself has written, which no other connection can see: the event loop waits for it. */
  #allOfOwn(sql: string, parameters: readonly Stored[]): readonly ResultRow[] {
    const { heldLimit } = this.#options;
    try {
      return this.#use(() => this.#writer.all(sql, parameters, heldLimit));
    } catch (error) {
      if (!(error instanceof SlowStatement)) throw error;
      throw new AppError("timeout", {
        message: `The query took too long and was stopped: behind a change that is not committed yet it may take ${heldLimit} ms.`,
        details: "Nobody else is served while it runs.",
        hint: "Ask before the first change or by itself, or filter by columns that have an index.",
      });
    }
  }

  async get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    this.#clean &&= onlyReads(sql);
    return this.#use(() => this.#writer.get(sql, parameters));
  }

  async run(sql: string, parameters: readonly Stored[]): Promise<number> {
    // Of brief ones that share a transaction, `readElsewhere` ends the savepoint, and with it those inside.
    this.#clean &&= this.#options.brief !== true && sql.startsWith("SAVEPOINT ");
    return this.#use(() => this.#writer.run(sql, parameters));
  }

  async execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    this.#clean = false;
    return this.#use(() => this.#writer.any(sql, parameters));
  }

  async rewriteSchema(edits: readonly SchemaEdit[]): Promise<void> {
    this.#clean = false;
    this.#use(() => this.#writer.rewriteSchema(edits));
  }

  assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended();
  }

  /** For what follows the work within the same transaction: this one is refused from now on, for that reason. */
  handOver(reason: () => unknown): Lease {
    this.#ended ??= reason;
    this.#settled = true;
    return new Lease(this.#writer, this.#options, this.#clean);
  }

  keep(): void {
    this.#writer.run(`RELEASE ${savepoint}`, []);
    this.#settled = true;
  }

  /** Refuses further statements for that reason, and undoes what is not kept. The first reason stays. */
  end(reason: () => unknown): void {
    this.#ended ??= reason;
    if (this.#settled) return;
    this.#settled = true;
    if (!this.#writer.isTransaction) return;
    try {
      this.#writer.run(`ROLLBACK TO ${savepoint}`, []);
      this.#writer.run(`RELEASE ${savepoint}`, []);
    } catch (error) {
      // Raw SQL may have released it. What cannot be undone alone must not be committed with what others wrote, or at all.
      if (this.#writer.isTransaction) this.#writer.run("ROLLBACK", []);
      throw error;
    }
  }

  #use<T>(statement: () => T): T {
    this.assertOpen();
    try {
      return statement();
    } catch (error) {
      // A full disk, say, makes SQLite roll the whole transaction back: nothing may follow, for it would stand alone.
      if (!this.#writer.isTransaction) this.#ended ??= () => error;
      throw error;
    } finally {
      if (!this.#writer.isTransaction) {
        this.#ended ??= () => new Error("A statement ended the transaction: the work may not run COMMIT or ROLLBACK itself.");
      }
    }
  }
}
