import type { Stored } from "#contract";
import { type Connection, ConstraintError, constant, type Dialect, identifier, type Model, sql, type Table } from "#database";
import { constants } from "./change.ts";
import { keyList } from "./key-list.ts";
import { deleted, referrersOf } from "./related-rows.ts";

/** Where rows are purged. */
export interface PurgeSource {
  readonly connection: Connection;
  readonly model: Model;
  readonly dialect: Dialect;
}

export interface PurgeBatch {
  /** A stored timestamp: what was deleted before. */
  readonly before: string;
  readonly limit: number;
}

/**
 * Deletes for good, in the order in which they were deleted, the rows of a table that were deleted before a moment; what foreign keys say
 * happens now. Rows to which others refer with `onDelete("restrict")` wait until those are gone. Gives how many went.
 */
export async function purgeBatch({ connection, model, dialect }: PurgeSource, table: Table, batch: PurgeBatch): Promise<number> {
  const name = identifier(table.name);
  const free = referrersOf(model, table, "restrict").map(
    (referrer) =>
      sql` AND NOT EXISTS (SELECT 1 FROM ${identifier(referrer.table.name)} AS r WHERE r.${identifier(referrer.column.name)} = t.${identifier(table.key.name)})`,
  );
  const condition = free.reduce((left, right) => sql`${left}${right}`, sql`t.${deleted} < ${constant(batch.before)}`);
  // Rows whose purge a foreign key forbids are passed over, however many come first.
  for (let passed = 0; ; ) {
    const found = sql`SELECT t.${identifier(table.rowKey)} FROM ${name} AS t WHERE ${condition} ORDER BY t.${deleted} LIMIT CAST(${constant(batch.limit)} AS INTEGER) OFFSET CAST(${constant(passed)} AS INTEGER)`;
    const keys = (await connection.all(found.text, constants(found))).map((row) => row[0] ?? null);
    if (keys.length === 0) return 0;
    const all = await tryDelete({ connection, dialect }, table, keys);
    if (all !== undefined) return all;
    let purged = 0;
    for (const key of keys) purged += (await tryDelete({ connection, dialect }, table, [key])) ?? 0;
    if (purged > 0) return purged;
    passed += keys.length;
  }
}

/** Undefined where a foreign key forbids it. */
async function tryDelete(
  { connection, dialect }: Omit<PurgeSource, "model">,
  table: Table,
  keys: readonly Stored[],
): Promise<number | undefined> {
  const statement = sql`DELETE FROM ${identifier(table.name)} WHERE ${identifier(table.rowKey)} IN ${keyList(dialect, keys)}`;
  await connection.run("SAVEPOINT purge", []);
  try {
    const purged = await connection.run(statement.text, constants(statement));
    await connection.run("RELEASE purge", []);
    return purged;
  } catch (error) {
    await connection.run("ROLLBACK TO purge", []);
    await connection.run("RELEASE purge", []);
    if (error instanceof ConstraintError) return undefined;
    throw error;
  }
}
