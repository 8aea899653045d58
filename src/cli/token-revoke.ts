import { createTokens, loadTokenSecret, openRevocations, type Tokens } from "#application";
import { createIdSource, systemClock } from "#base";
import { openSqlite, prepareDatabase } from "#database";
import { databasePath, tokenKey } from "#platform";
import { CommandError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Ends a token for good. One process may have the database: where a server runs on it, it is asked to, with a permission for
 * this one token; else it is written down for the next start.
 */
export async function revokeToken(
  tokenOrId: string,
  { backend: path }: { readonly backend: string },
  terminal: Terminal,
): Promise<void> {
  const workplace = await openWorkplace(path);
  const secret = tokenKey(await loadTokenSecret(workplace.dataDirectory));
  const server = findServer(workplace);
  if (server === undefined) await revokeInDatabase(workplace, secret, tokenOrId);
  else if (server.url === undefined)
    throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
  else await revokeAtServer(server.url, secret, tokenOrId);
  terminal.report(server === undefined ? "Revoked." : `Revoked, from the next request to ${server.url} on.`);
}

async function revokeInDatabase({ backend, dataDirectory }: Workplace, secret: Uint8Array, tokenOrId: string): Promise<void> {
  const database = await openSqlite({ path: databasePath(dataDirectory) });
  try {
    await prepareDatabase(database, backend.model);
    const tokens = tokensOf(secret, await openRevocations(database, systemClock));
    if (!isId(tokenOrId)) await tokens.revoke(tokenOrId);
    else await tokens.revokeById(tokenOrId, await tokens.permitRevocation(tokenOrId));
  } finally {
    await database.close();
  }
}

async function revokeAtServer(url: string, secret: Uint8Array, tokenOrId: string): Promise<void> {
  const tokens = tokensOf(secret, { has: () => false, revoke: async () => {} });
  // The server answers a foreign token as it does a good one: the one who types it wants to know.
  if (!isId(tokenOrId)) await tokens.revoke(tokenOrId);
  const response = await fetch(`${url}/auth/v1/tokens/revoke`, {
    method: "POST",
    headers: isId(tokenOrId) ? { authorization: await tokens.permitRevocation(tokenOrId) } : {},
    body: new URLSearchParams(isId(tokenOrId) ? { id: tokenOrId } : { token: tokenOrId }),
  });
  if (!response.ok) throw new CommandError(`The server at ${url} refused: ${response.status} ${await response.text()}`);
}

function tokensOf(secret: Uint8Array, revocations: Parameters<typeof createTokens>[0]["revocations"]): Tokens {
  return createTokens({ secret, revocations, clock: systemClock, ids: createIdSource(systemClock) });
}

function isId(tokenOrId: string): boolean {
  return UUID.test(tokenOrId);
}
