import type { Connection } from "#database";

export const accountTable = "_chassis_accounts";
export const sessionTable = "_chassis_sessions";
export const oneTimeTable = "_chassis_one_time_tokens";
export const endedTable = "_chassis_ended_users";

/**
 * What sign-in keeps, beside the app's own `users`. Times are milliseconds since 1970; tokens are kept as hashes alone. Whether a user is
 * there is asked of `users` itself, whose row an account stands for: a foreign key would follow that table into a migration.
 */
export async function createAuthTables(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${accountTable} (
      user TEXT NOT NULL PRIMARY KEY, address TEXT, address_key TEXT UNIQUE, verified INTEGER, password TEXT, password_changed INTEGER,
      roles TEXT NOT NULL, suspended INTEGER, created INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${sessionTable} (
      id TEXT NOT NULL PRIMARY KEY, token BLOB NOT NULL UNIQUE, user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE,
      created INTEGER NOT NULL, used INTEGER NOT NULL, proved INTEGER NOT NULL, factor_proved INTEGER, expires INTEGER NOT NULL,
      proofs TEXT NOT NULL, client TEXT, agent TEXT) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${sessionTable}_user ON ${sessionTable} (user)`,
    `CREATE INDEX IF NOT EXISTS ${sessionTable}_expires ON ${sessionTable} (expires)`,
    `CREATE INDEX IF NOT EXISTS ${sessionTable}_used ON ${sessionTable} (used)`,
    `CREATE TABLE IF NOT EXISTS ${oneTimeTable} (
      hash BLOB NOT NULL PRIMARY KEY, purpose TEXT NOT NULL, user TEXT REFERENCES ${accountTable}(user) ON DELETE CASCADE,
      address_key TEXT NOT NULL, data TEXT NOT NULL, tries INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${oneTimeTable}_address ON ${oneTimeTable} (address_key, purpose, created)`,
    `CREATE INDEX IF NOT EXISTS ${oneTimeTable}_user ON ${oneTimeTable} (user)`,
    `CREATE INDEX IF NOT EXISTS ${oneTimeTable}_expires ON ${oneTimeTable} (expires)`,
    `CREATE TABLE IF NOT EXISTS ${endedTable} (user TEXT NOT NULL PRIMARY KEY, ended INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there has been sign-in here: a database may be older than its back end's `auth`. */
export async function hasAuthTables(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [endedTable])) !== undefined;
}

/** Forgets sessions and tokens whose time is over, at most `limit` of each, and gives their number. */
export async function forgetExpired(
  connection: Connection,
  { now, idle, limit }: { readonly now: number; readonly idle: number; readonly limit: number },
): Promise<number> {
  const few = "LIMIT CAST(? AS INTEGER)";
  const sessions = `DELETE FROM ${sessionTable} WHERE id IN
    (SELECT id FROM ${sessionTable} WHERE expires <= ? UNION SELECT id FROM ${sessionTable} WHERE used <= ? ${few})`;
  const tokens = `DELETE FROM ${oneTimeTable} WHERE hash IN (SELECT hash FROM ${oneTimeTable} WHERE expires <= ? ${few})`;
  return (await connection.run(sessions, [now, now - idle, limit])) + (await connection.run(tokens, [now, limit]));
}
