import type { Connection } from "#database";
import { authorizationTable, clientTable, consentTable } from "./provider-tables.ts";
import { readScopes, type ScopeName } from "./scopes.ts";

/** What somebody allows an app, until they take it back. */
export interface Consent {
  readonly scopes: readonly ScopeName[];
  readonly resources: readonly string[];
}

/** An app that may use somebody's account, as they see it in a list. */
export interface AllowedApp extends Consent {
  /** The id of the app. */
  readonly id: string;
  readonly name: string;
  /** When they allowed it first: milliseconds since 1970. */
  readonly created: number;
}

const noConsent: Consent = { scopes: [], resources: [] };

export async function findConsent(connection: Pick<Connection, "get">, user: string, client: string): Promise<Consent> {
  const row = await connection.get(`SELECT scopes, resources FROM ${consentTable} WHERE user = ? AND client = ?`, [user, client]);
  if (row === undefined) return noConsent;
  return { scopes: readScopes(String(row[0])), resources: readList(row[1]) };
}

/** Adds to what they allowed before. */
export async function addConsent(
  connection: Connection,
  { user, client, scopes, resources, now }: Consent & { readonly user: string; readonly client: string; readonly now: number },
): Promise<void> {
  const before = await findConsent(connection, user, client);
  const all = [...new Set([...before.scopes, ...scopes])].join(" ");
  const allResources = [...new Set([...before.resources, ...resources])].join(" ");
  await connection.run(
    `INSERT INTO ${consentTable} (user, client, scopes, resources, created) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (user, client) DO UPDATE SET scopes = excluded.scopes, resources = excluded.resources`,
    [user, client, all, allResources, now],
  );
}

export async function dropConsent(connection: Connection, user: string, client: string): Promise<void> {
  await connection.run(`DELETE FROM ${consentTable} WHERE user = ? AND client = ?`, [user, client]);
}

/** All that somebody allowed. */
export async function dropConsents(connection: Connection, user: string): Promise<void> {
  await connection.run(`DELETE FROM ${consentTable} WHERE user = ?`, [user]);
}

/** Those that somebody allowed, and the trusted ones that they have signed in to, by name. */
export async function listAllowed(
  connection: Pick<Connection, "all">,
  user: string,
  now: number,
): Promise<readonly AllowedApp[]> {
  const rows = await connection.all(
    `SELECT c.id, c.name, k.scopes, k.resources, k.created FROM ${consentTable} k JOIN ${clientTable} c ON c.id = k.client WHERE k.user = ?1
      UNION ALL
      SELECT c.id, c.name, max(g.scopes), '', min(g.created) FROM ${authorizationTable} g JOIN ${clientTable} c ON c.id = g.client
        WHERE g.user = ?1 AND g.expires > ?2 AND g.code_used IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM ${consentTable} k WHERE k.user = ?1 AND k.client = g.client)
        GROUP BY c.id, c.name
      ORDER BY 2, 1`,
    [user, now],
  );
  return rows.map(([id, name, scopes, resources, created]) => ({
    id: String(id),
    name: String(name),
    scopes: readScopes(String(scopes)),
    resources: readList(resources),
    created: Number(created),
  }));
}

function readList(text: unknown): readonly string[] {
  return text === "" ? [] : String(text).split(" ");
}
