import type { Connection } from "#database";
import { accountTable, sessionTable } from "../auth-tables.ts";
import { sessionTokenHash } from "../sessions.ts";

const anonymousTable = "_chassis_anonymous_accounts";

/** Accounts of people who have not signed up: without an address, a password or anything else to sign in with. */
export async function createAnonymousTable(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${anonymousTable} (
      user TEXT NOT NULL PRIMARY KEY REFERENCES ${accountTable}(user) ON DELETE CASCADE, keep_until INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${anonymousTable}_keep_until ON ${anonymousTable} (keep_until)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

export async function markAnonymous(connection: Connection, user: string, keepUntil: number): Promise<void> {
  await connection.run(
    `INSERT INTO ${anonymousTable} (user, keep_until) VALUES (?1, ?2) ON CONFLICT (user) DO UPDATE SET keep_until = ?2`,
    [user, keepUntil],
  );
}

/** False where the account is none, or not any more. */
export async function unmarkAnonymous(connection: Connection, user: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${anonymousTable} WHERE user = ?`, [user])) === 1;
}

/** Whether that account is one of somebody who has not signed up: it gets no role, no key and no invitation to give. */
export async function isAnonymousAccount(connection: Pick<Connection, "get">, user: string): Promise<boolean> {
  return (await connection.get(`SELECT 1 FROM ${anonymousTable} WHERE user = ?`, [user])) !== undefined;
}

/** Whose the session of that token is, where it is one of an anonymous account that is not suspended. */
export async function anonymousOf(
  connection: Pick<Connection, "get">,
  token: string | undefined,
  now: number,
): Promise<string | undefined> {
  const hash = token === undefined ? undefined : sessionTokenHash(token);
  if (hash === undefined) return undefined;
  const row = await connection.get(
    `SELECT s.user FROM ${sessionTable} s JOIN ${anonymousTable} n ON n.user = s.user JOIN ${accountTable} a ON a.user = s.user
      WHERE s.token = ? AND s.expires > ? AND a.suspended IS NULL`,
    [hash, now],
  );
  return row === undefined ? undefined : String(row[0]);
}

/** Those that nobody has used since `unused`, and whose time is over; of one user alone, where it is asked for that one. */
export async function dueAnonymous(
  connection: Pick<Connection, "all">,
  { now, unused, limit, user }: { readonly now: number; readonly unused: number; readonly limit: number; readonly user?: string },
): Promise<readonly string[]> {
  const rows = await connection.all(
    `SELECT n.user FROM ${anonymousTable} n JOIN ${accountTable} a ON a.user = n.user
      WHERE n.keep_until <= ? AND a.address IS NULL AND a.password IS NULL ${user === undefined ? "" : "AND n.user = ?"}
        AND NOT EXISTS (SELECT 1 FROM ${sessionTable} s WHERE s.user = n.user AND s.used > ?) ORDER BY n.keep_until LIMIT CAST(? AS INTEGER)`,
    [now, ...(user === undefined ? [] : [user]), unused, limit],
  );
  return rows.map(([user]) => String(user));
}
