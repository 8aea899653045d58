import { constant, identifier, join, type Model, sql, type TransactionalDatabase } from "#database";
import type { Stored } from "#contract";
import { secretsOf } from "./secret-columns.ts";
import type { SecretFields } from "./secret-fields.ts";

/** Rows of one transaction. */
const BATCH = 500;

/**
 * Encrypts every secret field that is not, or that is by the key of a former secret, with the current one; old versions of rows too. `database` is one on which nothing listens: nothing of a row
 * changes for anybody, so no version, entry or event tells of it. Gives how many values it wrote.
 */
export async function encryptSecretFields(database: TransactionalDatabase, model: Model, fields: SecretFields): Promise<number> {
  let written = 0;
  for (const table of model.tables.values()) {
    const columns = secretsOf(table);
    if (columns.length === 0) continue;
    for (const name of [table.name, `${table.name}_history`])
      if (await isThere(database, name)) written += await encryptTable(database, { name, columns, fields });
  }
  return written;
}

async function isThere(database: TransactionalDatabase, name: string): Promise<boolean> {
  return (await database.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [name])) !== undefined;
}

interface Work {
  readonly name: string;
  readonly columns: readonly string[];
  readonly fields: SecretFields;
}

async function encryptTable(database: TransactionalDatabase, { name, columns, fields }: Work): Promise<number> {
  const names = columns.map((column) => identifier(column));
  const select =
    sql`SELECT rowid, ${join(names, ", ")} FROM ${identifier(name)} WHERE rowid > ${constant(null)} ORDER BY rowid LIMIT ${constant(null)}`
      .text;
  const update = sql`UPDATE ${identifier(name)} SET ${join(
    names.map((column) => sql`${column} = ${constant(null)}`),
    ", ",
  )} WHERE rowid = ${constant(null)}`.text;
  let written = 0;
  let last: Stored = -1;
  for (;;) {
    const after = last;
    const rows: readonly (readonly Stored[])[] = await database.transaction(async (connection) => {
      const found = await connection.all(select, [after, BATCH]);
      for (const [rowid = null, ...values] of found) {
        const closed = values.map((value) =>
          typeof value !== "string" || fields.isCurrent(value) ? value : fields.close(fields.open(value)),
        );
        const changed = closed.filter((value, place) => value !== values[place]).length;
        if (changed === 0) continue;
        written += changed;
        await connection.run(update, [...closed, rowid]);
      }
      return found;
    });
    last = rows.at(-1)?.[0] ?? null;
    if (rows.length < BATCH) return written;
  }
}
