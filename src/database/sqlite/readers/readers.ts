import { AppError, type Stored } from "#contract";
import type { Connection, ResultRow, SnapshotOptions, StatementResult } from "../../driver.ts";
import { type ConnectionOptions, SqliteConnection } from "../connection.ts";
import type { GroupSync } from "../log/group-sync.ts";
import { type ReaderPool, snapshotOver, snapshotTooLong } from "./reader-pool.ts";
import { SlowShapes } from "../slow/slow-shapes.ts";
import { type SlowStatement as NotedStatement, SlowStatements } from "../slow/slow-statements.ts";
import { SlowStatement } from "../time-guard.ts";
import { createTurns } from "./turns.ts";

export interface ReadersOptions {
  readonly connection: Omit<ConnectionOptions, "readOnly">;
  readonly pool: ReaderPool;
  readonly sync: GroupSync;
  /** Milliseconds that a guarded statement may hold the event loop. */
  readonly loopLimit: number;
  /** Milliseconds that a snapshot may stay open: the log cannot begin anew while one is. */
  readonly timeLimit: number;
}

/** Snapshots that are open on the event loop at once, each with a connection of its own, made when it is needed. */
const MAX_SNAPSHOTS = 16;
/** 2 MiB of pages for each of those. */
const SNAPSHOT_CACHE = "cache_size = -2048";

/**
 * Reads on the event loop: at once, and of the last committed state. What holds the loop for too long is run by a thread
 * instead, and remembered, so that the next of its kind goes there directly. A read that saw a commit which is not durable yet
 * is answered once it is: nobody is told what a power cut could still undo.
 */
export class Readers implements Connection {
  readonly #options: ReadersOptions;
  readonly #connection: SqliteConnection;
  readonly #slow = new SlowShapes();
  readonly #statements: SlowStatements;
  readonly #spare: SqliteConnection[] = [];
  readonly #open = new Set<SqliteConnection>();
  readonly #turns = createTurns({ maxWaiting: 1000, places: MAX_SNAPSHOTS, what: "reads" });
  #closed = false;

  constructor(options: ReadersOptions) {
    this.#options = options;
    this.#statements = new SlowStatements(options.loopLimit);
    this.#connection = new SqliteConnection({ ...options.connection, readOnly: true });
  }

  /** What was slow since the database was opened. */
  slowStatements(): readonly NotedStatement[] {
    return this.#statements.list();
  }

