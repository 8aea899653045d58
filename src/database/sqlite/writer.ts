import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow, TransactionOptions } from "../driver.ts";
import type { SqliteConnection } from "./connection.ts";
import type { Recording } from "../feed/recording.ts";
import { syncFailure } from "./errors.ts";
import { type GroupSync, writesStopped } from "./log/group-sync.ts";
import { runTransaction, savepoint } from "./transaction.ts";
import { createTurns } from "./readers/turns.ts";
import { WriteLock } from "./write-lock.ts";

export interface WriterOptions {
  readonly connection: SqliteConnection;
  readonly sync: GroupSync;
  readonly maxWaiting: number;
  /** Milliseconds that a transaction may stay open. */
  readonly timeLimit: number;
  /** Milliseconds that transactions wait, all together, while another program holds the lock of those who write. Default 2,000. */
  readonly lockTimeout?: number;
  /** Milliseconds that a statement which only reads may hold the event loop, before it is run by `readElsewhere`. */
  readonly loopLimit: number;
  /** Follows a transaction that begins now, where somebody wants to know of its changes. */
  readonly record?: (options: TransactionOptions) => Recording | undefined;
  /** Hears of every commit. */
  readonly onCommit: () => void;
  /** Hears of every transaction that has become durable. */
  readonly onDurable?: () => void;
  /** Reads the last committed state off the event loop. */
  readonly readElsewhere: (sql: string, parameters: readonly Stored[], signal?: AbortSignal) => Promise<readonly ResultRow[]>;
}

/** Transactions that share a commit at most. */
const MAX_SHARED = 1024;
/** Milliseconds that transactions may follow each other before the event loop turns: what brief ones wait for never lets it. */
const LOOP_TIME = 10;

/** What SQLite has open: one transaction of somebody, or several brief ones that share it. */
interface OpenCommit {
  members: number;
  /** Why SQLite rolled all of it back, where it did: the disk is full, say. */
  rolledBack?: unknown;
  /** Settles at the COMMIT, with the number by which to wait for its being durable. */
  readonly committed: PromiseWithResolvers<number>;
}

