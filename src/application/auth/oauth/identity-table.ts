import type { Connection, ResultRow } from "#database";
import { accountTable } from "../auth-tables.ts";

const identityTable = "_chassis_identities";

/** Another site that somebody signs in by, as they see it in a list. */
export interface Identity {
  readonly id: string;
  /** The name of the site in the definition, as it was then. */
  readonly provider: string;
  /** Who they are there: an address or a name. */
  readonly label: string;
  /** ISO 8601, UTC, as all times here. */
  readonly created: string;
  /** When somebody last signed in by it. */
  readonly used: string;
}

export interface NewIdentity {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly user: string;
  readonly provider: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Reader = Pick<Connection, "get" | "all">;

/** By which sites people sign in, gone with their account. One person of a site has one account: issuer and subject are its key, and never an address. */
export async function createIdentityTable(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${identityTable} (
      issuer TEXT NOT NULL, subject TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE,
      provider TEXT NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (issuer, subject)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${identityTable}_user ON ${identityTable} (user)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** The user of somebody whom a site knows; undefined where they are new here. */
export async function findIdentity(
  connection: Pick<Connection, "get">,
  { issuer, subject }: Pick<NewIdentity, "issuer" | "subject">,
): Promise<string | undefined> {
  const row = await connection.get(`SELECT user FROM ${identityTable} WHERE issuer = ? AND subject = ?`, [issuer, subject]);
  return row === undefined ? undefined : String(row[0]);
}

/** False where somebody has it, whoever that is. */
export async function insertIdentity(connection: Connection, identity: NewIdentity): Promise<boolean> {
  const { id, issuer, subject, user, provider, label, now } = identity;
  const changed = await connection.run(
    `INSERT INTO ${identityTable} (id, issuer, subject, user, provider, label, created, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (issuer, subject) DO NOTHING`,
    [id, issuer, subject, user, provider, label, now, now],
  );
  return changed === 1;
}

/** Somebody has signed in by it, and is called so there by now. */
export async function useIdentity(
  connection: Connection,
  { issuer, subject, label, now }: Pick<NewIdentity, "issuer" | "subject" | "label" | "now">,
): Promise<void> {
  await connection.run(`UPDATE ${identityTable} SET used = ?, label = ? WHERE issuer = ? AND subject = ?`, [
    now,
    label,
    issuer,
    subject,
  ]);
}

export async function listIdentities(connection: Reader, user: string): Promise<readonly Identity[]> {
  const rows = await connection.all(
    `SELECT id, provider, label, created, used FROM ${identityTable} WHERE user = ? ORDER BY created, id`,
    [user],
  );
  return rows.map(readIdentity);
}

export async function countIdentities(connection: Pick<Connection, "get">, user: string): Promise<number> {
  const row = await connection.get(`SELECT count(*) FROM ${identityTable} WHERE user = ?`, [user]);
  return Number(row?.[0] ?? 0);
}

/** What was taken away; undefined where they have none of that id. */
export async function dropIdentity(connection: Connection, user: string, id: string): Promise<Identity | undefined> {
  const row = await connection.get(
    `DELETE FROM ${identityTable} WHERE user = ? AND id = ? RETURNING id, provider, label, created, used`,
    [user, id],
  );
  return row === undefined ? undefined : readIdentity(row);
}

/** All of a user's. */
export async function dropIdentities(connection: Connection, user: string): Promise<void> {
  await connection.run(`DELETE FROM ${identityTable} WHERE user = ?`, [user]);
}

function readIdentity([id, provider, label, created, used]: ResultRow): Identity {
  const moment = (value: unknown): string => new Date(Number(value)).toISOString();
  return { id: String(id), provider: String(provider), label: String(label), created: moment(created), used: moment(used) };
}
