import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Clock, type Logger, silentLogger, systemClock } from "#base";
import { AppError, type Stored } from "#contract";
import type { Connection, Database, ResultRow, StatementResult, TransactionOptions } from "../driver.ts";
import { describeOrigin, foreignDatabase } from "./bookkeeping.ts";
import { type ConnectionOptions, SqliteConnection, versionProblem } from "./connection.ts";
import { DatabaseRefusedError, isSqliteFailure, resultCode } from "./errors.ts";
import { type FileLock, lockFile } from "./lock.ts";
import { runTransaction } from "./transaction.ts";
import { createTurns } from "./turns.ts";

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
  /** Milliseconds to wait for a lock that another program holds on the file; the event loop stands still. Default 250. */
  readonly busyTimeout?: number;
  /** Prepared statements kept by each connection. Default 500. */
  readonly maxStatements?: number;
}

/** A SQLite database in this process: one connection that writes, and beside it one that reads what is committed. */
export interface SqliteDatabase extends Database {
  /** The file that is open; of ":memory:" too. */
  readonly path: string;
  /** Says where the server answers, for command-line tools that find this database in use (`readLock`). */
  announce(url: string): void;
}

/** KiB of pages that a connection may keep. They come as they are used: an idle connection has none of them. */
const READER_CACHE = 16_384;
const WRITER_CACHE = 8_192;

/** For both connections. Temporary tables and sorts stay in memory; INSERT OR REPLACE must fire the triggers of the search index. */
const pragmas = ["temp_store = MEMORY", "recursive_triggers = ON"] as const;

/**
 * Opens the database and locks its file for this process. Every transaction is on the disk (`synchronous=FULL`) when it resolves;
 * in ":memory:" it need not be.
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
  const lock = temporary === undefined ? lockFile(path, options.clock ?? systemClock) : undefined;
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
  let writer: SqliteConnection | undefined;
  try {
    if (existsSync(path) && statSync(path).size > 0) refuseForeign(shared);
    writer = new SqliteConnection({
      ...shared,
      readOnly: false,
      pragmas: [
        "journal_mode = WAL",
        `synchronous = ${temporary === undefined ? "FULL" : "OFF"}`,
        `cache_size = -${WRITER_CACHE}`,
        ...pragmas,
      ],
    });
    const reader = new SqliteConnection({ ...shared, readOnly: true, pragmas: [`cache_size = -${READER_CACHE}`, ...pragmas] });
    logger.debug({ path, sqlite: process.versions.sqlite }, "database open");
    return new OpenDatabase({ path, reader, writer, lock, releaseFile, options });
  } catch (error) {
    writer?.close();
    releaseFile();
    throw openingError(path, error);
  }
}

/** Looks at a file before anything changes it: turning WAL on would. */
function refuseForeign(options: Pick<ConnectionOptions, "path" | "busyTimeout" | "maxStatements">): void {
  const connection = new SqliteConnection({ ...options, readOnly: true, pragmas: [] });
  try {
    const [ours, tables] = connection.get(describeOrigin, []) ?? [];
    if (ours === 0 && typeof tables === "string") throw foreignDatabase(options.path, tables.split("\n"));
  } finally {
    connection.close();
  }
}

interface Parts {
  readonly path: string;
  readonly reader: SqliteConnection;
  readonly writer: SqliteConnection;
  readonly lock: FileLock | undefined;
  readonly releaseFile: () => void;
  readonly options: SqliteOptions;
}

class OpenDatabase implements SqliteDatabase {
  readonly path: string;
  readonly #parts: Parts;
  readonly #reader: SqliteConnection;
  readonly #turns;
  readonly #timeLimit: number;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.path = parts.path;
    this.#parts = parts;
    this.#reader = parts.reader;
    this.#turns = createTurns(parts.options.maxWaiting ?? 1000);
    this.#timeLimit = parts.options.transactionTimeLimit ?? 10_000;
  }

  async all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]> {
    if (this.#closed !== undefined) throw closedError();
    return this.#reader.all(sql, parameters);
  }

  async get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined> {
    if (this.#closed !== undefined) throw closedError();
    return this.#reader.get(sql, parameters);
  }

  async run(sql: string, parameters: readonly Stored[]): Promise<number> {
    if (this.#closed !== undefined) throw closedError();
    return this.#reader.run(sql, parameters);
  }

  async execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult> {
    if (this.#closed !== undefined) throw closedError();
    return this.#reader.any(sql, parameters);
  }

  async transaction<T>(work: (connection: Connection) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#closed !== undefined) throw closedError();
    const release = await this.#turns.take(options.signal);
    try {
      return await runTransaction(this.#parts.writer, work, { ...options, timeLimit: options.timeLimit ?? this.#timeLimit });
    } finally {
      release();
    }
  }

  announce(url: string): void {
    this.#parts.lock?.announce(url);
  }

  /** Transactions that were asked for before still run; what is asked for after is refused. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#turns.takeLast();
    const { writer, releaseFile } = this.#parts;
    try {
      this.#reader.close();
      writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      writer.close();
    } finally {
      releaseFile();
    }
  }
}

function closedError(): AppError {
  return new AppError("unavailable", { cause: new Error("The database is closed.") });
}

function openingError(path: string, error: unknown): unknown {
  if (!isSqliteFailure(error)) return error;
  const message =
    (error.errcode & 0xff) === resultCode.notADatabase
      ? `${path} is not a SQLite database: it is another kind of file, encrypted, or damaged. Give another path, or restore a backup.`
      : `The database ${path} cannot be opened: ${error.message}. May this user write to the file and its folder ${dirname(path)}?`;
  return new DatabaseRefusedError(message, { cause: error });
}
