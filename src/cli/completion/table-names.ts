import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defaultDataDirectory, findBackend } from "../backend/load-backend.ts";

/**
 * The tables of a back end as its database has them. Its definition is not run: that takes a second, and nobody who presses a key asked
 * for it. None before the first start.
 */
export async function tableNames(backend: string): Promise<readonly string[]> {
  try {
    const { loadConfig } = await import("#config");
    const directory = resolve(loadConfig().dataDirectory ?? defaultDataDirectory(findBackend(backend)));
    const [{ openToRead }, { databasePath }, { findServer }] = await Promise.all([
      import("#database"),
      import("#platform"),
      import("../backend/workplace.ts"),
    ]);
    const path = databasePath(directory);
    if (!existsSync(path)) return [];
    const reader = openToRead(path, findServer({ dataDirectory: directory }) !== undefined);
    try {
      const rows = await reader.connection.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", []);
      return rows.map(([name]) => String(name)).filter((name) => !isOurs(name));
    } finally {
      reader.close();
    }
  } catch {
    // Whoever presses a key is told nothing.
    return [];
  }
}

/** What is no table of a definition: tables of the storage, those that full-text search keeps beside its own, and whatever no definition can call a table. */
export function isOurs(name: string): boolean {
  // In bash what is completed stands in the line as it is: a database from elsewhere must not write commands there.
  return !/^[\p{L}\p{N}_]+$/u.test(name) || /^(?:_|sqlite_)|_fts(?:_\w+)?$/.test(name);
}
