import type { Column, Table } from "./model.ts";

/**
 * Where the old versions of a table's rows are: a version a row, in the order of their end. Beside the stored columns it has those of
 * `historyColumns`. It has no constraints: what a version holds was good when it was made, by a definition that may have changed since.
 */
export function historyTable(table: string): string {
  return `${table}_history`;
}

/** What is known of a version besides its values. Names with an underscore cannot be those of fields. */
export const historyColumns = {
  /** Numbers the versions of the whole table. */
  sequence: "_sequence",
  /** The moments between which the version was the row: from the first on, up to and without the second. */
  from: "_from",
  until: "_until",
  /** What ended it: `update` or `delete`. `insert` is no version: it says who made the first one, and has no values. */
  operation: "_operation",
  /** The id of who ended it; null for nobody in particular and for the system. */
  author: "_author",
  /** 1 where the back end's own code did it, past all rules. */
  system: "_system",
} as const;

/** The columns that a version keeps, the hidden row number first where there is one. */
export function keptColumns(table: Table): readonly string[] {
  const names = storedColumns(table).map((column) => column.name);
  return table.rowKey === table.key.name ? names : [table.rowKey, ...names];
}

export function storedColumns(table: Table): readonly Column[] {
  return [...table.columns.values()].filter((column) => column.computed === undefined);
}
