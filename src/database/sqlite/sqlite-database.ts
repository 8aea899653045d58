import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Clock, type Logger, silentLogger, systemClock } from "#base";
import { AppError, type Stored } from "#contract";
import type {
  BeforeCommitListener,
  Connection,
  Database,
  DatabaseState,
  ResultRow,
  SnapshotOptions,
  StatementResult,
  TransactionOptions,
} from "../driver.ts";
import { auditListener } from "../audit/audit-listener.ts";
import { CommitFeed } from "../feed/commit-feed.ts";
import type { FeedLimits } from "../feed/limits.ts";
import type { Model } from "../model/model.ts";
import { refuseStranger } from "./bookkeeping.ts";
import { Checkpointer, type CheckpointLimits } from "./log/checkpointer.ts";
import { type ConnectionOptions, SqliteConnection, versionProblem } from "./connection.ts";
import { damageAtStart } from "./doctor/examine-files.ts";
import { DatabaseRefusedError, openingError } from "./errors.ts";
import { type Durability, GroupSync } from "./log/group-sync.ts";
import { historyListener } from "./keep-history.ts";
import { type FileLock, lockFile } from "./file/lock.ts";
import { ReaderPool } from "./readers/reader-pool.ts";
import { Readers } from "./readers/readers.ts";
import type { SlowStatement } from "./slow/slow-statements.ts";
import type { WalGuard } from "./log/wal-guard.ts";
import { Writer } from "./writer.ts";

export interface SqliteOptions {
  /** The file, made when it is not there; its folder must be. ":memory:" is a database that is gone when it is closed. */
  readonly path: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Transactions that may wait for their turn; one more is refused as `overloaded`. Default 1000. */
  readonly maxWaiting?: number;
  /** Milliseconds that a transaction may stay open before it is rolled back. Default 10,000. */
  readonly transactionTimeLimit?: number;
  /** Milliseconds that a statement with a time guard (what callers ask under rules) may run before it is stopped. Default 1,000. */
  readonly statementTimeLimit?: number;
  /** How far a commit has gone when it is answered. Default `lose-nothing`; of ":memory:" always `lose-minutes`. */
  readonly durability?: Durability;
  /**
   * The file is this process's alone and of no worth once it is closed, as in tests: it is not locked, nothing is ever synced to the disk, and
   * the log is not copied into it at the end. Default false, but for ":memory:".
   */
  readonly isDisposable?: boolean;
  /** Milliseconds that a reading statement may hold the event loop before it is moved to a thread. Default 20. */
  readonly loopLimit?: number;
  /** Threads for slow reads, started when they are needed. Default: one less than there are processors, at least 1, at most 4. */
  readonly readerThreads?: number;
  /** Milliseconds that transactions wait, all together, while another program holds the lock of those who write. Default 2,000. */
  readonly lockTimeout?: number;
  /** Milliseconds to wait for any other lock of another program, at opening say; the event loop stands still. Default 250. */
  readonly busyTimeout?: number;
  /** Prepared statements kept by each connection. Default 500. */
  readonly maxStatements?: number;
  /** How much of the past the commit feed keeps. */
  readonly feed?: Partial<FeedLimits>;
  /** How long the log gets before it is copied, and before it begins anew: for tests, which need not write 64 MiB then. */
  readonly checkpoints?: Partial<CheckpointLimits>;
}

/** A SQLite database in this process: one connection that writes, and beside it one that reads what is committed. */
export interface SqliteDatabase extends Database {
  /** The file that is open; of ":memory:" too. */
  readonly path: string;
  /** Says where the server answers, for command-line tools that find this database in use (`readLock`). */
  announce(url: string): void;
  /** From now on the log does not begin anew, and is not deleted when the database is closed, before this one has read it. */
  guardWal(guard: WalGuard): void;
  /** Says which tables the commit feed and before-commit listeners hear of; until then they hear of none. `prepareDatabase` does. */
  follow(model: Model): void;
  /** Which statements read for longer than the event loop may be held, since it was opened: at most 100, without values. */
  slowStatements(): readonly SlowStatement[];
}

/** KiB of pages that a connection may keep. They come as they are used: an idle connection has none of them. */
const READER_CACHE = 16_384;
const WRITER_CACHE = 8_192;

/** For both connections. Temporary tables and sorts stay in memory; INSERT OR REPLACE must fire the triggers of the search index. */
const pragmas = ["temp_store = MEMORY", "recursive_triggers = ON"] as const;

