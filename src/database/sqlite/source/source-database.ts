import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Stored } from "#contract";
import { DatabaseRefusedError, isSqliteFailure } from "../errors.ts";
import { quoteName } from "../dialect/literals.ts";
import { readSourceSchema } from "./read-source-schema.ts";
import type { SourceSchema, SourceTable } from "./source-schema.ts";

/** A SQLite database of any hand, open to be read: one moment of it, and nothing of it is ever changed. */
export interface SourceDatabase {
  readonly path: string;
  readonly schema: SourceSchema;
  /**
   * The rows of a table in the order of their making, as arrays of the columns asked for. Integers past 2^53 as bigint.
   * `at` gives only the row with that locator (see `locatorOf`).
   */
  rows(table: SourceTable, columns: readonly string[], options?: RowOptions): Iterable<readonly Stored[]>;
  /** The columns that tell a row from all others of its table: the row's number, or the primary key of a table without one. */
  locatorOf(table: SourceTable): readonly string[];
  close(): void;
}

export interface RowOptions {
  readonly at?: readonly Stored[];
  readonly limit?: number;
  /** From the last row backwards. */
  readonly backwards?: boolean;
}

const HEADER = "SQLite format 3\u0000";

/** @throws DatabaseRefusedError for what is no SQLite database, is damaged, or cannot be read. */
export function openSource(path: string): SourceDatabase {
  refuseOther(path);
  try {
    const database = openReadOnly(path);
    try {
      // From here on all is of one moment, whatever another program writes meanwhile.
      database.exec("BEGIN");
      return new OpenSource(path, database);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (!isSqliteFailure(error)) throw error;
    throw new DatabaseRefusedError(`${path} cannot be read: ${error.message}.`, { cause: error });
  }
}

function openReadOnly(path: string): DatabaseSync {
  const options = { readOnly: true, readBigInts: true, returnArrays: true, timeout: 5000 } as const;
  const database = new DatabaseSync(path, options);
  try {
    database.exec("SELECT 1 FROM sqlite_schema");
    return database;
  } catch (error) {
    database.close();
    // A database in WAL mode wants a file beside it. Where none can be made, and no log is there, nobody else can be writing.
    if (!isSqliteFailure(error) || (error.errcode & 0xff) !== CANNOT_OPEN || existsSync(`${path}-wal`)) throw error;
    return new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, options);
  }
}

const CANNOT_OPEN = 14;

/** Before SQLite looks: what it says of a folder, an archive or an empty file helps nobody. */
function refuseOther(path: string): void {
  if (!existsSync(path)) throw new DatabaseRefusedError(`There is no file ${path}.`);
  if (!statSync(path).isFile()) throw new DatabaseRefusedError(`${path} is no file. Give the SQLite database itself.`);
  const file = openSync(path, "r");
  const head = Buffer.alloc(HEADER.length);
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.toString("latin1") !== HEADER)
    throw new DatabaseRefusedError(`${path} is not a SQLite database: it is another kind of file, encrypted, or damaged.`);
}

class OpenSource implements SourceDatabase {
  readonly path: string;
  readonly schema: SourceSchema;
  readonly #database: DatabaseSync;

  constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
    this.schema = readSourceSchema((sql, ...parameters) => this.#query(sql, parameters));
  }

  *#query(sql: string, parameters: readonly Stored[]): Generator<readonly Stored[]> {
    const statement = this.#database.prepare(sql);
    for (const row of statement.iterate(...parameters) as unknown as Iterable<Stored[]>) {
      yield row.map((value) =>
        typeof value === "bigint" && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
          ? Number(value)
          : value,
      );
    }
  }

  rows(table: SourceTable, columns: readonly string[], options: RowOptions = {}): Iterable<readonly Stored[]> {
    const { at, limit, backwards = false } = options;
    const locator = this.locatorOf(table).map(columnName);
    const where = at === undefined ? "" : ` WHERE ${locator.map((name) => `${name} = ?`).join(" AND ")}`;
    const order = ` ORDER BY ${locator.map((name) => (backwards ? `${name} DESC` : name)).join(", ")}`;
    const sql = `SELECT ${columns.map(columnName).join(", ")} FROM ${quoteName(table.name)}${where}${order}${limit === undefined ? "" : ` LIMIT ${limit}`}`;
    return this.#query(sql, at ?? []);
  }

  locatorOf(table: SourceTable): readonly string[] {
    if (table.withoutRowid) return table.primaryKey;
    const taken = new Set(table.columns.map(({ name }) => name.toLowerCase()));
    const free = rowNumberNames.find((name) => !taken.has(name));
    return [table.rowNumber ?? free ?? rowNumberNames[0]];
  }

  close(): void {
    this.#database.close();
  }
}

/** A column may have one of these names itself; then another of them still means the row's number. */
const rowNumberNames = ["rowid", "_rowid_", "oid"] as const;

const columnName = quoteName;
