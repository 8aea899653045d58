import type { Stored } from "#contract";
import { ConstraintError, constant, identifier, type Sql, sql, type Table } from "#database";
import type { Session } from "../session.ts";
import { constants } from "./change.ts";
import { keyChunks } from "./key-chunks.ts";
import { keyList } from "./key-list.ts";
import { deleted, referrersOf, RowSet, rowsReferringTo, takenAlong } from "./related-rows.ts";

const isLive = sql`${deleted} IS NULL`;

/**
 * Marks rows as deleted, and with them those that `onDelete("cascade")` takes along, all with the same moment: so that restoring one
 * brings back exactly what its delete took.
 *
 * @throws ConstraintError where a row that stays refers to one of them with `onDelete("restrict")`.
 */
export async function softDelete(session: Session, table: Table, keys: readonly Stored[]): Promise<void> {
  const gone = await withCascades(session, table, keys);
  await refuseReferenced(session, gone);
  await markRows(session, gone, await ownMoment(session, gone));
}

async function withCascades(session: Session, table: Table, keys: readonly Stored[]): Promise<RowSet> {
  const rows = new RowSet();
  const line: (readonly [Table, readonly Stored[]])[] = [[table, rows.add(table, keys)]];
  for (const [target, added] of line) {
    if (added.length === 0) continue;
    for (const referrer of takenAlong(session.services.model, target)) {
      const found = await rowsReferringTo(session, referrer, { target, keys: added, where: isLive });
      line.push([referrer.table, rows.add(referrer.table, found)]);
    }
  }
  return rows;
}

/** Once all are known that go: of two rows deleted at once one may refer to the other. */
async function refuseReferenced(session: Session, gone: RowSet): Promise<void> {
  for (const [target, keys] of gone) {
    for (const referrer of referrersOf(session.services.model, target, "restrict")) {
      const where = referrer.table.softDelete === undefined ? undefined : isLive;
      const found = await rowsReferringTo(session, referrer, { target, keys, where });
      if (found.some((key) => !gone.has(referrer.table, key))) throw new ConstraintError("foreignKey", { referenced: true });
    }
  }
}

/** The moment of the delete: a later one where rows that hang on these were deleted by themselves in the same millisecond. */
async function ownMoment({ connection, services, now }: Session, gone: RowSet): Promise<string> {
  let moment = now;
  for (const [target, keys] of gone) {
    for (const { table, column } of takenAlong(services.model, target)) {
      const ids = sql`SELECT ${identifier(target.key.name)} FROM ${identifier(target.name)} WHERE ${identifier(target.rowKey)} IN ${keyList(services.dialect, keys)}`;
      const statement = sql`SELECT max(${deleted}) FROM ${identifier(table.name)} WHERE ${identifier(column.name)} IN (${ids}) AND ${deleted} >= ${constant(moment)}`;
      const [last] = (await connection.get(statement.text, constants(statement))) ?? [];
      if (typeof last === "string") moment = new Date(Date.parse(last) + 1).toISOString();
    }
  }
  return moment;
}

/** Sets or clears the moment, as a change like any other. */
export async function markRows({ connection, services, now }: Session, rows: RowSet, moment: string | null): Promise<void> {
  for (const [table, keys] of rows) {
    for await (const some of keyChunks(keys)) {
      const statement = sql`UPDATE ${identifier(table.name)} SET ${deleted} = ${constant(moment)}, ${touch(now)} WHERE ${identifier(table.rowKey)} IN ${keyList(services.dialect, some)}`;
      await connection.run(statement.text, constants(statement));
    }
  }
}

function touch(now: string): Sql {
  return sql`${identifier("updated")} = ${constant(now)}, ${identifier("version")} = ${identifier("version")} + 1`;
}
