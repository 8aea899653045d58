import type { Connection } from "../driver.ts";
import { hasAuditTable, readEntries, type StoredEntry } from "./audit-table.ts";

export interface AuditFilter {
  readonly table?: string;
  /** The id of the row, as text. */
  readonly row?: string;
  /** Whose changes; `system` those of the back end's own code. */
  readonly author?: { readonly id: string } | "system";
  /** From this moment on, as a stored timestamp. */
  readonly since?: string;
  /** The newest, no more than these. */
  readonly limit: number;
}

/** Entries in their order. It reads the whole log, newest first, until it has enough. */
export async function listAudit(connection: Connection, filter: AuditFilter): Promise<readonly StoredEntry[]> {
  if (!(await hasAuditTable(connection))) return [];
  const { table, row, author, since, limit } = filter;
  const compared: readonly (readonly [condition: string, value: string | undefined])[] = [
    ["table_name = ?", table],
    ["row_id = ?", row],
    ["author = ?", typeof author === "object" ? author.id : undefined],
    ["moment >= ?", since],
  ];
  const given = compared.filter(([, value]) => value !== undefined);
  const conditions = [...given.map(([condition]) => condition), ...(author === "system" ? ["system = 1"] : [])];
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const values = given.flatMap(([, value]) => value ?? []);
  const entries = await readEntries(connection, `${where} ORDER BY sequence DESC LIMIT ?`, [...values, limit]);
  return entries.toReversed();
}
