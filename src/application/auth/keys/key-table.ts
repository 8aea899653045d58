import type { KeyScope } from "#contract";
import type { Connection, ResultRow, Table } from "#database";
import { joinUsers } from "../account-table.ts";
import { accountTable } from "../auth-tables.ts";

const keyTable = "_chassis_api_keys";

/**
 * Keys, gone with their owner's account. Of each the hash alone, what it begins with, and whether a second factor had been shown by the session
 * that made it. Times are milliseconds since 1970.
 */
export async function createKeyTable(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${keyTable} (
      id TEXT NOT NULL PRIMARY KEY, token BLOB NOT NULL UNIQUE, start TEXT NOT NULL,
      user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE, name TEXT NOT NULL, scope TEXT NOT NULL, factor INTEGER NOT NULL,
      created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${keyTable}_user ON ${keyTable} (user)`,
    `CREATE INDEX IF NOT EXISTS ${keyTable}_expires ON ${keyTable} (expires)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there may have been keys here: a database may be older than its back end. */
export async function hasKeyTable(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [keyTable])) !== undefined;
}

/** A key as its owner, or an administrator, sees it in a list. */
export interface KeyRow {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  /** What it begins with: the rest is kept nowhere. */
  readonly start: string;
  readonly scope: KeyScope;
  /** ISO 8601, UTC, as all times here. */
  readonly created: string;
  readonly expires: string;
  /** To the minute; null where it never was. */
  readonly used: string | null;
}

export interface NewKeyRow {
  readonly id: string;
  readonly tokenHash: Uint8Array;
  readonly start: string;
  readonly user: string;
  readonly name: string;
  readonly scope: KeyScope;
  readonly factor: boolean;
  readonly now: number;
  readonly expires: number;
}

/** The one statement that is asked where nothing is remembered of a key: the key, its owner's account and row in `users`, all three there. */
export function keyStatement(users: Table): string {
  return `SELECT k.id, k.user, k.name, k.scope, k.factor, k.expires, coalesce(k.used, 0), a.roles, a.verified IS NOT NULL FROM ${keyTable} k
    JOIN ${accountTable} a ON a.user = k.user ${joinUsers(users, "k.user")}
    WHERE k.token = ? AND k.expires > ? AND a.suspended IS NULL`;
}

export async function insertKey(connection: Connection, key: NewKeyRow): Promise<void> {
  const { id, tokenHash, start, user, name, scope, factor, now, expires } = key;
  await connection.run(
    `INSERT INTO ${keyTable} (id, token, start, user, name, scope, factor, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [id, tokenHash, start, user, name, JSON.stringify(scope), factor ? 1 : 0, now, expires],
  );
}

export async function countKeys(connection: Pick<Connection, "get">, user: string, now: number): Promise<number> {
  const row = await connection.get(`SELECT count(*) FROM ${keyTable} WHERE user = ? AND expires > ?`, [user, now]);
  return Number(row?.[0] ?? 0);
}

/** Those that are good, the newest first: of one user, or of everybody. */
export async function listKeys(
  connection: Pick<Connection, "all">,
  { user, now, limit = 1000 }: { readonly user?: string | undefined; readonly now: number; readonly limit?: number },
): Promise<readonly KeyRow[]> {
  const rows = await connection.all(
    `SELECT id, user, name, start, scope, created, expires, used FROM ${keyTable}
      WHERE expires > ?1 AND (?2 IS NULL OR user = ?2) ORDER BY created DESC, id DESC LIMIT CAST(?3 AS INTEGER)`,
    [now, user ?? null, limit],
  );
  return rows.map(readKey);
}

/** The owner and the name of a key that is ended, and with `user` only where it is theirs; undefined where there is none. */
export async function dropKey(
  connection: Connection,
  id: string,
  user?: string,
): Promise<{ readonly user: string; readonly name: string } | undefined> {
  const statement = `DELETE FROM ${keyTable} WHERE id = ?1 AND (?2 IS NULL OR user = ?2) RETURNING user, name`;
  const row = await connection.get(statement, [id, user ?? null]);
  return row === undefined ? undefined : { user: String(row[0]), name: String(row[1]) };
}

export function dropKeys(connection: Connection, user: string): Promise<number> {
  return connection.run(`DELETE FROM ${keyTable} WHERE user = ?`, [user]);
}

export function dropAllKeys(connection: Connection): Promise<number> {
  return connection.run(`DELETE FROM ${keyTable}`, []);
}

/** Those that were made before a second factor was asked of their owner. */
export function dropKeysWithoutFactor(connection: Connection, user: string): Promise<number> {
  return connection.run(`DELETE FROM ${keyTable} WHERE user = ? AND factor = 0`, [user]);
}

/** Writes down when keys were last used. */
export async function touchKeys(connection: Connection, used: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, moment] of used)
    await connection.run(`UPDATE ${keyTable} SET used = ? WHERE id = ? AND coalesce(used, 0) < ?`, [moment, id, moment]);
}

/** Forgets keys whose time is over, at most `limit`, and gives their number. */
export function forgetExpiredKeys(connection: Connection, now: number, limit: number): Promise<number> {
  return connection.run(
    `DELETE FROM ${keyTable} WHERE id IN (SELECT id FROM ${keyTable} WHERE expires <= ? LIMIT CAST(? AS INTEGER))`,
    [now, limit],
  );
}

function readKey([id, user, name, start, scope, created, expires, used]: ResultRow): KeyRow {
  const moment = (value: unknown): string => new Date(Number(value)).toISOString();
  return {
    id: String(id),
    user: String(user),
    name: String(name),
    start: String(start),
    scope: JSON.parse(String(scope)) as KeyScope,
    created: moment(created),
    expires: moment(expires),
    used: used === null ? null : moment(used),
  };
}
