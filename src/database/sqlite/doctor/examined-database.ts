import { existsSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Stored } from "#contract";
import type { ResultRow, StreamingConnection } from "../../driver.ts";
import { refuseStranger } from "../bookkeeping.ts";
import { SqliteConnection } from "../connection.ts";
import { openingError } from "../errors.ts";

/**
 * A database open for an examination: read-only, so that closing it copies nothing out of the log. Beside a server it is one reader
 * more. Without one, and with an empty log, nothing is even made beside the file.
 */
export class ExaminedDatabase {
  readonly #connection: SqliteConnection;

  constructor(path: string, isServed: boolean) {
    const log = `${path}-wal`;
    const isQuiet = !isServed && !(existsSync(log) && statSync(log).size > 0);
    const query = isQuiet ? "?immutable=1" : "?mode=ro";
    this.#connection = new SqliteConnection({
      path: `${pathToFileURL(path).href}${query}`,
      readOnly: true,
      busyTimeout: 5000,
      maxStatements: 50,
      // Names and sizes are as they are, and what the schema calls is what it was made with.
      pragmas: ["cache_size = -32768"],
    });
  }

  all(sql: string, ...parameters: readonly Stored[]): readonly ResultRow[] {
    return this.#connection.all(sql, parameters);
  }

  get(sql: string, ...parameters: readonly Stored[]): ResultRow | undefined {
    return this.#connection.get(sql, parameters);
  }

  /** Statements on temporary tables, which are no part of the file. */
  execute(sql: string): void {
    this.#connection.execute(sql);
  }

  /** The same as parts know it that only read. */
  get connection(): StreamingConnection {
    const connection = this.#connection;
    return {
      all: async (sql, parameters) => connection.all(sql, parameters),
      get: async (sql, parameters) => connection.get(sql, parameters),
      run: async (sql, parameters) => connection.run(sql, parameters),
      execute: async (sql, parameters) => connection.any(sql, parameters),
      each: (sql, parameters) => connection.each(sql, parameters),
    };
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * The database, to be read beside whoever has it open. Nothing of it is changed, and closing it copies nothing out of the log.
 *
 * @throws DatabaseRefusedError where it is damaged, of another application, or of a later version.
 */
export function openToRead(path: string, isServed: boolean): { readonly connection: StreamingConnection; close(): void } {
  let opened: ExaminedDatabase | undefined;
  try {
    const database = new ExaminedDatabase(path, isServed);
    opened = database;
    refuseStranger({ get: (sql) => database.get(sql) }, path);
    return { connection: database.connection, close: () => database.close() };
  } catch (error) {
    opened?.close();
    throw openingError(path, error);
  }
}
