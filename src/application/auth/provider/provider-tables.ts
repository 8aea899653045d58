import type { Connection } from "#database";
import { accountTable } from "../auth-tables.ts";

export const clientTable = "_chassis_oidc_clients";
export const consentTable = "_chassis_oidc_consents";
export const authorizationTable = "_chassis_oidc_authorizations";
export const oidcTokenTable = "_chassis_oidc_tokens";
export const signingKeyTable = "_chassis_oidc_keys";

/**
 * What the provider keeps. Secrets, codes and tokens are kept as hashes alone; times are milliseconds since 1970; lists of names have spaces
 * between. An authorization is what one code was given for; tokens are of an authorization, and end with it.
 */
export async function createProviderTables(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${clientTable} (
      id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, secret BLOB, redirect_uris TEXT NOT NULL, logout_uris TEXT NOT NULL, scopes TEXT NOT NULL,
      resources TEXT NOT NULL, trusted INTEGER NOT NULL, algorithm TEXT NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${consentTable} (
      user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE, client TEXT NOT NULL REFERENCES ${clientTable}(id) ON DELETE CASCADE,
      scopes TEXT NOT NULL, resources TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (user, client)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${consentTable}_client ON ${consentTable} (client)`,
    `CREATE TABLE IF NOT EXISTS ${authorizationTable} (
      id TEXT NOT NULL PRIMARY KEY, client TEXT NOT NULL REFERENCES ${clientTable}(id) ON DELETE CASCADE,
      user TEXT NOT NULL REFERENCES ${accountTable}(user) ON DELETE CASCADE, session TEXT NOT NULL, code BLOB NOT NULL UNIQUE, code_used INTEGER,
      redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, nonce TEXT, scopes TEXT NOT NULL, resource TEXT, proofs TEXT NOT NULL,
      proved INTEGER NOT NULL, password_changed INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${authorizationTable}_user ON ${authorizationTable} (user, client)`,
    `CREATE INDEX IF NOT EXISTS ${authorizationTable}_client ON ${authorizationTable} (client)`,
    `CREATE INDEX IF NOT EXISTS ${authorizationTable}_expires ON ${authorizationTable} (expires)`,
    `CREATE TABLE IF NOT EXISTS ${oidcTokenTable} (
      hash BLOB NOT NULL PRIMARY KEY, type TEXT NOT NULL, authorization_id TEXT NOT NULL REFERENCES ${authorizationTable}(id) ON DELETE CASCADE,
      scopes TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${oidcTokenTable}_authorization ON ${oidcTokenTable} (authorization_id)`,
    `CREATE INDEX IF NOT EXISTS ${oidcTokenTable}_expires ON ${oidcTokenTable} (expires)`,
    `CREATE TABLE IF NOT EXISTS ${signingKeyTable} (
      id TEXT NOT NULL PRIMARY KEY, algorithm TEXT NOT NULL, public TEXT NOT NULL, private TEXT NOT NULL, created INTEGER NOT NULL, retired INTEGER) STRICT`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there has been a provider here: a database may be older than it. */
export async function hasProviderTables(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [signingKeyTable])) !== undefined;
}

/** Forgets tokens and authorizations whose time is over, at most `limit` of each, and gives their number. */
export async function forgetExpiredAuthorizations(
  connection: Connection,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  const few = "LIMIT CAST(? AS INTEGER)";
  const tokens = `DELETE FROM ${oidcTokenTable} WHERE hash IN (SELECT hash FROM ${oidcTokenTable} WHERE expires <= ? ${few})`;
  const authorizations = `DELETE FROM ${authorizationTable} WHERE id IN (SELECT id FROM ${authorizationTable} WHERE expires <= ? ${few})`;
  return (await connection.run(tokens, [now, limit])) + (await connection.run(authorizations, [now, limit]));
}
