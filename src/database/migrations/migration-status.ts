import type { Connection } from "../driver.ts";
import { fingerprint, readDatabaseDefinition } from "../sqlite/definition/definition.ts";
import { readHidden } from "../sqlite/definition/hidden.ts";
import type { Hidden, MigrationStatus } from "./apply/apply-types.ts";
import { readRecords } from "./bookkeeping.ts";

/** Days for which dropped columns and tables are kept, where nothing else is said. */
export const defaultDaysKept = 30;

const day = 86_400_000;

/** Which migrations a database has had, which one is unfinished, and what is still there although it was dropped. */
export async function migrationStatus(
  connection: Connection,
  { daysKept = defaultDaysKept }: { readonly daysKept?: number } = {},
): Promise<MigrationStatus> {
  const migrations = await readRecords(connection);
  return {
    schema: fingerprint(await readDatabaseDefinition(connection)),
    migrations,
    unfinished: migrations.find(({ state }) => state === "applying" || state === "rollingBack"),
    hidden: await listHidden(connection, daysKept),
  };
}

export async function listHidden(connection: Connection, daysKept: number): Promise<readonly Hidden[]> {
  return (await readHidden(connection))
    .filter((entry) => entry.migration !== "")
    .map(({ kind, table, column, since, migration }) => ({
      kind,
      table,
      column: kind === "column" ? column : undefined,
      since,
      migration,
      until: new Date(Date.parse(since) + daysKept * day).toISOString(),
    }));
}
