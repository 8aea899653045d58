import { existsSync } from "node:fs";
import { applyMigration, migrationStatus, openSqlite } from "#database";
import { databasePath } from "#platform";
import { describeApplied } from "./migrate-apply.ts";
import { migrationFolder, pendingMigrations, readFiles } from "./migrate-workplace.ts";
import type { Terminal } from "../command-line/terminal.ts";
import type { Workplace } from "../backend/workplace.ts";

/**
 * Applies what waits, before a server listens: where several are started at once, one of them has the database and the others are
 * refused. A database that is not there yet is made as the definition says, and needs none.
 */
export async function migrateAtStart({ file, dataDirectory, config }: Workplace, terminal: Terminal): Promise<void> {
  const path = databasePath(dataDirectory);
  const files = await readFiles({ folder: migrationFolder(file) });
  if (!existsSync(path) || files.length === 0) return;
  const database = await openSqlite({ path, durability: config.durability });
  try {
    for (const { id, migration } of pendingMigrations(files, await migrationStatus(database)))
      describeApplied(await applyMigration(database, { id, migration }), "applied", {
        ...terminal,
        print: (line = "") => terminal.report(line),
      });
  } finally {
    await database.close();
  }
}
