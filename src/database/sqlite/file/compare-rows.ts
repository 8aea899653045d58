import { DatabaseSync } from "node:sqlite";
import { literal, quoteName } from "../dialect/literals.ts";

/** A table in two databases: its names, its row numbers, and the columns to be compared. */
export interface TablePair {
  readonly before: { readonly table: string; readonly key: string };
  readonly after: { readonly table: string; readonly key: string };
  /** New name to old name. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface RowComparison {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Rows of the first that the second does not have. */
  readonly missing: number;
  /** By new name: rows with another value. Columns that are the same are not in it. */
  readonly changed: Readonly<Record<string, number>>;
}

/** Compares rows of two database files value by value: exact, where checksums would only be likely. Nothing else may have them open to write. */
export function compareRows(beforePath: string, afterPath: string, pairs: readonly TablePair[]): readonly RowComparison[] {
  const database = new DatabaseSync(afterPath, { readOnly: true, returnArrays: true });
  try {
    database.exec(`ATTACH ${literal(beforePath)} AS chassis_before`);
    return pairs.map((pair) => compareTable(database, pair));
  } finally {
    database.close();
  }
}

function compareTable(database: DatabaseSync, { before, after, columns }: TablePair): RowComparison {
  const [left, right] = [`chassis_before.${quoteName(before.table)}`, `main.${quoteName(after.table)}`];
  const names = [...columns];
  // With a sign before it a column has no affinity: '5' is not 5.
  const differing = names.map(([now, then]) => `ifnull(sum(+b.${quoteName(then)} IS NOT +a.${quoteName(now)}), 0)`);
  const row = database
    .prepare(
      `SELECT ${["count(*)", `count(a.${quoteName(after.key)})`, ...differing].join(", ")}
        FROM ${left} AS b LEFT JOIN ${right} AS a ON a.${quoteName(after.key)} = b.${quoteName(before.key)}`,
    )
    .get() as unknown as readonly number[];
  const [rowsBefore = 0, matched = 0, ...counts] = row.map(Number);
  const rows = database.prepare(`SELECT count(*) FROM ${right}`).get() as unknown as readonly number[];
  return {
    rowsBefore,
    rowsAfter: rows[0] ?? 0,
    missing: rowsBefore - matched,
    changed: Object.fromEntries(names.map(([now], index) => [now, counts[index] ?? 0] as const).filter(([, count]) => count > 0)),
  };
}
