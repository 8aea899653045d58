import type { Connection, ResultRow, Table } from "#database";
import { accountTable, sessionTable } from "../auth-tables.ts";

export const impersonationTable = "_chassis_impersonations";

/** Who acted as whom, when and why; kept for as long as the account that was looked in on. Times are milliseconds since 1970. */
export async function createImpersonationTable(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${impersonationTable} (
      id TEXT NOT NULL PRIMARY KEY, token BLOB UNIQUE, user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE,
      admin TEXT NOT NULL, admin_session TEXT NOT NULL, reason TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
      ended INTEGER) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${impersonationTable}_user ON ${impersonationTable} (user, created)`,
    `CREATE INDEX IF NOT EXISTS ${impersonationTable}_session ON ${impersonationTable} (admin_session)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/**
 * The one statement: the impersonation, the account that is looked in on, and the administrator with their own session, all of it there and good.
 * Its parameters: the hash, now (twice), and the moment since which the administrator's session must have been used.
 */
export function impersonationStatement(users: Table): string {
  const present = users.softDelete === undefined ? "" : " AND deleted IS NULL";
  const isThere = (user: string): string => `EXISTS (SELECT 1 FROM users WHERE id = ${user}${present})`;
  return `SELECT i.id, i.user, i.admin, i.admin_session, i.reason, i.created, i.expires, a.roles, a.verified IS NOT NULL, b.roles, s.factor_proved, s.expires, s.used
    FROM ${impersonationTable} i JOIN ${accountTable} a ON a.user = i.user JOIN ${accountTable} b ON b.user = i.admin
    JOIN ${sessionTable} s ON s.id = i.admin_session AND s.user = i.admin
    WHERE i.token = ? AND i.ended IS NULL AND i.expires > ? AND s.expires > ? AND s.used > ? AND a.suspended IS NULL AND b.suspended IS NULL
      AND ${isThere("i.user")} AND ${isThere("i.admin")}`;
}

export interface NewImpersonation {
  readonly id: string;
  readonly tokenHash: Uint8Array;
  readonly user: string;
  readonly admin: string;
  readonly adminSession: string;
  readonly reason: string;
  readonly now: number;
  readonly expires: number;
}

/** In the place of what the same session had begun. */
export async function insertImpersonation(connection: Connection, given: NewImpersonation): Promise<void> {
  const { id, tokenHash, user, admin, adminSession, reason, now, expires } = given;
  await endImpersonations(connection, adminSession, now);
  await connection.run(
    `INSERT INTO ${impersonationTable} (id, token, user, admin, admin_session, reason, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [id, tokenHash, user, admin, adminSession, reason, now, expires],
  );
}

/** Those that a session of an administrator began: what let them in is kept no longer. */
export async function endImpersonations(connection: Connection, adminSession: string, now: number): Promise<void> {
  await connection.run(
    `UPDATE ${impersonationTable} SET ended = min(expires, ?), token = NULL WHERE admin_session = ? AND ended IS NULL`,
    [now, adminSession],
  );
}

/** That an administrator looked in: not which. */
export interface ImpersonationRow {
  readonly id: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** When it was over, or will be at the latest. */
  readonly until: string;
}

/** The newest first. */
export async function listImpersonations(
  connection: Pick<Connection, "all">,
  user: string,
): Promise<readonly ImpersonationRow[]> {
  const rows = await connection.all(
    `SELECT id, reason, created, coalesce(ended, expires) FROM ${impersonationTable} WHERE user = ? ORDER BY created DESC, id DESC LIMIT 100`,
    [user],
  );
  return rows.map(([id, reason, created, until]: ResultRow) => ({
    id: String(id),
    reason: String(reason),
    created: new Date(Number(created)).toISOString(),
    until: new Date(Number(until)).toISOString(),
  }));
}
