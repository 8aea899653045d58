import type { Connection, ResultRow, Table } from "#database";
import { accountTable, sessionTable } from "../auth-tables.ts";
import { joinUsers } from "../account-table.ts";
import { authorizationTable, oidcTokenTable } from "./provider-tables.ts";
import { readScopes, type ScopeName } from "./scopes.ts";

/** What somebody said yes to, once: what a code is given for, and all tokens that come of it. */
export interface Authorization {
  readonly id: string;
  /** The id of the app. */
  readonly client: string;
  readonly user: string;
  /** The session in which they said yes. */
  readonly session: string;
  readonly redirectUri: string;
  /** Of PKCE, S256 (RFC 7636). */
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly scopes: readonly ScopeName[];
  /** The API that its tokens are for; undefined for this site's own userinfo. */
  readonly resource: string | undefined;
  /** By what the session had been proved, and when last: milliseconds since 1970. */
  readonly proofs: readonly string[];
  readonly proved: number;
  readonly created: number;
  readonly expires: number;
}

export type OidcTokenType = "access" | "refresh";

export interface NewOidcToken {
  readonly hash: Uint8Array;
  readonly type: OidcTokenType;
  readonly authorization: string;
  readonly scopes: readonly ScopeName[];
  readonly now: number;
  readonly expires: number;
}

/** A token that counts, with what it came of. */
export interface FoundToken {
  readonly authorization: Authorization;
  readonly scopes: readonly ScopeName[];
  readonly created: number;
  readonly expires: number;
}

const columns =
  "g.id, g.client, g.user, g.session, g.redirect_uri, g.challenge, g.nonce, g.scopes, g.resource, g.proofs, g.proved, g.created, g.expires";
const COUNT = 13;

/** Keeps one, with the hash of its code. What the account's password is now is kept with it: another one ends it. */
export async function insertAuthorization(
  connection: Connection,
  authorization: Authorization,
  codeHash: Uint8Array,
): Promise<void> {
  const { id, client, user, session, redirectUri, challenge, nonce, scopes, resource, proofs, proved, created, expires } =
    authorization;
  await connection.run(
    `INSERT INTO ${authorizationTable} (id, client, user, session, code, redirect_uri, challenge, nonce, scopes, resource, proofs, proved, created,
        expires, password_changed)
      SELECT ?, ?, a.user, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(a.password_changed, 0) FROM ${accountTable} a WHERE a.user = ?`,
    [
      id,
      client,
      session,
      codeHash,
      redirectUri,
      challenge,
      nonce ?? null,
      scopes.join(" "),
      resource ?? null,
      proofs.join(" "),
      proved,
      created,
      expires,
      user,
    ],
  );
}

/**
 * What holds of an authorization on every use, whichever token is shown: the account is there, not suspended and has the password that it had; and
 * but for `offline_access` the session goes on. Its parameters: now, and the moment since which the session must have been used.
 */
function stands(users: Table): { readonly join: string; readonly where: string } {
  return {
    join: `JOIN ${accountTable} a ON a.user = g.user ${joinUsers(users, "g.user")}`,
    where: `a.suspended IS NULL AND coalesce(a.password_changed, 0) = g.password_changed AND (' ' || g.scopes || ' ' LIKE '% offline_access %'
      OR EXISTS (SELECT 1 FROM ${sessionTable} s WHERE s.id = g.session AND s.user = g.user AND s.expires > ? AND s.used > ?))`,
  };
}

export interface Moment {
  readonly now: number;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
}

/**
 * Uses a code up, in the transaction that gives tokens for it: of many at once one gets the authorization. `replayed`: it was used before, and
 * with it ends all that came of it (RFC 6749 section 4.1.2).
 */
export async function useCode(
  connection: Connection,
  {
    users,
    codeHash,
    since,
    now,
    idle,
  }: Moment & { readonly users: Table; readonly codeHash: Uint8Array; readonly since: number },
): Promise<Authorization | "replayed" | undefined> {
  const used = await connection.run(`UPDATE ${authorizationTable} SET code_used = ? WHERE code = ? AND code_used IS NULL`, [
    now,
    codeHash,
  ]);
  if (used === 0) {
    const ended = await connection.run(`DELETE FROM ${authorizationTable} WHERE code = ?`, [codeHash]);
    return ended > 0 ? "replayed" : undefined;
  }
  const { join, where } = stands(users);
  const row = await connection.get(
    `SELECT ${columns} FROM ${authorizationTable} g ${join} WHERE g.code = ? AND g.created > ? AND ${where}`,
    [codeHash, since, now, now - idle],
  );
  return row === undefined ? undefined : readAuthorization(row);
}

