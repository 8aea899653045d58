import { type Applied, applyMigration, type Hidden, purgeHidden, rollbackMigration, type SqliteDatabase } from "#database";
import type { ImportOrder } from "./import-spool.ts";
import type { MaintenanceOrder, OrderTools } from "./maintenance.ts";

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
