import { type Applied, applyMigration, type Hidden, purgeHidden, rollbackMigration, type SqliteDatabase } from "#database";
import { type ImportOrder, type ImportPlace, importSpool } from "./import-spool.ts";
import type { MaintenanceOrder, OrderTools, RunOrder } from "./maintenance.ts";

/** Carries out one order about the schema on a database that this process has open. */
export async function runOrder(
  order: Exclude<MaintenanceOrder, ImportOrder>,
  { database, signal, report }: OrderTools & { readonly database: SqliteDatabase },
): Promise<Applied | readonly Hidden[]> {
  switch (order.type) {
    case "apply":
      return applyMigration(database, order.migration, { signal, report });
    case "rollback":
      return rollbackMigration(database, { signal, report, ...(order.fill === undefined ? {} : { fill: order.fill }) });
    case "purge":
      return purgeHidden(database, { signal, ...(order.everything ? { daysKept: 0 } : {}) });
  }
}

/** Carries out any order of a server that runs. */
export function createRunOrder(place: Omit<ImportPlace, keyof OrderTools> & { readonly database: SqliteDatabase }): RunOrder {
  return (order, tools) =>
    order.type === "import"
      ? importSpool(order, { ...place, ...tools })
      : runOrder(order, { database: place.database, ...tools });
}
