import { type Connection, identifier, type Model, sql } from "#database";
import { secretsOf } from "./secret-columns.ts";
import type { SecretFields } from "./secret-fields.ts";

/** Rows of each end of a table. */
const SAMPLE = 50;

/**
 * The secret fields, as `table.field`, of which a value cannot be opened: it was closed by a secret that is not here. Looks at the oldest and the
 * newest rows alone, for it is asked at every start.
 */
export async function findLostSecrets(connection: Connection, model: Model, fields: SecretFields): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const table of model.tables.values()) {
    for (const name of secretsOf(table)) {
      const column = identifier(name);
      const ends = ["ORDER BY rowid", "ORDER BY rowid DESC"].map((order) =>
        connection.all(`${sql`SELECT ${column} FROM ${identifier(table.name)}`.text} ${order} LIMIT ${SAMPLE}`, []),
      );
      const values = (await Promise.all(ends)).flat().flatMap(([value]) => (typeof value === "string" ? value : []));
      if (values.some((value) => !canOpen(fields, value))) lost.push(`${table.name}.${name}`);
    }
  }
  return lost;
}

function canOpen(fields: SecretFields, value: string): boolean {
  try {
    fields.open(value);
    return true;
  } catch {
    return false;
  }
}
