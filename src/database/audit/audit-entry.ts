import { hash } from "node:crypto";

/** One changed row, as the audit log has it. All that is written down is text, but for the first and whether it was the system. */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly moment: string;
  /** The id of who did it; null for nobody in particular, and for the system. */
  readonly author: string | null;
  /** Whether the back end's own code did it, on nobody's behalf. */
  readonly system: boolean;
  readonly requestId: string | null;
  /** The administrator who acted as the author; null where nobody did. */
  readonly impersonator: string | null;
  readonly operation: "insert" | "update" | "delete";
  readonly table: string;
  /** The id of the row. */
  readonly row: string | null;
  /** `{ "<column>": { "before": ..., "after": ... } }` in JSON form, of the columns that changed; `{ "secret": true }` of secret ones. */
  readonly changes: string;
}

/** An entry of which a whole log can be told to be the same as then. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What stands before the first entry. */
export const noEntries: AuditHead = { sequence: 0, hash: "0".repeat(64) };

/**
 * The hash of an entry: SHA-256, as lower-case hexadecimal digits, of the hash of the entry before it, a line feed, and the entry's values as
 * one JSON array without spaces, in the order below; the administrator who acted as the author stands at its end where there was one. Others may check a log by it (docs/reference/audit.md), so it cannot change.
 */
export function hashEntry(previous: string, entry: AuditEntry): string {
  const { sequence, moment, author, system, requestId, impersonator, operation, table, row, changes } = entry;
  const canonical = JSON.stringify([
    sequence,
    moment,
    author,
    system,
    requestId,
    operation,
    table,
    row,
    changes,
    ...(impersonator === null ? [] : [impersonator]),
  ]);
  return hash("sha256", `${previous}\n${canonical}`, "hex");
}
