import { hash } from "node:crypto";
import { AppError } from "#contract";
import type { Connection } from "#database";
import type { Account } from "../account-table.ts";
import type { AuthRequest } from "../auth-parts.ts";
import { hashSecret } from "../secret-token.ts";
import {
  type Authorization,
  endAuthorization,
  endOldest,
  findToken,
  hasRefreshToken,
  insertToken,
  isAuthorizationOf,
  keepAuthorization,
  useCode,
  useRefreshToken,
} from "./authorization-table.ts";
import { CODE_TIME } from "./authorizations.ts";
import { claimsOf } from "./claims.ts";
import type { OidcClient } from "./client-table.ts";
import type { IdTokens } from "./id-tokens.ts";
import {
  invalidGrant,
  newAccessToken,
  newRefreshToken,
  type ProviderParts,
  readToken,
  standingAccount,
} from "./provider-parts.ts";
import type { ScopeName } from "./scopes.ts";

/** What an app gets for a code or a refresh token (RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

export interface CodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  /** Of PKCE. */
  readonly verifier: string;
}

export interface RefreshGrant {
  readonly token: string;
  /** A part of what was granted; empty for all of it. */
  readonly scope: string;
  /** That of the code, or empty. */
  readonly resource: string;
}

export interface TokenGrants {
  /** Tokens for a code, once. A second time ends all that came of the first. Throws `invalidGrant`. */
  exchange(app: OidcClient, grant: CodeGrant, request: AuthRequest): Promise<TokenAnswer>;
  /**
   * Tokens for a refresh token, which is good no more: the next one is in the answer. Whoever comes with one that was used has stolen it, or was
   * stolen from, and all that came of the same code ends (RFC 9700 section 4.14.2). Throws `invalidGrant`, `invalidScope`, `invalidTarget`.
   */
  refresh(app: OidcClient, grant: RefreshGrant, request: AuthRequest): Promise<TokenAnswer>;
}

/** Sign-ins of one person at one app that go on at once: without an end, a program that signs in again and again would fill the database. */
const MOST_AUTHORIZATIONS = 100;

