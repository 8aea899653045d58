import { historyColumns as names, historyTable, storedColumns } from "../../model/history-table.ts";
import type { Table } from "../../model/model.ts";
import { quoteName } from "../dialect/literals.ts";
import type { SchemaObject } from "./schema-object.ts";

/**
 * The table of the old versions of a table's rows, where it has a history: its columns without any of their constraints. Found by the row
 * and by the moment: of the versions that a moment not long ago can show there are few.
 */
export function historyOf(table: Table): readonly SchemaObject[] {
  if (table.history === undefined) return [];
  const name = historyTable(table.name);
  const lines = [
    `${quoteName(names.sequence)} INTEGER PRIMARY KEY`,
    ...(table.rowKey === table.key.name ? [] : [`${quoteName(table.rowKey)} INTEGER`]),
    ...storedColumns(table).map((column) => `${quoteName(column.name)} ${column.kind.columnType.sqlite}`),
    `${quoteName(names.from)} TEXT NOT NULL`,
    `${quoteName(names.until)} TEXT NOT NULL`,
    `${quoteName(names.operation)} TEXT NOT NULL`,
    `${quoteName(names.author)} TEXT`,
    `${quoteName(names.system)} INTEGER NOT NULL`,
  ];
  const index = (suffix: string, ...columns: readonly string[]): SchemaObject => ({
    type: "index",
    name: `${name}_${suffix}_idx`,
    table: name,
    sql: `CREATE INDEX ${quoteName(`${name}_${suffix}_idx`)} ON ${quoteName(name)}(${columns.map(quoteName).join(", ")})`,
  });
  return [
    { type: "table", name, table: name, sql: `CREATE TABLE ${quoteName(name)} (\n  ${lines.join(",\n  ")}\n) STRICT` },
    index("row", table.key.name, names.until),
    index("until", names.until),
  ];
}
