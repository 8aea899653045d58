import { createPacer } from "#base";
import type { Stored } from "#contract";
import type { Connection } from "../driver.ts";
import type { StoredRow } from "../expression/evaluate.ts";
import type { Table } from "../model/model.ts";
import { type ChangesetRow, type ChangesetValues, readChangeset } from "./changeset.ts";
import type { RowChange } from "./row-change.ts";
import { type TableLayout, TableLayouts } from "./table-layout.ts";

/**
 * The rows before and after, of the tables that are given. Of an update the changeset has only what changed: the rest is read from the
 * database, so this must run in the transaction, before anything else is written.
 */
export async function readChanges(
  changesets: readonly Uint8Array[],
  tables: ReadonlyMap<string, Table>,
  connection: Connection,
): Promise<RowChange[]> {
  const changes: RowChange[] = [];
  const layouts = new TableLayouts(connection);
  const pace = createPacer();
  for (const bytes of changesets) {
    for (const row of readChangeset(bytes, (name) => tables.has(name))) {
      const table = tables.get(row.table) as Table;
      const change = await readChange(row, await layouts.of(table), connection);
      if (change !== undefined) changes.push(change);
      await pace();
    }
  }
  return changes;
}

async function readChange(row: ChangesetRow, layout: TableLayout, connection: Connection): Promise<RowChange | undefined> {
  const table = row.table;
  switch (row.operation) {
    case "insert":
      return { table, type: "insert", key: keyOf(row, row.after), before: undefined, after: wholeRow(layout, row.after) };
    case "delete":
      return { table, type: "delete", key: keyOf(row, row.before), before: wholeRow(layout, row.before), after: undefined };
    case "update": {
      // Columns that the model does not know are of nobody's concern: one that a migration has hidden, say.
      if (!layout.columns.some(({ place }) => row.after[place] !== undefined)) return undefined;
      const key = keyOf(row, row.before);
      const values = await connection.get(layout.selectRow, [key]);
      if (values === undefined) throw new Error(`A row of '${table}' that was changed cannot be found by its key.`);
      const after: Record<string, Stored> = {};
      const before: Record<string, Stored> = {};
      for (const [index, { name, place }] of layout.columns.entries()) {
        const value = values[index] ?? null;
        const earlier = row.after[place] === undefined ? undefined : row.before[place];
        after[name] = value;
        before[name] = earlier === undefined ? value : earlier;
      }
      return { table, type: "update", key, before, after };
    }
  }
}

function keyOf(row: ChangesetRow, values: ChangesetValues): number | bigint {
  const [place] = row.keyColumns;
  const key = place === undefined ? undefined : values[place];
  if (typeof key !== "number" && typeof key !== "bigint") throw new Error(`The table '${row.table}' has no row number.`);
  return key;
}

function wholeRow({ columns }: TableLayout, values: ChangesetValues): StoredRow {
  const row: Record<string, Stored> = {};
  for (const { name, place } of columns) row[name] = values[place] ?? null;
  return row;
}
