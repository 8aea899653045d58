import { DatabaseSync } from "node:sqlite";
import type { Clock } from "#base";
import { registerDefinitionFunctions } from "../definition/definition-functions.ts";
import { registerFunctions } from "../dialect/functions.ts";
import { lockFile } from "./lock.ts";

/**
 * Writes the file of a database anew, with nothing in it but what the database holds (VACUUM): what was replaced or deleted otherwise stays in pages
 * that are free, and in the gaps of others, `secure_delete` or not. Takes as much room again while it runs. Nobody else may have the database.
 *
 * @throws DatabaseRefusedError when another process has the file.
 */
export function rewriteDatabaseFile(path: string, clock: Clock): void {
  const lock = lockFile(path, clock);
  try {
    const database = new DatabaseSync(path);
    try {
      registerFunctions(database, () => {});
      registerDefinitionFunctions(database);
      database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
  } finally {
    lock.release();
  }
}
