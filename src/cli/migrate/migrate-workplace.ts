import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Connection,
  openToRead,
  readMigrations,
  type MigrationFile,
  migrationStatus,
  type MigrationStatus,
} from "#database";
import { databasePath } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { findServer, openWorkplace, type Workplace } from "../backend/workplace.ts";

/** A back end with its database and its migrations: what every command of `migrate` begins with. */
export interface MigrationPlace extends Workplace {
  readonly path: string;
  /** Where the files of migrations are: `migrations` beside the back end's file. */
  readonly folder: string;
}

export async function openMigrationPlace(backend: string): Promise<MigrationPlace> {
  const workplace = await openWorkplace(backend);
  const path = databasePath(workplace.dataDirectory);
  if (!existsSync(path))
    throw new CommandError(
      `There is no database in ${workplace.dataDirectory} yet: the first start makes it as the definition says.`,
    );
  return { ...workplace, path, folder: migrationFolder(workplace.file) };
}

export function migrationFolder(file: string): string {
  return join(dirname(file), "migrations");
}

/** Reads the database beside a server or without one, and changes nothing. */
export async function reading<T>(place: MigrationPlace, work: (connection: Connection) => Promise<T>): Promise<T> {
  const reader = openToRead(place.path, findServer(place) !== undefined);
  try {
    return await work(reader.connection);
  } finally {
    reader.close();
  }
}

export async function readFiles({ folder }: Pick<MigrationPlace, "folder">): Promise<readonly MigrationFile[]> {
  return readMigrations(folder);
}

/**
 * What is still to be applied, in order: the migration that was begun first, then those that lead on from what the database is. A file
 * that starts from another schema belongs to another database, or its turn has not come.
 */
export function pendingMigrations(
  files: readonly MigrationFile[],
  { schema, migrations, unfinished }: MigrationStatus,
): readonly MigrationFile[] {
  const applied = new Set(migrations.filter(({ state }) => state === "applied").map(({ id }) => id));
  const pending: MigrationFile[] = [];
  let at = schema;
  const begun = files.find(({ id }) => id === unfinished?.id);
  if (begun !== undefined) {
    pending.push(begun);
    at = begun.migration.to;
  }
  for (const file of files) {
    if (applied.has(file.id) || file === begun || file.migration.from !== at) continue;
    pending.push(file);
    at = file.migration.to;
  }
  return pending;
}

export async function readStatus(place: MigrationPlace): Promise<MigrationStatus> {
  return reading(place, (connection) => migrationStatus(connection));
}
