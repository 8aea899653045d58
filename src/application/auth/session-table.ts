import type { Connection, ResultRow, Table } from "#database";
import { joinUsers } from "./account-table.ts";
import { accountTable, oneTimeTable, sessionTable } from "./auth-tables.ts";

/** By what somebody has shown who they are; `anonymous` shows nothing, and is the one of whoever has not signed up. */
export const proofNames = ["password", "link", "code", "totp", "recovery", "passkey", "oauth", "anonymous"] as const;
export type ProofName = (typeof proofNames)[number];

/** Those that are a second factor: what somebody has, and not what they know or what comes by mail. */
const factorProofs: readonly string[] = ["totp", "recovery", "passkey"] satisfies readonly ProofName[];

export interface SessionTimes {
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
  /** Milliseconds after which it ends whatever happens. */
  readonly lifetime: number;
}

/** Where a session is used from, to tell it from others in a list. */
export interface SessionClient {
  readonly address?: string | undefined;
  /** The `User-Agent` header, of which 200 characters are kept. */
  readonly agent?: string | undefined;
}

export interface NewSessionRow {
  readonly id: string;
  readonly tokenHash: Uint8Array;
  readonly user: string;
  readonly proofs: readonly ProofName[];
  readonly now: number;
  /** When they showed who they are, where that was before. Default now. */
  readonly proved?: number | undefined;
  readonly expires: number;
  readonly client: SessionClient;
}

/** A session as its owner sees it in a list. */
export interface SessionRow {
  readonly id: string;
  /** ISO 8601, UTC, as all times here. */
  readonly created: string;
  /** To the minute. */
  readonly used: string;
  readonly expires: string;
  readonly proofs: readonly string[];
  readonly address: string | null;
  readonly agent: string | null;
}

/**
 * The one statement that is asked on every request: the session of a token, its account and the row in `users`, all three there. Its parameters:
 * the hash, now, and the moment since which the session must have been used.
 */
export function checkStatement(users: Table): string {
  return `SELECT s.id, s.user, s.used, s.proved, s.proofs, a.roles, a.verified IS NOT NULL, s.expires, s.factor_proved FROM ${sessionTable} s
    JOIN ${accountTable} a ON a.user = s.user ${joinUsers(users, "s.user")}
    WHERE s.token = ? AND s.expires > ? AND s.used > ? AND a.suspended IS NULL`;
}

/** Whether a user has a session: with that hash, or begun from that address. Its parameters: the user, now, the hash and the address. */
export const sessionOfStatement: string = `SELECT 1 FROM ${sessionTable} WHERE user = ? AND expires > ? AND (token = ? OR client = ?) LIMIT 1`;

export async function insertSession(connection: Connection, session: NewSessionRow): Promise<void> {
  const { id, tokenHash, user, proofs, now, expires, client } = session;
  // Whoever has not signed up has shown nothing, however recently.
  const proved = proofs.includes("anonymous") ? 0 : Math.min(session.proved ?? now, now);
  await connection.run(
    `INSERT INTO ${sessionTable} (id, token, user, created, used, proved, factor_proved, expires, proofs, client, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      tokenHash,
      user,
      now,
      now,
      proved,
      proofs.some(isFactorProof) ? now : null,
      expires,
      JSON.stringify(proofs),
      client.address ?? null,
      shortened(client.agent),
    ],
  );
}

function shortened(agent: string | undefined): string | null {
  return agent === undefined ? null : agent.slice(0, 200).toWellFormed();
}

export function isFactorProof(proof: string): boolean {
  return factorProofs.includes(proof);
}

/** Another token for the session, with `proof` as one more, or once more. False where the session is gone. */
export async function renewSession(
  connection: Connection,
  {
    id,
    tokenHash,
    proofs,
    proof,
    now,
  }: Pick<NewSessionRow, "id" | "tokenHash" | "proofs" | "now"> & { readonly proof: ProofName },
): Promise<boolean> {
  const statement = `UPDATE ${sessionTable} SET token = ?, proved = ?, factor_proved = coalesce(?, factor_proved), used = ?, proofs = ? WHERE id = ?`;
  const factorProved = isFactorProof(proof) ? now : null;
  return (await connection.run(statement, [tokenHash, now, factorProved, now, JSON.stringify(proofs), id])) === 1;
}

export async function endSession(connection: Connection, user: string, id: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${sessionTable} WHERE id = ? AND user = ?`, [id, user])) === 1;
}

export async function endSessionOfToken(connection: Connection, tokenHash: Uint8Array): Promise<void> {
  await connection.run(`DELETE FROM ${sessionTable} WHERE token = ?`, [tokenHash]);
}

/** The sessions of a user that no second factor opened, but for one that is spared. */
export function endSessionsWithoutFactor(connection: Connection, user: string, sparing: string): Promise<number> {
  return connection.run(`DELETE FROM ${sessionTable} WHERE user = ? AND id <> ? AND factor_proved IS NULL`, [user, sparing]);
}

/** All sessions of a user, but for one that is spared. */
export function endSessions(connection: Connection, user: string, sparing?: string): Promise<number> {
  return connection.run(`DELETE FROM ${sessionTable} WHERE user = ? AND id <> ?`, [user, sparing ?? ""]);
}

/** Everybody's sessions, and sign-ins that wait for a second factor; gives how many sessions. */
export async function endAllSessions(connection: Connection): Promise<number> {
  await connection.run(`DELETE FROM ${oneTimeTable} WHERE purpose = 'factor'`, []);
  return connection.run(`DELETE FROM ${sessionTable}`, []);
}

/** Writes down when sessions were last used. */
export async function touchSessions(connection: Connection, used: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, moment] of used)
    await connection.run(`UPDATE ${sessionTable} SET used = ? WHERE id = ? AND used < ?`, [moment, id, moment]);
}

/** Newest first. */
export async function listSessions(
  connection: Pick<Connection, "all">,
  user: string,
  { now, idle }: { readonly now: number; readonly idle: number },
): Promise<readonly SessionRow[]> {
  const rows = await connection.all(
    `SELECT id, created, used, expires, proofs, client, agent FROM ${sessionTable}
      WHERE user = ? AND expires > ? AND used > ? ORDER BY used DESC, id DESC LIMIT 1000`,
    [user, now, now - idle],
  );
  return rows.map(readSession);
}

function readSession([id, created, used, expires, proofs, client, agent]: ResultRow): SessionRow {
  const moment = (value: unknown): string => new Date(Number(value)).toISOString();
  return {
    id: String(id),
    created: moment(created),
    used: moment(used),
    expires: moment(expires),
    proofs: JSON.parse(String(proofs)) as readonly string[],
    address: client === null ? null : String(client),
    agent: agent === null ? null : String(agent),
  };
}
