import { AppError, type Stored } from "#contract";
import { constant, identifier, sql, type Table, tableOf } from "#database";
import type { Session } from "../session.ts";
import { constants } from "./change.ts";
import { keyList } from "./key-list.ts";
import { deleted, RowSet, rowsReferringTo, takenAlong } from "./related-rows.ts";
import { markRows } from "./soft-delete.ts";

/**
 * Brings back a deleted row and those that its delete took along. Of these stay behind the ones that refer to a row which is still
 * deleted: where it would take them along they wait for it, and come back with it.
 *
 * @throws AppError `foreignKeyViolation` where the row itself refers to one that is deleted.
 * @throws ConstraintError where another row has its place by now.
 */
export async function undelete(session: Session, table: Table, key: Stored): Promise<void> {
  const { connection } = session;
  const own = sql`SELECT ${deleted} FROM ${identifier(table.name)} WHERE ${identifier(table.rowKey)} = ${constant(key)}`;
  const [moment] = (await connection.get(own.text, constants(own))) ?? [];
  if (typeof moment !== "string") throw new Error(`A row of '${table.name}' was to be restored and is not deleted.`);
  const rows = await deletedTogether(session, table, key, moment);
  while (await leaveBlocked(session, rows, { table, key })) {}
  await markRows(session, rows, null);
}

async function deletedTogether(session: Session, table: Table, key: Stored, moment: string): Promise<RowSet> {
  const rows = new RowSet();
  const where = sql`${deleted} = ${constant(moment)}`;
  const line: (readonly [Table, readonly Stored[]])[] = [[table, rows.add(table, [key])]];
  for (const [target, keys] of line) {
    if (keys.length === 0) continue;
    for (const referrer of takenAlong(session.services.model, target)) {
      const found = await rowsReferringTo(session, referrer, { target, keys, where });
      line.push([referrer.table, rows.add(referrer.table, found)]);
    }
  }
  return rows;
}

/** Takes out the rows that refer to one which stays deleted; true where there were any, for others may hang on them. */
async function leaveBlocked(
  session: Session,
  rows: RowSet,
  root: { readonly table: Table; readonly key: Stored },
): Promise<boolean> {
  const { connection, services } = session;
  let changed = false;
  for (const [table, keys] of rows) {
    for (const { name, reference } of table.columns.values()) {
      const target = reference === undefined ? undefined : tableOf(services.model, reference.table);
      if (reference === undefined || target?.softDelete === undefined || reference.onDelete === "set null") continue;
      const statement = sql`SELECT r.${identifier(table.rowKey)}, t.${identifier(target.rowKey)}, t.${deleted} FROM ${identifier(table.name)} AS r JOIN ${identifier(target.name)} AS t ON t.${identifier(target.key.name)} = r.${identifier(name)} WHERE r.${identifier(table.rowKey)} IN ${keyList(services.dialect, keys)} AND t.${deleted} IS NOT NULL`;
      for (const [key = null, targetKey = null, moment = null] of await connection.all(statement.text, constants(statement))) {
        if (rows.has(target, targetKey) || !rows.has(table, key)) continue;
        if (table === root.table && key === root.key) throw stillDeleted(name);
        rows.delete(table, key);
        changed = true;
        if (reference.onDelete === "cascade") await waitFor(session, table, key, moment);
      }
    }
  }
  return changed;
}

/** Makes the row one of those that came away with another. */
async function waitFor({ connection }: Session, table: Table, key: Stored, moment: Stored): Promise<void> {
  const statement = sql`UPDATE ${identifier(table.name)} SET ${deleted} = ${constant(moment)} WHERE ${identifier(table.rowKey)} = ${constant(key)}`;
  await connection.run(statement.text, constants(statement));
}

function stillDeleted(column: string): AppError {
  return new AppError("foreignKeyViolation", {
    message: `The row that '${column}' refers to is not there.`,
    hint: "It may have been deleted too: restore that one first.",
  });
}