/**
 * Opens the database and locks its file for this process. A transaction is as durable as the mode says when it resolves.
 *
 * @throws DatabaseRefusedError when SQLite is too old, another process has the file, or it is no database.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const problem = versionProblem(process.versions.sqlite ?? "0");
  if (problem !== undefined) throw new DatabaseRefusedError(problem);
  const logger = options.logger ?? silentLogger;
  // A file in a folder of its own, deleted at the end, and not SQLite's memory: only in WAL mode do readers go on beside an
  // open transaction, which memory does not have, and one kind of database has one kind of behaviour.
  const temporary = options.path === ":memory:" ? mkdtempSync(join(tmpdir(), "chassis-")) : undefined;
  const path = temporary === undefined ? options.path : join(temporary, "memory.db");
  const isDisposable = temporary !== undefined || options.isDisposable === true;
  const lock = isDisposable ? undefined : lockFile(path, options.clock ?? systemClock);
  const releaseFile = (): void => {
    lock?.release();
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  };
  const shared = {
    path,
    busyTimeout: options.busyTimeout ?? 250,
    maxStatements: options.maxStatements ?? 500,
    statementTimeLimit: options.statementTimeLimit ?? 1000,
  };
  // NORMAL: SQLite itself syncs the log before, and the database after, what it copies from one into the other, and no commit.
  const synchronous = isDisposable ? "synchronous = OFF" : "synchronous = NORMAL";
  let writer: SqliteConnection | undefined;
  try {
    if (!isDisposable && existsSync(path) && statSync(path).size > 0) {
      // Before SQLite opens it: of a log that is damaged it says nothing, and leaves out what it cannot read.
      for (const { message, action } of damageAtStart(path)) logger.error({ path, action }, message);
      refuseForeign(shared);
    }
    writer = new SqliteConnection({
      ...shared,
      readOnly: false,
      pragmas: ["journal_mode = WAL", synchronous, "wal_autocheckpoint = 0", `cache_size = -${WRITER_CACHE}`, ...pragmas],
    });
    // The log is made by the first transaction.
    writer.execute("BEGIN IMMEDIATE; COMMIT");
    // From here on it is the Writer who waits for another program's lock, without holding up the event loop.
    writer.execute("PRAGMA busy_timeout = 0");
    if (!isDisposable) syncFolder(dirname(path));
    const reader = { ...shared, pragmas: [`cache_size = -${READER_CACHE}`, ...pragmas] };
    const maintenance = { ...shared, busyTimeout: 60_000, pragmas: [synchronous, "wal_autocheckpoint = 0", ...pragmas] };
    const durability = isDisposable ? "lose-minutes" : (options.durability ?? "lose-nothing");
    logger.debug({ path, sqlite: process.versions.sqlite, durability }, "database open");
    return new OpenDatabase({
      path,
      reader,
      writer,
      maintenance,
      durability,
      isDisposable,
      lock,
      releaseFile,
      logger,
      options,
    });
  } catch (error) {
    writer?.close();
    releaseFile();
    throw openingError(path, error);
  }
}

/** So that the names of new files in it last as their contents do. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Looks at a file before anything changes it: turning WAL on would. */
function refuseForeign(options: Pick<ConnectionOptions, "path" | "busyTimeout" | "maxStatements">): void {
  const connection = new SqliteConnection({ ...options, readOnly: true, pragmas: [] });
  try {
    refuseStranger(connection, options.path);
  } finally {
    connection.close();
  }
}

interface Parts {
  readonly path: string;
  readonly writer: SqliteConnection;
  readonly reader: Omit<ConnectionOptions, "readOnly">;
  readonly maintenance: Omit<ConnectionOptions, "readOnly">;
  readonly durability: Durability;
  readonly isDisposable: boolean;
  readonly lock: FileLock | undefined;
  readonly releaseFile: () => void;
  readonly logger: Logger;
  readonly options: SqliteOptions;
}

