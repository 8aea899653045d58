import type { Connection } from "#database";
import { accountTable } from "../auth-tables.ts";

const totpTable = "_chassis_totp";
const recoveryTable = "_chassis_recovery_codes";
export const passkeyTable = "_chassis_passkeys";

/**
 * What people show beside a password, gone with their account. Of TOTP the secret, sealed, and the last step whose code was used; of recovery
 * codes Argon2id hashes, all of one set with one salt; of passkeys the public key alone.
 */
export async function createFactorTables(connection: Connection): Promise<void> {
  const user = `user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE`;
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${totpTable} (
      ${user}, secret TEXT NOT NULL, last_step INTEGER NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (user)) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${recoveryTable} (
      ${user}, hash TEXT NOT NULL, PRIMARY KEY (user, hash)) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${passkeyTable} (
      id TEXT NOT NULL PRIMARY KEY, ${user}, handle TEXT NOT NULL, name TEXT NOT NULL, public_key BLOB NOT NULL, counter INTEGER NOT NULL,
      transports TEXT NOT NULL, synced INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${passkeyTable}_user ON ${passkeyTable} (user)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** How many of each an account has. */
export interface FactorCounts {
  readonly totp: number;
  readonly passkeys: number;
  readonly recoveryCodes: number;
}

type Reader = Pick<Connection, "get">;

export async function countFactors(connection: Reader, user: string): Promise<FactorCounts> {
  const count = (table: string): string => `(SELECT count(*) FROM ${table} WHERE user = ?1)`;
  const row = await connection.get(`SELECT ${[totpTable, passkeyTable, recoveryTable].map(count).join(", ")}`, [user]);
  const [totp = 0, passkeys = 0, recoveryCodes = 0] = (row ?? []).map(Number);
  return { totp, passkeys, recoveryCodes };
}

export interface TotpRow {
  /** Sealed. */
  readonly secret: string;
  readonly lastStep: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export async function findTotp(connection: Reader, user: string): Promise<TotpRow | undefined> {
  const row = await connection.get(`SELECT secret, last_step, created FROM ${totpTable} WHERE user = ?`, [user]);
  if (row === undefined) return undefined;
  const [secret, lastStep, created] = row;
  return { secret: String(secret), lastStep: Number(lastStep), created: Number(created) };
}

/** In the place of one from before. */
export async function keepTotp(connection: Connection, user: string, { secret, lastStep, created }: TotpRow): Promise<void> {
  await connection.run(
    `INSERT INTO ${totpTable} (user, secret, last_step, created) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (user) DO UPDATE SET secret = ?2, last_step = ?3, created = ?4`,
    [user, secret, lastStep, created],
  );
}

/** Uses a step up: of however many that give its code at once, one gets it. */
export async function useStep(connection: Connection, user: string, step: number): Promise<boolean> {
  const statement = `UPDATE ${totpTable} SET last_step = ?2 WHERE user = ?1 AND last_step < ?2`;
  return (await connection.run(statement, [user, step])) === 1;
}

export async function dropTotp(connection: Connection, user: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${totpTable} WHERE user = ?`, [user])) === 1;
}

/** In the place of those from before. */
export async function keepRecoveryCodes(connection: Connection, user: string, hashes: readonly string[]): Promise<void> {
  await dropRecoveryCodes(connection, user);
  for (const hash of hashes) await connection.run(`INSERT INTO ${recoveryTable} (user, hash) VALUES (?, ?)`, [user, hash]);
}

/** One of those that are left, for its salt. */
export async function anyRecoveryHash(connection: Reader, user: string): Promise<string | undefined> {
  const row = await connection.get(`SELECT hash FROM ${recoveryTable} WHERE user = ? LIMIT 1`, [user]);
  return row === undefined ? undefined : String(row[0]);
}

export async function useRecoveryHash(connection: Connection, user: string, hash: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${recoveryTable} WHERE user = ? AND hash = ?`, [user, hash])) === 1;
}

export async function dropRecoveryCodes(connection: Connection, user: string): Promise<void> {
  await connection.run(`DELETE FROM ${recoveryTable} WHERE user = ?`, [user]);
}
