import { DatabaseSync, type StatementSync } from "node:sqlite";
import { AppError, type Stored } from "#contract";
import type { ResultRow, StatementResult } from "../driver.ts";
import type { ChangeSession, ChangeSource } from "../feed/change-source.ts";
import { registerDefinitionFunctions } from "./definition/definition-functions.ts";
import { sqliteError } from "./errors.ts";
import { registerFunctions } from "./dialect/functions.ts";
import type { SchemaEdit } from "./schema-connection.ts";
import { isGuarded, registerTimeGuard, StatementBudget } from "./time-guard.ts";

/** The earliest SQLite without the WAL-reset bug, by which two connections that write and checkpoint lose commits. */
export const lowestSqliteVersion = "3.51.3";

/** Says why this version of SQLite cannot be used, or undefined when it can. */
export function versionProblem(version: string): string | undefined {
  const [have, need] = [version, lowestSqliteVersion].map((text) =>
    text.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0),
  );
  if (have !== undefined && need !== undefined && have >= need) return undefined;
  return (
    `This Node (${process.version}) carries SQLite ${version}, and Chassis needs ${lowestSqliteVersion} or later: earlier ones can lose ` +
    "committed data (the WAL-reset bug). Update Node: the newest release of 24 or 26 has it."
  );
}

export interface ConnectionOptions {
  readonly path: string;
  readonly readOnly: boolean;
  /** How long a statement may wait for a lock that another program holds, in milliseconds. The event loop stands still meanwhile. */
  readonly busyTimeout: number;
  readonly maxStatements: number;
  /** How long a statement with a time guard may run, in milliseconds. Default 1,000. */
  readonly statementTimeLimit?: number | undefined;
  /** Run in order once it is open. */
  readonly pragmas: readonly string[];
  /** Asked now and then while a guarded statement, or one that calls our functions, runs: true ends it as `timeout`. */
  readonly isInterrupted?: () => boolean;
}

/** How long the write-ahead log is, in frames (pages), and how many of them are in the database already. */
export interface WalState {
  readonly frames: number;
  readonly copied: number;
}

type CheckpointMode = "PASSIVE" | "TRUNCATE" | "NOOP";

interface CachedStatement {
  readonly statement: StatementSync;
  /** It stands for a caller's request, and may not take longer than one may. */
  readonly isGuarded: boolean;
  /** Reads integers as bigint, because one of them did not fit into a number or because the statement must not be run again. */
  wide: boolean;
  lastUse: number;
  /** Compiled while changes were captured: before, a DELETE of all rows would leave them out. */
  isCaptured: boolean;
}

/**
 * Ceilings of SQLite itself, below its defaults where a default serves nobody: the compiler and the limits of a request stay
 * far under them. No second database can be attached (VACUUM attaches one to itself, and so needs a connection of its own).
 */
const limits = { length: 256 * 1024 * 1024, sqlLength: 4 * 1024 * 1024, attach: 0 } as const;

/** The highest version of any schema that this process wrote itself. */
let schemaVersions = 0;

