import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Connection, ResultRow } from "../../driver.ts";
import { formatVersion } from "../bookkeeping.ts";
import { countRows } from "./copy-database.ts";
import { registerDefinitionFunctions } from "../definition/definition-functions.ts";
import { registerFunctions } from "../dialect/functions.ts";
import { inspectDatabase } from "../definition/inspect.ts";
import type { SchemaObject } from "../definition/schema-object.ts";

export interface FileFacts {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** A short name for exactly its schema, as the bookkeeping has it. */
  readonly schema: string | undefined;
}

export interface FileCheck {
  /** What is wrong, a line each; empty when nothing is. */
  readonly problems: readonly string[];
  /** Undefined where it could not be read that far. */
  readonly facts: FileFacts | undefined;
}

/**
 * Opens a database file that nobody else has open, changes nothing of it or beside it, and checks every page, index, constraint and foreign key.
 * For a thread: it takes as long as reading all of it takes.
 */
export function checkDatabaseFile(path: string): FileCheck {
  const problems: string[] = [];
  let facts: FileFacts | undefined;
  let database: DatabaseSync | undefined;
  try {
    // Immutable: SQLite then makes no -wal and -shm file beside it.
    database = new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true, returnArrays: true });
    // Checks and indexes of the schema call them.
    registerFunctions(database, () => {});
    registerDefinitionFunctions(database);
    const all = (sql: string): unknown[][] => database?.prepare(sql).all() as unknown as unknown[][];
    const [format] = all("SELECT value FROM _chassis WHERE name = 'format'").map(([value]) => Number(value));
    if (format === undefined || format > formatVersion)
      problems.push(`it has format ${format ?? "none"}, and this version of Chassis knows ${formatVersion}`);
    for (const [line] of all("PRAGMA integrity_check")) if (line !== "ok") problems.push(String(line));
    for (const [table, row, parent] of all("PRAGMA foreign_key_check"))
      problems.push(`row ${String(row)} of '${String(table)}' refers to a row of '${String(parent)}' that is not there`);
    const [schema] = all("SELECT value FROM _chassis WHERE name = 'schema'").map(([value]) => String(value));
    facts = { rows: countRows(database), schema };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.push(/no such table: _chassis/.test(message) ? "it is no database of Chassis" : message);
  } finally {
    database?.close();
  }
  return { problems, facts };
}

/** What stands in such a file, as `inspectDatabase` says it. */
export async function readFileSchema(path: string): Promise<readonly SchemaObject[]> {
  const database = new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true, returnArrays: true });
  const refuse = async (): Promise<never> => Promise.reject(new Error("This file is only read."));
  try {
    const all: Connection["all"] = async (sql, parameters) =>
      database.prepare(sql).all(...parameters) as unknown as readonly ResultRow[];
    return await inspectDatabase({
      all,
      get: async (sql, parameters) => (await all(sql, parameters))[0],
      run: refuse,
      execute: refuse,
    });
  } finally {
    database.close();
  }
}