export async function insertToken(connection: Connection, token: NewOidcToken): Promise<void> {
  const { hash, type, authorization, scopes, now, expires } = token;
  await connection.run(
    `INSERT INTO ${oidcTokenTable} (hash, type, authorization_id, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)`,
    [hash, type, authorization, scopes.join(" "), now, expires],
  );
}

/** A token that is good, and whose authorization stands. */
export async function findToken(
  connection: Pick<Connection, "get">,
  { users, hash, type, now, idle }: Moment & { readonly users: Table; readonly hash: Uint8Array; readonly type: OidcTokenType },
): Promise<FoundToken | undefined> {
  const { join, where } = stands(users);
  const row = await connection.get(
    `SELECT ${columns}, t.scopes, t.created, t.expires FROM ${oidcTokenTable} t JOIN ${authorizationTable} g ON g.id = t.authorization_id ${join}
      WHERE t.hash = ? AND t.type = ? AND t.expires > ? AND ${where}`,
    [hash, type, now, now, now - idle],
  );
  if (row === undefined) return undefined;
  const [scopes, created, expires] = row.slice(COUNT);
  return {
    authorization: readAuthorization(row),
    scopes: readScopes(String(scopes)),
    created: Number(created),
    expires: Number(expires),
  };
}

/** Whether an app has that authorization, whether or not it stands. */
export async function isAuthorizationOf(connection: Pick<Connection, "get">, id: string, client: string): Promise<boolean> {
  return (await connection.get(`SELECT 1 FROM ${authorizationTable} WHERE id = ? AND client = ?`, [id, client])) !== undefined;
}

/** Whether its one refresh token that was not used is this one, good or not. */
export async function hasRefreshToken(connection: Pick<Connection, "get">, id: string, hash: Uint8Array): Promise<boolean> {
  const statement = `SELECT 1 FROM ${oidcTokenTable} WHERE hash = ? AND type = 'refresh' AND authorization_id = ?`;
  return (await connection.get(statement, [hash, id])) !== undefined;
}

/** Uses a refresh token up, in the transaction that gives the next one. True for one caller alone, of however many that try it at once. */
export async function useRefreshToken(connection: Connection, hash: Uint8Array): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${oidcTokenTable} WHERE hash = ? AND type = 'refresh'`, [hash])) === 1;
}

/** An access token of that app; of others' nothing is done. */
export async function dropAccessToken(connection: Connection, hash: Uint8Array, client: string): Promise<void> {
  await connection.run(
    `DELETE FROM ${oidcTokenTable} WHERE hash = ? AND type = 'access'
      AND authorization_id IN (SELECT id FROM ${authorizationTable} WHERE client = ?)`,
    [hash, client],
  );
}

/** For how long it is kept, once its code was used. */
export async function keepAuthorization(connection: Connection, id: string, expires: number): Promise<void> {
  await connection.run(`UPDATE ${authorizationTable} SET expires = ? WHERE id = ?`, [expires, id]);
}

/** Ends the oldest of an app's for one person, where there are more than `most` whose code was used. */
export async function endOldest(
  connection: Connection,
  { user, client }: Pick<Authorization, "user" | "client">,
  most: number,
): Promise<void> {
  const own = "user = ? AND client = ? AND code_used IS NOT NULL";
  const statement = `SELECT id FROM ${authorizationTable} WHERE ${own} ORDER BY created DESC, id DESC LIMIT 100 OFFSET CAST(? AS INTEGER)`;
  for (const [id] of await connection.all(statement, [user, client, most])) await endAuthorization(connection, String(id));
}

/** With all of its tokens. */
export async function endAuthorization(connection: Connection, id: string): Promise<void> {
  await connection.run(`DELETE FROM ${authorizationTable} WHERE id = ?`, [id]);
}

/** All of a user, or those of one app. */
export async function endAuthorizations(connection: Connection, user: string, client?: string): Promise<number> {
  return connection.run(`DELETE FROM ${authorizationTable} WHERE user = ?1 AND (?2 IS NULL OR client = ?2)`, [
    user,
    client ?? null,
  ]);
}

/** Those of everybody. */
export async function endAllAuthorizations(connection: Connection): Promise<void> {
  await connection.run(`DELETE FROM ${authorizationTable}`, []);
}

function readAuthorization(row: ResultRow): Authorization {
  const [id, client, user, session, redirectUri, challenge, nonce, scopes, resource, proofs, proved, created, expires] = row;
  return {
    id: String(id),
    client: String(client),
    user: String(user),
    session: String(session),
    redirectUri: String(redirectUri),
    challenge: String(challenge),
    nonce: nonce === null ? undefined : String(nonce),
    scopes: readScopes(String(scopes)),
    resource: resource === null ? undefined : String(resource),
    proofs: String(proofs).split(" "),
    proved: Number(proved),
    created: Number(created),
    expires: Number(expires),
  };
}
