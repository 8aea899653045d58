import { quoteName } from "../../sqlite/dialect/literals.ts";
import { readColumn } from "../../sqlite/definition/table-text.ts";
import { readForeignKey } from "../schema-state.ts";
import { once, type Phase } from "./phase.ts";
import { needTable, rewriteTable, withConstraint, withoutConstraints } from "./schema-access.ts";

interface KeyToRestore {
  readonly table: string;
  readonly constraint: string;
  readonly text: string;
}

/**
 * A foreign key that had been taken off is put back. Rows whose target was deleted meanwhile get what the key would have done: cascade deletes
 * the row, otherwise an optional column becomes empty; a required one refuses, and says which rows are in the way.
 */
export function followKeys({ table, constraint, text }: KeyToRestore, first: number): readonly Phase[] {
  const key = readForeignKey(text);
  const add = once((connection) => rewriteTable(connection, table, (found) => withConstraint(found, constraint, text)));
  if (key === undefined) return [add];
  const [name, column, target, id] = [table, key.column, key.table, key.target].map(quoteName);
  const orphan = `${name}.${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${target} AS p WHERE p.${id} = ${name}.${column})`;
  const follow: Phase = {
    type: "batches",
    table,
    run: async (connection, { after, upTo }, rowKey) => {
      const where = `${quoteName(rowKey)} > ? AND ${quoteName(rowKey)} <= ? AND ${orphan}`;
      if (key.onDelete.toUpperCase() === "CASCADE") {
        await connection.run(`DELETE FROM ${name} WHERE ${where}`, [after, upTo]);
        return;
      }
      const { text: found } = await needTable(connection, table);
      if (!readColumn(found.columns.get(key.column) ?? "").isRequired)
        await connection.run(`UPDATE ${name} SET ${column} = NULL WHERE ${where}`, [after, upTo]);
    },
  };
  return [
    follow,
    add,
    follow,
    {
      type: "scan",
      table,
      refused: orphan,
      undo: (connection) => rewriteTable(connection, table, (found) => withoutConstraints(found, [constraint])),
      backTo: first,
      message: (rows) =>
        `${rows} ${rows === 1 ? "row" : "rows"} of '${table}' refer by '${key.column}' to rows of '${key.table}' that were deleted meanwhile, and the column is required. ` +
        `Delete them, or let them refer to others: they are those WHERE ${orphan}.`,
    },
  ];
}
