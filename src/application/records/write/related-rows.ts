import type { Stored } from "#contract";
import { type Column, deletedColumn, identifier, type Model, type Sql, sql, type Table } from "#database";
import type { Session } from "../session.ts";
import { constants } from "./change.ts";
import { keyList } from "./key-list.ts";

/** Rows of several tables, by their row numbers. */
export class RowSet {
  readonly #keys = new Map<Table, Set<Stored>>();

  add(table: Table, keys: Iterable<Stored>): readonly Stored[] {
    const known = this.#keys.get(table) ?? new Set<Stored>();
    this.#keys.set(table, known);
    const added = [...keys].filter((key) => !known.has(key));
    for (const key of added) known.add(key);
    return added;
  }

  delete(table: Table, key: Stored): void {
    this.#keys.get(table)?.delete(key);
  }

  has(table: Table, key: Stored): boolean {
    return this.#keys.get(table)?.has(key) ?? false;
  }

  *[Symbol.iterator](): Generator<readonly [Table, readonly Stored[]]> {
    for (const [table, keys] of this.#keys) if (keys.size > 0) yield [table, [...keys]];
  }
}

/** A column of another table that refers to this one. */
export interface Referrer {
  readonly table: Table;
  readonly column: Column;
}

export function referrersOf(model: Model, target: Table, onDelete: "restrict" | "cascade"): readonly Referrer[] {
  return [...model.tables.values()].flatMap((table) =>
    [...table.columns.values()].flatMap((column) =>
      column.reference?.table === target.name && column.reference.onDelete === onDelete ? [{ table, column }] : [],
    ),
  );
}

/** Those whose rows a row that is deleted and kept takes along. Others, such as memberships of an organisation, wait where they are. */
export function takenAlong(model: Model, target: Table): readonly Referrer[] {
  return referrersOf(model, target, "cascade").filter(({ table }) => table.softDelete !== undefined);
}

export const deleted: Sql = identifier(deletedColumn);

/** The row numbers of those that refer to the given rows and meet the condition. */
export async function rowsReferringTo(
  { connection, services: { dialect } }: Session,
  { table, column }: Referrer,
  { target, keys, where }: { readonly target: Table; readonly keys: readonly Stored[]; readonly where: Sql | undefined },
): Promise<readonly Stored[]> {
  const ids = sql`SELECT ${identifier(target.key.name)} FROM ${identifier(target.name)} WHERE ${identifier(target.rowKey)} IN ${keyList(dialect, keys)}`;
  const also = where === undefined ? sql`` : sql` AND ${where}`;
  const statement = sql`SELECT ${identifier(table.rowKey)} FROM ${identifier(table.name)} WHERE ${identifier(column.name)} IN (${ids})${also}`;
  return (await connection.all(statement.text, constants(statement))).map((row) => row[0] ?? null);
}