/**
 * The one connection that writes. Transactions take turns, first come first served. Brief ones share a commit: each is a
 * savepoint, so it is whole or undone by itself, and all are on the disk before any is answered. While the disk is busy with one sync
 * no commit is made that could only wait for the next: all that come meanwhile are one. (Every commit appends each changed
 * page to the log: sixty inserts into one table are sixty times the same few pages.)
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #turns;
  readonly #lock: WriteLock;
  #open: OpenCommit | undefined;
  #working = false;
  /** When the first transaction of this turn of the event loop began. */
  #turnBegan: number | undefined;
  #commitsSoon = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    options.sync.onFree(() => this.#commitShared());
    this.#lock = new WriteLock(options.connection, options.lockTimeout ?? 2000);
    this.#turns = createTurns({ maxWaiting: options.maxWaiting, what: "changes" });
  }

  async transaction<T>(work: (connection: Connection) => Promise<T>, options: TransactionOptions): Promise<T> {
    const { sync, timeLimit } = this.#options;
    const brief = options.brief === true;
    const release = await this.#turns.take(options.signal, brief);
    let recording: Recording | undefined;
    let open: OpenCommit | undefined;
    let outcome: { readonly result: T } | { readonly error: unknown };
    try {
      try {
        await this.#letOthersIn();
        this.#working = true;
        if (!brief) this.#commitOpen();
        recording = this.#options.record?.(options);
        if (sync.failure !== undefined) throw writesStopped(sync.failure);
        if (this.#open === undefined) await this.#lock.begin(options.signal);
        this.#begun();
        const result = await runTransaction(this.#options.connection, work, {
          ...options,
          timeLimit: options.timeLimit ?? timeLimit,
          loopLimit: this.#options.loopLimit,
          recording,
          readElsewhere: (sql, parameters) => {
            this.#standAlone();
            return this.#options.readElsewhere(sql, parameters, options.signal);
          },
        });
        outcome = { result };
      } catch (error) {
        if (this.#open !== undefined && !this.#options.connection.isTransaction) this.#open.rolledBack ??= error;
        // At once: the changes of whoever is next are no longer its own.
        recording?.end();
        outcome = { error };
      } finally {
        open = this.#open;
        this.#working = false;
        try {
          if (open !== undefined) this.#settle(open, brief);
        } finally {
          release();
        }
      }
      if ("error" in outcome) {
        if (options.signal?.aborted !== true) await this.#seenLasts(open);
        throw outcome.error;
      }
      const commit = await (open as OpenCommit).committed.promise;
      await sync.reached(commit);
      recording?.publish();
      this.#options.onDurable?.();
      return outcome.result;
    } finally {
      recording?.end();
    }
  }

  /** A turn behind all others, never one too many, for one who writes nothing through `transaction`: until it is released nobody writes. */
  async last(): Promise<() => void> {
    const release = await this.#turns.takeLast();
    this.#commitOpen();
    return release;
  }

  async #letOthersIn(): Promise<void> {
    const now = performance.now();
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now;
      setImmediate(() => {
        this.#turnBegan = undefined;
      });
    } else if (now - this.#turnBegan >= LOOP_TIME) await nextTurn();
  }

  /** A refusal tells of what is there ("exists already", "not found"), which may be what others have only just written: it leaves once that is durable. */
  async #seenLasts(open: OpenCommit | undefined): Promise<void> {
    const { sync } = this.#options;
    try {
      await sync.reached(open === undefined ? sync.committed : await open.committed.promise);
    } catch {
      // Nobody will know whether it lasts. The refusal stands: nothing was written.
    }
  }

  /** One more transaction stands in what SQLite has open. */
  #begun(): void {
    if (this.#open === undefined) {
      const committed = Promise.withResolvers<number>();
      // Where every member failed by itself, nobody waits for it.
      committed.promise.catch(() => undefined);
      this.#open = { members: 0, committed };
    }
    this.#open.members += 1;
  }

  /** After one transaction: commits, or leaves that to whoever is next, or to the moment at which the disk is free. */
  #settle(open: OpenCommit, brief: boolean): void {
    const mayShare = brief && this.#options.connection.isTransaction && open.members < MAX_SHARED;
    if (!mayShare || (this.#turns.waiting > 0 && !this.#turns.nextIsBrief)) this.#commit(open);
    else if (this.#turns.waiting === 0 && !this.#options.sync.isSyncing) this.#commitSoon();
  }

  // Not at once: requests that arrived in the same turn of the loop are still to come.
  #commitSoon(): void {
    if (this.#commitsSoon) return;
    this.#commitsSoon = true;
    setImmediate(() => {
      this.#commitsSoon = false;
      if (!this.#options.sync.isSyncing) this.#commitShared();
    });
  }

  /** Of what brief transactions have left open; whoever is at work now does it later. */
  #commitShared(): void {
    if (!this.#working) this.#commitOpen();
  }

  #commitOpen(): void {
    if (this.#open !== undefined) this.#commit(this.#open);
  }

  /** What others wrote in the same transaction of SQLite's is committed, so that the one whose turn it is stands on what all can see. */
  #standAlone(): void {
    const open = this.#open;
    if (open === undefined || open.members === 1) return;
    const { connection } = this.#options;
    connection.run(`RELEASE ${savepoint}`, []);
    this.#commit(open);
    // Another program may have taken the lock between the two: then this one is refused.
    connection.run("BEGIN IMMEDIATE", []);
    this.#begun();
    connection.run(`SAVEPOINT ${savepoint}`, []);
  }

  #commit(open: OpenCommit): void {
    const { connection, sync } = this.#options;
    this.#open = undefined;
    try {
      if (!connection.isTransaction) throw undoneWithOthers(open.rolledBack);
      if (sync.failure !== undefined) throw writesStopped(sync.failure);
      connection.run("COMMIT", []);
      open.committed.resolve(sync.note());
      this.#options.onCommit();
    } catch (error) {
      const failure = syncFailure(error);
      if (failure !== undefined) sync.fail(failure);
      open.committed.reject(failure === undefined ? error : writesStopped(failure));
      if (connection.isTransaction) connection.run("ROLLBACK", []);
    }
  }
}

/** For those who shared a transaction of SQLite's that was rolled back whole: theirs is undone, and none of it their fault. */
function undoneWithOthers(cause: unknown): AppError {
  const isFull = cause instanceof AppError && cause.error === "storageFull";
  return new AppError(isFull ? "storageFull" : "unavailable", { cause, headers: { "Retry-After": isFull ? "10" : "1" } });
}
