import type { Scalar } from "#contract";
import { type Column, deletedColumn, quoteName, type Table } from "#database";

/**
 * Words of which SQLite takes the last for the affinity, so that a value stays as it is written (a decimal as a number would lose digits), and of
 * which `chassis pull` and people read what the column is.
 */
const types: { readonly [S in Scalar]: string } = {
  text: "TEXT",
  integer: "INTEGER",
  decimal: "DECIMAL TEXT",
  real: "REAL",
  bool: "BOOLEAN",
  timestamp: "TIMESTAMP TEXT",
  date: "DATE TEXT",
  json: "JSON TEXT",
  bytes: "BLOB",
};

/** CREATE TABLE for an export: columns, keys and references, without what only Chassis knows to check. */
export function portableTable(table: Table, names: readonly string[], exported: ReadonlyMap<string, Table>): string {
  const columns = names.flatMap((name) => table.columns.get(name) ?? []);
  const has = (name: string): boolean => names.includes(name);
  // Of a deleted row and one that came after it, both may have the value that is unique among those that are there.
  const uniques = has(deletedColumn) ? [] : table.uniques.filter((unique) => unique.columns.every(has));
  const lines = [
    ...columns.map((column) => columnLine(table, column)),
    ...uniques
      .filter(({ columns: [first, second] }) => second !== undefined || first !== table.key.name)
      .map((unique) => `UNIQUE (${unique.columns.map(quoteName).join(", ")})`),
    ...columns.flatMap(({ name, reference }) => {
      const target = reference === undefined ? undefined : exported.get(reference.table);
      if (target === undefined || reference === undefined) return [];
      const action = reference.onDelete.toUpperCase();
      return [
        `FOREIGN KEY (${quoteName(name)}) REFERENCES ${quoteName(target.name)}(${quoteName(target.key.name)}) ON DELETE ${action}`,
      ];
    }),
  ];
  return `CREATE TABLE IF NOT EXISTS ${quoteName(table.name)} (\n  ${lines.join(",\n  ")}\n);\n`;
}

function columnLine(table: Table, column: Column): string {
  const { precision = 18, scale = 2 } = column.options;
  const { scalar } = column.type;
  const words = [quoteName(column.name), scalar === "decimal" ? `${types.decimal}(${precision},${scale})` : types[scalar]];
  if (!column.nullable) words.push("NOT NULL");
  if (column.name === table.key.name) words.push("PRIMARY KEY");
  return words.join(" ");
}
