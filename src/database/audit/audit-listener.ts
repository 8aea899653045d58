import { createPacer } from "#base";
import type { BeforeCommitListener } from "../driver.ts";
import type { CommitContext, RowChange } from "../feed/row-change.ts";
import type { Model, Table } from "../model/model.ts";
import { type AuditEntry, hashEntry } from "./audit-entry.ts";
import { addEntry, readAuditHead } from "./audit-table.ts";
import { describeChange } from "./describe-change.ts";

/**
 * Writes into the audit log, with every transaction that changes rows of audited tables, what it did and on whose behalf: there is no change
 * without its entry, and no entry without its change. Undefined for a model that audits nothing.
 */
export function auditListener(model: Model): BeforeCommitListener | undefined {
  const audited = new Map([...model.tables].filter(([, table]) => table.audit === true));
  if (audited.size === 0) return undefined;
  return {
    tables: [...audited.keys()],
    async beforeCommit(changes, connection, context) {
      let head = await readAuditHead(connection);
      const pace = createPacer();
      for (const change of changes) {
        const table = audited.get(change.table);
        if (table === undefined) continue;
        const entry = toEntry(head.sequence + 1, table, change, context);
        const hash = hashEntry(head.hash, entry);
        await addEntry(connection, entry, hash);
        head = { sequence: entry.sequence, hash };
        await pace();
      }
    },
  };
}

function toEntry(sequence: number, table: Table, change: RowChange, { moment, author }: CommitContext): AuditEntry {
  const id = (change.before ?? change.after)[table.key.name] ?? null;
  return {
    sequence,
    moment,
    author: author.id === null ? null : String(author.id),
    system: author.system,
    requestId: author.requestId ?? null,
    impersonator: author.impersonator ?? null,
    operation: change.type,
    table: table.name,
    row: id === null ? null : String(id),
    changes: JSON.stringify(describeChange(table, change)),
  };
}