  async all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    const rows = this.#slow.isEmpty || !this.#slow.has(sql) ? this.#allOnLoop(sql, parameters) : undefined;
    if (rows === undefined) {
      return this.#durably(await this.#statements.time(sql, () => this.#options.pool.all(sql, parameters)));
    }
    return this.#durably(rows);
  }

  async get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    return this.#durably(this.#connection.get(sql, parameters));
  }

  async run(sql: string, parameters: readonly Stored[]): Promise<number> {
    return this.#durably(this.#connection.run(sql, parameters));
  }

  async execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    return this.#durably(this.#connection.any(sql, parameters));
  }

  async snapshot<T>(work: (connection: Connection) => Promise<T>, options: SnapshotOptions): Promise<T> {
    try {
      return await this.#durably(await this.#snapshotSomewhere(work, options));
    } catch (error) {
      // What it refuses may be because of a commit that is not durable yet.
      if (options.signal?.aborted !== true) await this.#durably(undefined);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of [this.#connection, ...this.#spare, ...this.#open]) connection.close();
  }

  #allOnLoop(sql: string, parameters: readonly Stored[]): readonly ResultRow[] | undefined {
    const start = performance.now();
    try {
      const rows = this.#connection.all(sql, parameters, this.#options.loopLimit);
      const took = performance.now() - start;
      // Without a guard it could not be stopped; the next one of its kind need not hold the loop.
      if (took > this.#options.loopLimit) this.#slow.add(sql);
      this.#statements.note(sql, took);
      return rows;
    } catch (error) {
      if (!(error instanceof SlowStatement)) throw error;
      this.#slow.add(sql);
      return undefined;
    }
  }

  async #snapshotSomewhere<T>(work: (connection: Connection) => Promise<T>, options: SnapshotOptions): Promise<T> {
    const { name, repeatable = false, signal } = options;
    if (name !== undefined && this.#slow.has(name)) return this.#snapshotOnThread(work, signal);
    try {
      return await this.#snapshotOnLoop(work, options);
    } catch (error) {
      if (!(error instanceof SlowStatement) || !repeatable) throw error;
      if (name !== undefined) this.#slow.add(name);
    }
    return this.#snapshotOnThread(work, signal);
  }

  #snapshotOnThread<T>(work: (connection: Connection) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#options.pool.snapshot((connection) => work(this.#statements.timed(connection)), signal);
  }

  async #snapshotOnLoop<T>(work: (connection: Connection) => Promise<T>, options: SnapshotOptions): Promise<T> {
    const { loopLimit, timeLimit } = this.#options;
    const { name, repeatable = false, signal } = options;
    const lease = new SnapshotLease({
      take: () => this.#takeSpare(signal),
      loopLimit: repeatable ? loopLimit : undefined,
      slowAfter: loopLimit,
      onSlow: (sql, took) => {
        if (name !== undefined) this.#slow.add(name);
        if (sql !== undefined) this.#statements.note(sql, took);
      },
    });
    const expired = Promise.withResolvers<never>();
    const expire = (): void => expired.reject(snapshotTooLong(timeLimit));
    const leave = (): void => expired.reject(signal?.reason);
    const timer = setTimeout(expire, timeLimit);
    signal?.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([work(lease), expired.promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      lease.end();
    }
  }

  async #takeSpare(signal: AbortSignal | undefined): Promise<Taken> {
    const release = await this.#turns.take(signal);
    try {
      if (this.#closed) throw new AppError("unavailable", { cause: new Error("The database is closed.") });
      const { pragmas } = this.#options.connection;
      const connection =
        this.#spare.pop() ??
        new SqliteConnection({ ...this.#options.connection, readOnly: true, pragmas: [...pragmas, SNAPSHOT_CACHE] });
      this.#open.add(connection);
      const putBack = (): void => {
        this.#open.delete(connection);
        // Closing the database has closed it.
        if (this.#closed) return release();
        try {
          if (connection.isTransaction) connection.run("ROLLBACK", []);
          this.#spare.push(connection);
        } catch {
          // One that cannot end its transaction would show the next an old state.
          connection.close();
        } finally {
          release();
        }
      };
      return { connection, putBack };
    } catch (error) {
      release();
      throw error;
    }
  }

  #durably<T>(result: T): T | Promise<T> {
    const { sync } = this.#options;
    // After a sync that failed nothing becomes durable any more, and reads go on: docs/learn/power.md says so.
    const reached = sync.failure === undefined ? sync.reached(sync.committed) : undefined;
    return reached === undefined
      ? result
      : reached.then(
          () => result,
          () => result,
        );
  }
}

interface Taken {
  readonly connection: SqliteConnection;
  /** Ends its transaction, and leaves it to the next. Never throws. */
  readonly putBack: () => void;
}

interface LeaseOptions {
  readonly take: () => Promise<Taken>;
  /** Milliseconds after which a guarded statement is ended by `SlowStatement`; undefined: when its own time is over. */
  readonly loopLimit: number | undefined;
  readonly slowAfter: number;
  /** Hears the statement where the event loop was held to its end, and the milliseconds. */
  readonly onSlow: (sql: string | undefined, milliseconds: number) => void;
}

/** A connection with a read transaction, from the first statement of one snapshot to its end. */
class SnapshotLease implements Connection {
  readonly #options: LeaseOptions;
  #taken: Promise<Taken> | undefined;
  #ended = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    return this.#use((connection) => connection.all(sql, parameters, this.#options.loopLimit), sql);
  }

  get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    return this.#use((connection) => connection.get(sql, parameters), sql);
  }

  run(sql: string, parameters: readonly Stored[]): Promise<number> {
    return this.#use((connection) => connection.run(sql, parameters));
  }

  execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    return this.#use((connection) => connection.any(sql, parameters));
  }

  /** Gives the connection back, once it is there; further statements are refused. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#taken?.then(
      ({ putBack }) => putBack(),
      () => undefined,
    );
  }

  async #use<T>(statement: (connection: SqliteConnection) => T, sql?: string): Promise<T> {
    if (this.#ended) throw snapshotOver();
    this.#taken ??= this.#begin();
    const { connection } = await this.#taken;
    // It may have ended while it waited for a connection.
    if (this.#ended) throw snapshotOver();
    const start = performance.now();
    let isStopped = false;
    try {
      return statement(connection);
    } catch (error) {
      isStopped = error instanceof SlowStatement;
      throw error;
    } finally {
      const took = performance.now() - start;
      if (took > this.#options.slowAfter) this.#options.onSlow(isStopped ? undefined : sql, took);
    }
  }

  async #begin(): Promise<Taken> {
    const taken = await this.#options.take();
    try {
      taken.connection.run("BEGIN", []);
      return taken;
    } catch (error) {
      taken.putBack();
      throw error;
    }
  }
}
