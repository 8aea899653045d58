import type { Stored } from "#contract";
import type { Feed } from "./feed/feed.ts";
import type { Author, CommitContext, RowChange } from "./feed/row-change.ts";

/** A row as an array, in the order of the statement's columns. */
export type ResultRow = readonly Stored[];

/** What a statement gave whose columns are not known beforehand. */
export interface StatementResult {
  /** The names of its columns; empty for a statement that gives no rows. */
  readonly columns: readonly string[];
  readonly rows: readonly ResultRow[];
  /** How many rows it changed; undefined for a statement that gives rows. */
  readonly changes: number | undefined;
}

export interface Connection {
  /** All rows of one statement. Text, numbers and blobs as the database has them; integers past 2^53 as bigint. */
  all(sql: string, parameters: readonly Stored[]): Promise<readonly ResultRow[]>;
  /** The first row, or undefined. */
  get(sql: string, parameters: readonly Stored[]): Promise<ResultRow | undefined>;
  /** Runs a statement and says how many rows it changed. */
  run(sql: string, parameters: readonly Stored[]): Promise<number>;
  /** Any statement, such as people write themselves. */
  execute(sql: string, parameters: readonly Stored[]): Promise<StatementResult>;
}

/** A connection that only reads, and can give the rows of a statement one after the other: for more of them than the memory holds. */
export interface StreamingConnection extends Connection {
  /**
   * The statement is under way until the last row was taken or the iteration is left; others may run meanwhile. It has no time limit, whatever
   * is asked. Integers past 2^53 are refused: for statements whose rows are JSON text.
   */
  each(sql: string, parameters: readonly Stored[]): IterableIterator<ResultRow>;
}

export interface TransactionOptions {
  readonly signal?: AbortSignal;
  /** Rolls back at the end although all went well, and still gives the work's result. */
  readonly rollback?: boolean;
  /** Milliseconds that it may stay open, where that is not the database's own limit: for imports, for which nobody waits. */
  readonly timeLimit?: number;
  /**
   * The work waits for nothing but the database: it may share one commit with others of its kind that wait for their turn. Each is
   * still whole or undone by itself.
   */
  readonly brief?: boolean;
  /**
   * Milliseconds that a guarded statement may hold the event loop once the transaction has written, where nobody but the caller chose what
   * it does and in which order. What is read then is what was not committed yet, so no thread can read it.
   */
  readonly heldLimit?: number;
  /**
   * References need only hold once the work is done: for rows that refer to others which come after them. Whoever asks for it looks for those
   * that do not hold while it can still be said which they are (`pragma_foreign_key_check`); the commit only fails.
   */
  readonly deferReferences?: boolean;
  /** On whose behalf it writes, for the commit feed and before-commit listeners. By default the system's. */
  readonly author?: Author;
  /**
   * Its changes are neither in the feed nor told to before-commit listeners: for changes of the schema, and for what restores a
   * state. Consumers of the feed are told to start again (`feedGone`).
   */
  readonly unrecorded?: boolean;
}

/**
 * Looks at what a transaction has changed before it is committed: for what must be written with it or not at all, such as old
 * versions of rows, or an audit log.
 */
export interface BeforeCommitListener {
  /** The tables of the model that it wants to hear of, asked for at the beginning of each transaction; others cost next to nothing. */
  readonly tables: Iterable<string>;
  /**
   * Called once, when the work of a transaction has resolved and has changed rows of these tables, with all changes of them: what raw
   * SQL, triggers and cascades did is among them. Not called for a rollback, a dry run, or a transaction that is `unrecorded`.
   *
   * What it writes by `connection` is committed with the transaction. That is told to no before-commit listener, and is in the feed
   * where its table is one of the model. What it throws rolls the transaction back, and is what the transaction throws. Listeners run one
   * after the other, in the order in which they were added, within the transaction's time limit.
   */
  beforeCommit(changes: readonly RowChange[], connection: Connection, context: CommitContext): Promise<void>;
}

export interface SnapshotOptions {
  readonly signal?: AbortSignal;
  /**
   * What kind of work it is: once one of that name has had a slow statement, the next are run off the event loop from the
   * start.
   */
  readonly name?: string;
  /** The work only reads, and may be run a second time, off the event loop, where it turns out to be slow. */
  readonly repeatable?: boolean;
}

/** Whether a database takes writes. */
export type DatabaseState =
  | { readonly writable: true }
  /** Reads go on. `reason` is for health checks and logs; `since` is ISO 8601, UTC. */
  | { readonly writable: false; readonly reason: string; readonly since: string };

/** What reads and writes rows needs of a database: see `Database`. */
export interface TransactionalDatabase extends Connection {
  transaction<T>(work: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
  snapshot<T>(work: (connection: Connection) => Promise<T>, options?: SnapshotOptions): Promise<T>;
}

/**
 * A database that is open. Outside a transaction each statement sees the last committed state and must only read; it is
 * answered once what it saw is as durable as the database was told to make it.
 * Failures that the schema foresees (unique, foreign key, check, not null, out of range) are thrown as `ConstraintError`;
 * whatever else the database says is thrown as it is and must not reach a caller.
 */
export interface Database extends TransactionalDatabase {
  /**
   * One transaction at a time, first come first served: commits when `work` resolves, rolls back when it rejects. The
   * connection is good only until then. Resolves after the commit is as durable as the database was told to make it.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Several reads that see one and the same committed state. The connection is good until `work` settles. */
  snapshot<T>(work: (connection: Connection) => Promise<T>, options?: SnapshotOptions): Promise<T>;
  readonly state: DatabaseState;
  /** Calls the listener whenever a transaction has become durable, whatever was in it; what it gives ends that. */
  onDurable(listener: () => void): () => void;
  /** What is committed, as it happens. */
  readonly feed: Feed;
  /** Tells it of every transaction that begins from now on, until the function that it gives is called. */
  onBeforeCommit(listener: BeforeCommitListener): () => void;
  close(): Promise<void>;
}

export interface ConstraintErrorOptions {
  readonly table?: string;
  readonly columns?: readonly string[];
  readonly constraintName?: string;
  readonly referenced?: boolean;
  readonly cause?: unknown;
}

/** A constraint of the schema that a write broke. */
export class ConstraintError extends Error {
  override readonly name: string = "ConstraintError";
  readonly constraint: "unique" | "foreignKey" | "check" | "notNull" | "datatype";
  /** The table and columns where the database tells them; empty where it does not. */
  readonly table: string | undefined;
  readonly columns: readonly string[];
  /** Of a check: its name in the database. */
  readonly constraintName: string | undefined;
  /** Of a foreign key: true where other rows still refer to this one, false where this one refers to a row that is not there. */
  readonly referenced: boolean;

  constructor(constraint: ConstraintError["constraint"], options: ConstraintErrorOptions) {
    super(`A ${constraint} constraint was broken.`, { cause: options.cause });
    this.constraint = constraint;
    this.table = options.table;
    this.columns = options.columns ?? [];
    this.constraintName = options.constraintName;
    this.referenced = options.referenced ?? false;
  }
}
