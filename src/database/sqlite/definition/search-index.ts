import type { Table } from "../../model/model.ts";
import { searchTable, searchTokenizer } from "../dialect/full-text.ts";
import { quoteName } from "../dialect/literals.ts";
import type { SchemaObject } from "./schema-object.ts";

/**
 * The full-text index of a table (FTS5), over its searchable columns: it refers to the rows by their number and keeps no copy of
 * the text, and triggers follow every change by whatever way. Words are Unicode's, case and accents aside.
 */
export function searchIndexOf(table: Table): readonly SchemaObject[] {
  if (table.searchColumns.length === 0) return [];
  const name = searchTable(table.name);
  const [index, content, key] = [name, table.name, table.rowKey].map(quoteName);
  const columns = table.searchColumns.map(quoteName);
  const values = (row: "old" | "new"): string => [key, ...columns].map((column) => `${row}.${column}`).join(", ");
  const add = `INSERT INTO ${index}(rowid, ${columns.join(", ")}) VALUES (${values("new")});`;
  // FTS5 keeps no text and must be told what the row said (sqlite.org/fts5.html 4.4.3).
  const remove = `INSERT INTO ${index}(${index}, rowid, ${columns.join(", ")}) VALUES ('delete', ${values("old")});`;
  const changed = columns.map((column) => `old.${column} IS NOT new.${column}`).join(" OR ");
  const trigger = (event: string, when: string, body: string): SchemaObject => ({
    type: "trigger",
    name: `${name}_${event}`,
    table: table.name,
    sql: `CREATE TRIGGER ${quoteName(`${name}_${event}`)} AFTER ${when} BEGIN ${body} END`,
  });
  const options = [
    `content = '${table.name.replaceAll("'", "''")}'`,
    `content_rowid = '${table.rowKey.replaceAll("'", "''")}'`,
    `tokenize = '${searchTokenizer}'`,
  ];
  return [
    { type: "table", name, table: name, sql: `CREATE VIRTUAL TABLE ${index} USING fts5(${[...columns, ...options].join(", ")})` },
    trigger("insert", `INSERT ON ${content}`, add),
    trigger("update", `UPDATE OF ${columns.join(", ")} ON ${content} WHEN ${changed}`, `${remove} ${add}`),
    trigger("delete", `DELETE ON ${content}`, remove),
  ];
}
