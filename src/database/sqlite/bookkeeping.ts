import type { Stored } from "#contract";
import type { Connection, ResultRow } from "../driver.ts";
import { DatabaseRefusedError } from "./errors.ts";

/** Where Chassis keeps what it must know about a database itself: names and values. A database with tables and without it is not ours. */
const bookkeepingTable = "_chassis";

/** Raised when the way in which Chassis lays out its tables changes, so that an older one refuses what it does not know. */
export const formatVersion = 1;

/** One row: is it ours (1 or 0), and the names of some of its tables, a line each, null where it has none. */
export const describeOrigin: string = `SELECT count(*) FILTER (WHERE name = '${bookkeepingTable}'), group_concat(name, char(10)) FROM (
  SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = '${bookkeepingTable}' DESC, name LIMIT 5)`;

export function foreignDatabase(path: string, tables: readonly string[]): DatabaseRefusedError {
  return new DatabaseRefusedError(
    `${path} is a database of another application: it has tables (${tables.join(", ")}) and none named '${bookkeepingTable}'. ` +
      "Nothing was changed. Give the path of a new file.",
  );
}

function laterDatabase(path: string, format: number): DatabaseRefusedError {
  return new DatabaseRefusedError(
    `The database ${path} was made by a later version of Chassis: it has format ${format}, and this version knows ${formatVersion}. ` +
      "Install that version, or give another path.",
  );
}

/** Before anything is written or told: a database of somebody else, or one that a later version laid out. An empty one is nobody's. */
export function refuseStranger(
  connection: { get(sql: string, parameters: readonly Stored[]): ResultRow | undefined },
  path: string,
): void {
  const [ours, tables] = connection.get(describeOrigin, []) ?? [];
  if (ours === 0 && typeof tables === "string") throw foreignDatabase(path, tables.split("\n"));
  const format =
    ours === 0 ? 0 : Number(connection.get(`SELECT value FROM ${bookkeepingTable} WHERE name = 'format'`, [])?.[0] ?? 0);
  if (format > formatVersion) throw laterDatabase(path, format);
}

/** The format that a database of ours was made in. */
export async function readFormat(connection: Connection): Promise<number> {
  const row = await connection.get(`SELECT value FROM ${bookkeepingTable} WHERE name = 'format'`, []);
  return Number(row?.[0] ?? 0);
}

export async function writeBookkeeping(connection: Connection, facts: Readonly<Record<string, string>>): Promise<void> {
  await connection.run(`CREATE TABLE ${bookkeepingTable} (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`, []);
  for (const fact of Object.entries(facts)) await connection.run(`INSERT INTO ${bookkeepingTable} VALUES (?, ?)`, fact);
}
