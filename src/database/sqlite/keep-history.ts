import { createPacer } from "#base";
import type { Stored } from "#contract";
import type { BeforeCommitListener, Connection } from "../driver.ts";
import type { CommitContext, RowChange } from "../feed/row-change.ts";
import { historyColumns as names, historyTable, keptColumns } from "../model/history-table.ts";
import type { Model, Table } from "../model/model.ts";
import { quoteName } from "./literals.ts";

/** What of a change is written down: the row as it was, and what became of it. Of a new row: that it was made. */
interface Version {
  readonly operation: RowChange["type"];
  readonly row: Readonly<Record<string, Stored>>;
  /** The row's hidden number. */
  readonly key: Stored;
  readonly from: string;
  readonly until: string;
}

/**
 * Writes the old versions of rows with every transaction that changes or deletes them, by whatever way it does so. Undefined for a model
 * without history.
 */
export function historyListener(model: Model): BeforeCommitListener | undefined {
  const tables = new Map<string, { readonly table: Table; readonly insert: string }>();
  for (const table of model.tables.values())
    if (table.history !== undefined) tables.set(table.name, { table, insert: insertStatement(table) });
  if (tables.size === 0) return undefined;
  return {
    tables: [...tables.keys()],
    async beforeCommit(changes, connection, context) {
      // Others are served in between: an import may bring a hundred thousand rows.
      const pace = createPacer();
      for (const change of changes) {
        const kept = tables.get(change.table);
        if (kept === undefined) continue;
        for (const version of versionsOf(kept.table, change, context)) await writeVersion(connection, kept, version, context);
        await pace();
      }
    },
  };
}

/** A version begins where the one before it ended, also where the clock went back or SQL left `updated` as it was: no moment has two. */
function insertStatement(table: Table): string {
  const history = quoteName(historyTable(table.name));
  const columns = [...keptColumns(table), names.from, names.until, names.operation, names.author, names.system];
  const kept = keptColumns(table).map((_, index) => `?${index + 1}`);
  const next = (offset: number): string => `?${kept.length + offset}`;
  const last = `(SELECT max(${quoteName(names.until)}) FROM ${history} WHERE ${quoteName(table.key.name)} = ${next(6)})`;
  return `INSERT INTO ${history} (${columns.map(quoteName).join(", ")}) SELECT ${[...kept, "start", `max(start, ${next(2)})`, next(3), next(4), next(5)].join(", ")} FROM (SELECT max(${next(1)}, coalesce(${last}, '')) AS start)`;
}

function versionsOf(table: Table, change: RowChange, { moment }: CommitContext): readonly Version[] {
  const { key } = change;
  const made = (row: Version["row"]): Version => {
    const at = timeOf(row, moment);
    return { operation: "insert", row: { [table.key.name]: row[table.key.name] ?? null }, key: null, from: at, until: at };
  };
  switch (change.type) {
    case "insert":
      return [made(change.after)];
    case "delete":
      return [{ operation: "delete", row: change.before, key, from: timeOf(change.before, moment), until: moment }];
    case "update": {
      const { before, after } = change;
      const from = timeOf(before, moment);
      // The number of a row that is gone may be given to another within the same transaction.
      if (before[table.key.name] !== after[table.key.name])
        return [{ operation: "delete", row: before, key, from, until: moment }, made(after)];
      const updated = timeOf(after, moment);
      // SQL that leaves `updated` as it was changes the row now.
      return [{ operation: "update", row: before, key, from, until: updated > from ? updated : moment }];
    }
  }
}

/** Since when the row is as it is; no later than now. */
function timeOf(row: Version["row"], moment: string): string {
  const updated = row["updated"];
  return typeof updated === "string" && updated < moment ? updated : moment;
}

async function writeVersion(
  connection: Connection,
  { table, insert }: { readonly table: Table; readonly insert: string },
  { operation, row, key, from, until }: Version,
  { author }: CommitContext,
): Promise<void> {
  const values = keptColumns(table).map((name) => (table.columns.has(name) ? (row[name] ?? null) : key));
  const facts = [from, until, operation, author.id === null ? null : String(author.id), author.system ? 1 : 0];
  await connection.run(insert, [...values, ...facts, row[table.key.name] ?? null]);
}