/** RFC 7636 section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export function createTokenGrants(parts: ProviderParts, idTokens: IdTokens): TokenGrants {
  const { definition, provider, database, records, keys, idle, clock, logger } = parts;
  const { users } = definition;

  interface Issued {
    readonly authorization: Authorization;
    readonly account: Account;
    readonly scopes: readonly ScopeName[];
    readonly access: string;
    /** Milliseconds. */
    readonly lasts: number;
    readonly refresh: string | undefined;
  }

  async function issue(
    connection: Connection,
    authorization: Authorization,
    { account, scopes, now }: { readonly account: Account; readonly scopes: readonly ScopeName[]; readonly now: number },
  ): Promise<Issued> {
    const { id, expires } = authorization;
    const access = newAccessToken();
    const accessEnd = Math.min(now + provider.accessTokenTime, expires);
    await insertToken(connection, { hash: access.hash, type: "access", authorization: id, scopes, now, expires: accessEnd });
    const issued = { authorization, account, scopes, access: access.token, lasts: accessEnd - now };
    if (!authorization.scopes.includes("offline_access")) return { ...issued, refresh: undefined };
    const refresh = newRefreshToken(id);
    const { scopes: all } = authorization;
    await insertToken(connection, { hash: refresh.hash, type: "refresh", authorization: id, scopes: all, now, expires });
    return { ...issued, refresh: refresh.token };
  }

  async function answer(
    client: OidcClient,
    { authorization, account, scopes, access, lasts, refresh }: Issued,
    isFirst: boolean,
  ): Promise<TokenAnswer> {
    const asks = { records, users, claims: provider.claims };
    const idToken = scopes.includes("openid")
      ? await idTokens.sign({
          client,
          authorization,
          claims: await claimsOf(asks, account, scopes),
          nonce: isFirst ? authorization.nonce : undefined,
        })
      : undefined;
    return {
      access_token: access,
      token_type: "Bearer",
      expires_in: Math.floor(lasts / 1000),
      scope: scopes.join(" "),
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
      ...(idToken === undefined ? {} : { id_token: idToken }),
    };
  }

  /** Somebody has what was somebody else's: those who run the server want to know. */
  function noteReplay(client: OidcClient, what: "code" | "refresh token"): AppError {
    logger.warn(
      { event: "provider.replay", app: client.id, what },
      "An app came with what was used before: all that came of it has ended.",
    );
    return invalidGrant();
  }

  return {
    async exchange(client, { code, redirectUri, verifier }) {
      // First, so that a code is not used up where nothing can be signed.
      await keys.current(client.algorithm);
      const codeHash = hashSecret(code);
      if (codeHash === undefined) throw invalidGrant();
      const issued = await database.transaction(async (connection) => {
        const now = clock.now();
        const found = await useCode(connection, { users, codeHash, since: now - CODE_TIME, now, idle });
        if (found === undefined || found === "replayed") return found;
        const isTheirs = found.client === client.id && found.redirectUri === redirectUri && matches(verifier, found.challenge);
        const account = isTheirs ? await standingAccount(parts, connection, found) : undefined;
        if (account !== undefined) {
          const { id, created, scopes } = found;
          const lasts = scopes.includes("offline_access") ? provider.refreshTokenTime : CODE_TIME + provider.accessTokenTime;
          const kept = { ...found, expires: created + lasts };
          await keepAuthorization(connection, id, kept.expires);
          await endOldest(connection, kept, MOST_AUTHORIZATIONS);
          return issue(connection, kept, { account, scopes, now });
        }
        // A code in the wrong hands is nobody's any more.
        await endAuthorization(connection, found.id);
        return undefined;
      });
      if (issued === "replayed") throw noteReplay(client, "code");
      if (issued === undefined) throw invalidGrant();
      return answer(client, issued, true);
    },

    async refresh(client, { token, scope, resource }) {
      await keys.current(client.algorithm);
      const { hash, authorization: id } = readToken(token, "refresh") ?? {};
      if (hash === undefined || id === undefined) throw invalidGrant();
      const issued = await database.transaction(async (connection) => {
        if (!(await isAuthorizationOf(connection, id, client.id))) return undefined;
        if (!(await hasRefreshToken(connection, id, hash))) return replayed(connection, id);
        const now = clock.now();
        const found = await findToken(connection, { users, hash, type: "refresh", now, idle });
        const account = found && (await standingAccount(parts, connection, found.authorization));
        if (found === undefined || account === undefined) return undefined;
        const { authorization } = found;
        const scopes = narrowed(scope, authorization.scopes);
        if (resource !== "" && resource !== authorization.resource) throw new AppError("invalidTarget");
        if (!(await useRefreshToken(connection, hash))) return replayed(connection, authorization.id);
        return issue(connection, authorization, { account, scopes, now });
      });
      if (issued === "replayed") throw noteReplay(client, "refresh token");
      if (issued === undefined) throw invalidGrant();
      return answer(client, issued, false);
    },
  };
}

async function replayed(connection: Connection, authorization: string): Promise<"replayed"> {
  await endAuthorization(connection, authorization);
  return "replayed";
}

/** A part of what was granted, never more. Throws `invalidScope`. */
function narrowed(text: string, granted: readonly ScopeName[]): readonly ScopeName[] {
  if (text === "") return granted;
  const names = new Set(text.split(" ").filter((name) => name !== ""));
  const scopes = granted.filter((name) => names.has(name));
  if (scopes.length < names.size || scopes.length === 0)
    throw new AppError("invalidScope", { message: "A refresh token gives what was granted, or less." });
  return scopes;
}

function matches(verifier: string, challenge: string): boolean {
  return VERIFIER.test(verifier) && hash("sha256", verifier, "base64url") === challenge;
}
