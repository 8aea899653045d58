import {
  createTokens,
  loadSecrets,
  openRevocations,
  type SigningSecrets,
  steadyTime,
  type TokenOptions,
  type Tokens,
} from "#application";
import { type Clock, createIdSource, systemClock } from "#base";
import { openSqlite, prepareDatabase } from "#database";
import { databasePath, signingSecrets } from "#platform";
import { CommandError } from "../command-line/command-error.ts";
import { reportResult, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace, type Workplace } from "../backend/workplace.ts";

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
  const signing: Signing = {
    ...signingSecrets(await loadSecrets(workplace.dataDirectory)),
    clock: await steadyTime(workplace.dataDirectory, systemClock),
  };
  const server = findServer(workplace);
  if (server === undefined) await revokeInDatabase(workplace, signing, tokenOrId);
  else if (server.url === undefined)
    throw new CommandError(`The server (process ${server.pid}) is only starting. Try again in a moment.`);
  else await revokeAtServer(server.url, signing, tokenOrId);
  const words = server === undefined ? "Revoked." : `Revoked, from the next request to ${server.url} on.`;
  reportResult(terminal, { revoked: true, server: server?.url ?? null }, words);
}

async function revokeInDatabase({ backend, dataDirectory }: Workplace, signing: Signing, tokenOrId: string): Promise<void> {
  const database = await openSqlite({ path: databasePath(dataDirectory) });
  try {
    await prepareDatabase(database, backend.model);
    const tokens = tokensOf(signing, await openRevocations(database, signing.clock));
    if (!isId(tokenOrId)) await tokens.revoke(tokenOrId);
    else await tokens.revokeById(tokenOrId, await tokens.permitRevocation(tokenOrId));
  } finally {
    await database.close();
  }
}

async function revokeAtServer(url: string, signing: Signing, tokenOrId: string): Promise<void> {
  const tokens = tokensOf(signing, { has: () => false, revoke: async () => {} });
  // The server answers a foreign token as it does a good one: the one who types it wants to know.
  if (!isId(tokenOrId)) await tokens.revoke(tokenOrId);
  const response = await fetch(`${url}/auth/v1/tokens/revoke`, {
    method: "POST",
    headers: isId(tokenOrId) ? { authorization: await tokens.permitRevocation(tokenOrId) } : {},
    body: new URLSearchParams(isId(tokenOrId) ? { id: tokenOrId } : { token: tokenOrId }),
  });
  if (!response.ok) throw new CommandError(`The server at ${url} refused: ${response.status} ${await response.text()}`);
}

interface Signing extends SigningSecrets {
  readonly clock: Clock;
}

function tokensOf({ clock, ...secrets }: Signing, revocations: TokenOptions["revocations"]): Tokens {
  return createTokens({ ...secrets, revocations, clock, ids: createIdSource(clock) });
}

function isId(tokenOrId: string): boolean {
  return UUID.test(tokenOrId);
}