class OpenDatabase implements SqliteDatabase {
  readonly path: string;
  readonly feed: CommitFeed;
  readonly #parts: Parts;
  readonly #sync: GroupSync;
  readonly #writer: Writer;
  readonly #readers: Readers;
  readonly #pool: ReaderPool;
  readonly #checkpointer: Checkpointer;
  readonly #durableListeners = new Set<() => void>();
  #state: DatabaseState = { writable: true };
  /** What stops each of the listeners that the model asks for. */
  #stopKeeping: readonly (() => void)[] = [];
  #walGuard: WalGuard | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { path, writer, reader, options, logger, durability } = parts;
    this.path = path;
    this.#parts = parts;
    this.#sync = new GroupSync({ walPath: `${path}-wal`, durability, onFailure: (error) => this.#stopWriting(error) });
    const timeLimit = options.transactionTimeLimit ?? 10_000;
    const loopLimit = options.loopLimit ?? 20;
    this.#pool = new ReaderPool({
      connection: { ...reader, statementTimeLimit: reader.statementTimeLimit ?? 1000 },
      size: options.readerThreads ?? Math.min(4, Math.max(1, availableParallelism() - 1)),
      maxWaiting: 100,
      timeLimit,
    });
    this.feed = new CommitFeed({
      clock: options.clock ?? systemClock,
      ...(options.feed === undefined ? {} : { limits: options.feed }),
      settle: async () => (await this.#writer.last())(),
    });
    this.#writer = new Writer({
      connection: writer,
      sync: this.#sync,
      maxWaiting: options.maxWaiting ?? 1000,
      timeLimit,
      lockTimeout: options.lockTimeout ?? 2000,
      loopLimit,
      record: (transaction) => this.feed.record(transaction),
      onCommit: () => this.#checkpointer.consider(),
      onDurable: () => {
        for (const listener of this.#durableListeners) listener();
      },
      readElsewhere: (sql, parameters, signal) => this.#pool.all(sql, parameters, signal),
    });
    this.#readers = new Readers({ connection: reader, pool: this.#pool, sync: this.#sync, loopLimit, timeLimit });
    this.#checkpointer = new Checkpointer({
      connection: parts.maintenance,
      walState: () => writer.checkpoint("NOOP"),
      exclusive: () => this.#writer.last(),
      onFailure: (error) => this.#sync.fail(error),
      guard: () => this.#walGuard,
      logger,
      ...(options.checkpoints === undefined ? {} : { limits: options.checkpoints }),
    });
  }

  onDurable(listener: () => void): () => void {
    this.#durableListeners.add(listener);
    return () => void this.#durableListeners.delete(listener);
  }

  get state(): DatabaseState {
    return this.#state;
  }

  async all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    if (this.#closed !== undefined) throw closedError();
    return this.#readers.all(sql, parameters);
  }

  async get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    if (this.#closed !== undefined) throw closedError();
    return this.#readers.get(sql, parameters);
  }

  async run(sql: string, parameters: readonly Stored[]): Promise<number> {
    if (this.#closed !== undefined) throw closedError();
    return this.#readers.run(sql, parameters);
  }

  async execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    if (this.#closed !== undefined) throw closedError();
    return this.#readers.execute(sql, parameters);
  }

  async snapshot<T>(work: (connection: Connection) => Promise<T>, options: SnapshotOptions = {}): Promise<T> {
    if (this.#closed !== undefined) throw closedError();
    return this.#readers.snapshot(work, options);
  }

  async transaction<T>(work: (connection: Connection) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#closed !== undefined) throw closedError();
    return this.#writer.transaction(work, options);
  }

  onBeforeCommit(listener: BeforeCommitListener): () => void {
    return this.feed.onBeforeCommit(listener);
  }

  follow(model: Model): void {
    this.feed.follow(model);
    for (const stop of this.#stopKeeping) stop();
    const listeners = [historyListener(model), auditListener(model)].filter((listener) => listener !== undefined);
    this.#stopKeeping = listeners.map((listener) => this.feed.onBeforeCommit(listener));
  }

  slowStatements(): readonly SlowStatement[] {
    return this.#readers.slowStatements();
  }

  guardWal(guard: WalGuard): void {
    this.#walGuard = guard;
  }

  announce(url: string): void {
    this.#parts.lock?.announce(url);
  }

  /** Transactions that were asked for before still run; what is asked for after is refused. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #stopWriting(error: Error): void {
    this.#checkpointer.stop();
    const since = new Date((this.#parts.options.clock ?? systemClock).now()).toISOString();
    const reason = "The disk failed to keep what was written. Reads go on; nothing is written until a restart.";
    this.#state = { writable: false, reason, since };
    this.#parts.logger.error({ err: error, path: this.path }, reason);
  }

  async #close(): Promise<void> {
    // First, for it may wait for a turn of its own.
    await this.#checkpointer.close();
    await this.#writer.last();
    this.feed.close();
    const { writer, isDisposable, releaseFile } = this.#parts;
    try {
      await this.#pool.close();
      await this.#sync.close();
      // Before those that only read: the last one to close would copy the log into the file.
      if (isDisposable) writer.close();
      this.#readers.close();
      // The last connection to close copies the log into the database: after a sync that failed it must not, for what
      // the log says is then all that is known. It stays open until the process ends.
      if (!isDisposable && this.#sync.failure === undefined) {
        writer.checkpoint(this.#walGuard === undefined ? "TRUNCATE" : "PASSIVE");
        writer.close();
      }
    } finally {
      releaseFile();
    }
  }
}

function closedError(): AppError {
  return new AppError("unavailable", { cause: new Error("The database is closed.") });
}
