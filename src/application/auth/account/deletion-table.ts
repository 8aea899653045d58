import type { Connection } from "#database";
import { accountTable } from "../auth-tables.ts";

export const deletionTable = "_chassis_account_deletions";

/** Accounts whose owners have asked for their end, until it comes. Suspended meanwhile: so nothing in their name is good anywhere. */
export async function createDeletionTable(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${deletionTable} (
      user TEXT NOT NULL PRIMARY KEY REFERENCES ${accountTable}(user) ON DELETE CASCADE,
      due INTEGER NOT NULL, language TEXT) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${deletionTable}_due ON ${deletionTable} (due)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

export interface DeletionRow {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** Of whoever asked: for the mail that says that it is done. */
  readonly language: string | undefined;
}

export async function keepDeletion(connection: Connection, { user, due, language }: DeletionRow): Promise<void> {
  await connection.run(
    `INSERT INTO ${deletionTable} (user, due, language) VALUES (?1, ?2, ?3) ON CONFLICT (user) DO UPDATE SET due = ?2, language = ?3`,
    [user, due, language ?? null],
  );
}

/** False where none was asked for. */
export async function dropDeletion(connection: Connection, user: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${deletionTable} WHERE user = ?`, [user])) === 1;
}

/** Those whose time has come, the first that did. */
export async function dueDeletions(
  connection: Pick<Connection, "all">,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly DeletionRow[]> {
  const statement = `SELECT user, due, language FROM ${deletionTable} WHERE due <= ? ORDER BY due, user LIMIT CAST(? AS INTEGER)`;
  return (await connection.all(statement, [now, limit])).map(readDeletion);
}

function readDeletion([user, due, language]: readonly unknown[]): DeletionRow {
  return { user: String(user), due: Number(due), language: typeof language === "string" ? language : undefined };
}
