import type { Connection, ResultRow } from "#database";
import { clientTable } from "./provider-tables.ts";
import { readScopes, type ScopeName } from "./scopes.ts";

/** How ID tokens are signed. Every client of OpenID Connect knows RS256; ES256 is shorter. */
export const signingAlgorithms = ["RS256", "ES256"] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** An app that signs people in with accounts of this site. */
export interface OidcClient {
  readonly id: string;
  /** As people are told. */
  readonly name: string;
  /** It runs where a secret cannot be kept, in a browser or on somebody's device, and has none. */
  readonly isPublic: boolean;
  readonly redirectUris: readonly string[];
  /** Where people may be sent after signing out. */
  readonly logoutUris: readonly string[];
  /** What it may ask for. */
  readonly scopes: readonly ScopeName[];
  /** The APIs that it may ask tokens for, or look at tokens for (RFC 8707): addresses. */
  readonly resources: readonly string[];
  /** Of those who run this site: nobody is asked whether it may. */
  readonly trusted: boolean;
  readonly algorithm: SigningAlgorithm;
  /** Milliseconds since 1970. */
  readonly created: number;
}

type Reader = Pick<Connection, "get" | "all">;

const columns = "id, name, secret IS NULL, redirect_uris, logout_uris, scopes, resources, trusted, algorithm, created, secret";

export async function findClient(connection: Reader, id: string): Promise<OidcClient | undefined> {
  return (await findClientSecret(connection, id))?.client;
}

/** With the hash of its secret; undefined for a public one. */
export async function findClientSecret(
  connection: Reader,
  id: string,
): Promise<{ readonly client: OidcClient; readonly secretHash: Uint8Array | undefined } | undefined> {
  const row = await connection.get(`SELECT ${columns} FROM ${clientTable} WHERE id = ?`, [id]);
  if (row === undefined) return undefined;
  const secret = row[10];
  return { client: readClient(row), secretHash: secret instanceof Uint8Array ? secret : undefined };
}

/** The oldest first. */
export async function listClients(connection: Reader): Promise<readonly OidcClient[]> {
  return (await connection.all(`SELECT ${columns} FROM ${clientTable} ORDER BY created, id`, [])).map(readClient);
}

export async function insertClient(
  connection: Connection,
  { id, name, redirectUris, logoutUris, scopes, resources, trusted, algorithm, created }: OidcClient,
  secretHash: Uint8Array | undefined,
): Promise<void> {
  await connection.run(
    `INSERT INTO ${clientTable} (id, name, secret, redirect_uris, logout_uris, scopes, resources, trusted, algorithm, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      name,
      secretHash ?? null,
      redirectUris.join(" "),
      logoutUris.join(" "),
      scopes.join(" "),
      resources.join(" "),
      trusted ? 1 : 0,
      algorithm,
      created,
    ],
  );
}

/** With it go all that people allowed it and all of its tokens. */
export async function deleteClient(connection: Connection, id: string): Promise<void> {
  await connection.run(`DELETE FROM ${clientTable} WHERE id = ?`, [id]);
}

export async function setClientSecret(connection: Connection, id: string, secretHash: Uint8Array): Promise<void> {
  await connection.run(`UPDATE ${clientTable} SET secret = ? WHERE id = ?`, [secretHash, id]);
}

function readClient([
  id,
  name,
  isPublic,
  redirectUris,
  logoutUris,
  scopes,
  resources,
  trusted,
  algorithm,
  created,
]: ResultRow): OidcClient {
  const list = (text: unknown): readonly string[] => (text === "" ? [] : String(text).split(" "));
  return {
    id: String(id),
    name: String(name),
    isPublic: isPublic === 1,
    redirectUris: list(redirectUris),
    logoutUris: list(logoutUris),
    scopes: readScopes(String(scopes)),
    resources: list(resources),
    trusted: trusted === 1,
    algorithm: algorithm === "ES256" ? "ES256" : "RS256",
    created: Number(created),
  };
}