/** A PRAGMA that sets something: one of them turns all checks off, and a transaction would leave it so for the next. */
const settingPragma = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*pragma\b[^=(]*[=(]/i;

/**
 * One connection of node:sqlite with its prepared statements: the only place that knows that module's names. Synchronous; a
 * failure is thrown as `sqliteError` translates it. Integers are numbers up to 2^53 and bigint beyond.
 */
export class SqliteConnection implements ChangeSource {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, CachedStatement>();
  readonly #maxStatements: number;
  readonly #readOnly: boolean;
  readonly #budget: StatementBudget;
  readonly #checkpoints: Partial<Record<CheckpointMode, StatementSync>> = {};
  #uses = 0;
  #sessions = 0;

  constructor(options: ConnectionOptions) {
    this.#maxStatements = options.maxStatements;
    this.#readOnly = options.readOnly;
    this.#budget = new StatementBudget(options.statementTimeLimit ?? 1000, options.isInterrupted);
    this.#database = new DatabaseSync(options.path, {
      readOnly: options.readOnly,
      timeout: options.busyTimeout,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
      allowExtension: false,
      returnArrays: true,
      defensive: true,
      limits,
    });
    try {
      registerFunctions(this.#database, () => this.#budget.spendCall());
      registerDefinitionFunctions(this.#database);
      registerTimeGuard(this.#database, this.#budget);
      for (const pragma of options.pragmas) this.#database.exec(`PRAGMA ${pragma}`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  get cachedStatements(): number {
    return this.#statements.size;
  }

  /** A guarded statement that holds the event loop for longer than `loopLimit` milliseconds is ended by `SlowStatement`. */
  all(sql: string, parameters: readonly Stored[], loopLimit?: number): readonly ResultRow[] {
    const cached = this.#prepare(sql);
    this.#budget.start(cached, loopLimit);
    try {
      const rows = cached.statement.all(...parameters) as unknown as Stored[][];
      if (cached.wide) for (const row of rows) narrow(row);
      return rows;
    } catch (error) {
      if (this.#widen(cached, error)) return this.all(sql, parameters, loopLimit);
      throw this.#failure(error);
    }
  }

  /** See `StreamingConnection`: a statement of its own, which no other call of the same text disturbs. */
  *each(sql: string, parameters: readonly Stored[]): IterableIterator<ResultRow> {
    try {
      const statement = this.#database.prepare(sql);
      yield* statement.iterate(...parameters) as unknown as IterableIterator<Stored[]>;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  get(sql: string, parameters: readonly Stored[]): ResultRow | undefined {
    const cached = this.#prepare(sql);
    this.#budget.start(cached);
    try {
      const row = cached.statement.get(...parameters) as unknown as Stored[] | undefined;
      if (cached.wide && row !== undefined) narrow(row);
      return row;
    } catch (error) {
      if (this.#widen(cached, error)) return this.get(sql, parameters);
      throw this.#failure(error);
    }
  }

  /** Runs the statement to its end and gives the number of rows that it inserted, updated or deleted itself (not by triggers). */
  run(sql: string, parameters: readonly Stored[]): number {
    try {
      const cached = this.#prepare(sql);
      this.#budget.start(cached);
      return Number(cached.statement.run(...parameters).changes);
    } catch (error) {
      throw sqliteError(error);
    }
  }

  /** One statement of any kind, with the names of its columns. */
  any(sql: string, parameters: readonly Stored[]): StatementResult {
    const columns = this.#prepare(sql)
      .statement.columns()
      .map(({ name }) => name);
    return columns.length > 0
      ? { columns, rows: this.all(sql, parameters), changes: undefined }
      : { columns, rows: [], changes: this.run(sql, parameters) };
  }

  /** Several statements without parameters, not cached. */
  execute(sql: string): void {
    try {
      this.#database.exec(sql);
    } catch (error) {
      throw sqliteError(error);
    }
  }

  /** Copies what is in the write-ahead log into the database (PASSIVE: as far as that waits for nobody), or only looks (NOOP). */
  checkpoint(mode: CheckpointMode): WalState {
    try {
      const statement =
        this.#checkpoints[mode] ?? (this.#checkpoints[mode] = this.#database.prepare(`PRAGMA wal_checkpoint(${mode})`));
      const row = statement.get() as unknown as number[] | undefined;
      return { frames: row?.[1] ?? 0, copied: row?.[2] ?? 0 };
    } catch (error) {
      throw sqliteError(error);
    }
  }

  /** See `SchemaConnection`. Inside a transaction, which its failure leaves to be rolled back. */
  rewriteSchema(edits: readonly SchemaEdit[]): void {
    this.#database.enableDefensive(false);
    try {
      this.#database.exec("PRAGMA writable_schema = ON");
      const update = this.#database.prepare("UPDATE sqlite_schema SET name = ?, sql = ? WHERE type = ? AND name = ?");
      for (const { type, name, sql, to } of edits) {
        if (update.run(to ?? name, sql, type, name).changes !== 1) throw new Error(`There is no ${type} '${name}' to rewrite.`);
      }
      // A number that this process never had before: a statement prepared for a version that was rolled back must not be taken for a good one.
      const [version] = this.#database.prepare("PRAGMA schema_version").get() as unknown as [number];
      schemaVersions = Math.max(schemaVersions, version) + 1;
      this.#database.exec(`PRAGMA schema_version = ${schemaVersions}`);
      this.#database.exec("PRAGMA writable_schema = RESET");
      // Reads every text again, and fails now if one of them is wrong.
      this.#database.prepare("SELECT 1 FROM sqlite_schema").get();
    } catch (error) {
      throw sqliteError(error);
    } finally {
      this.#database.exec("PRAGMA writable_schema = OFF");
      this.#database.enableDefensive(true);
    }
  }

  startSession(table?: string): ChangeSession {
    const session = this.#database.createSession(table === undefined ? {} : { table });
    this.#sessions += 1;
    return {
      changeset: () => session.changeset(),
      close: () => {
        session.close();
        this.#sessions -= 1;
      },
    };
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): CachedStatement {
    const found = this.#statements.get(sql);
    // SQLite deletes all rows of a table at once, unseen, where nobody watched when the statement was compiled.
    if (found !== undefined && (found.isCaptured || this.#sessions === 0)) {
      found.lastUse = ++this.#uses;
      return found;
    }
    if (settingPragma.test(sql))
      throw new Error("A statement may read a PRAGMA and not set one: the settings belong to the connection.");
    if (this.#statements.size >= this.#maxStatements) this.#evict();
    let statement: StatementSync;
    try {
      // A statement that writes must not be run twice to read its rows again, so a connection that may write reads wide from the start.
      statement = this.#database.prepare(sql, { readBigInts: !this.#readOnly });
    } catch (error) {
      throw sqliteError(error);
    }
    const cached = {
      statement,
      isGuarded: isGuarded(sql),
      wide: !this.#readOnly,
      lastUse: ++this.#uses,
      isCaptured: this.#sessions > 0,
    };
    this.#statements.set(sql, cached);
    return cached;
  }

  /** Forgets the statement unused for longest: a scan, which is small beside the preparation that it makes room for. */
  #evict(): void {
    let oldest: string | undefined;
    let oldestUse = Number.POSITIVE_INFINITY;
    for (const [sql, { lastUse }] of this.#statements) if (lastUse < oldestUse) [oldest, oldestUse] = [sql, lastUse];
    if (oldest !== undefined) this.#statements.delete(oldest);
  }

  /**
   * A page that was read wrong once may be right on the disk, and SQLite keeps what it read: it is let go of, so that the next
   * statement reads it anew. (A read that gives less than a page counts as a page of zeros.)
   */
  #failure(error: unknown): unknown {
    const failure = sqliteError(error);
    if (failure instanceof AppError && failure.error === "databaseDamaged") {
      try {
        this.#database.exec("PRAGMA shrink_memory");
      } catch {
        // What was met first is what is said.
      }
    }
    return failure;
  }

  /** After the first integer past 2^53, a reading statement is read with bigints, and stays so. */
  #widen(cached: CachedStatement, error: unknown): boolean {
    if (cached.wide || !(error instanceof Error) || !("code" in error) || error.code !== "ERR_OUT_OF_RANGE") return false;
    cached.statement.setReadBigInts(true);
    cached.wide = true;
    return true;
  }
}

function narrow(row: Stored[]): void {
  for (let index = 0; index < row.length; index++) {
    const value = row[index];
    if (typeof value === "bigint" && value >= -9007199254740991n && value <= 9007199254740991n) row[index] = Number(value);
  }
}
