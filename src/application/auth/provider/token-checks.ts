import { AppError } from "#contract";
import type { AuthRequest } from "../auth-parts.ts";
import { contextClassOf, methodsOf } from "./authentication-methods.ts";
import {
  dropAccessToken,
  endAuthorization,
  findToken,
  type FoundToken,
  isAuthorizationOf,
  type OidcTokenType,
} from "./authorization-table.ts";
import { type Claims, claimsOf } from "./claims.ts";
import type { OidcClient } from "./client-table.ts";
import { type ProviderParts, readToken, standingAccount } from "./provider-parts.ts";

/** What an app learns of a token (RFC 7662 section 2.2). Of one that does not count, or is none of its business, that it is not active. */
export type Introspection = Claims & { readonly active: boolean };

export interface TokenChecks {
  /** What an access token of this site's own userinfo tells. Throws `invalidAccessToken`, `insufficientScope`. */
  userInfo(token: string | undefined): Promise<Claims>;
  /** Throws `unauthorizedClient` for an app that has no secret: anybody could ask in its name. */
  introspect(app: OidcClient, token: string): Promise<Introspection>;
  /** Ends an access token, or with a refresh token all that came of the same code (RFC 7009). Of others' tokens nothing is said. */
  revoke(app: OidcClient, token: string, request: AuthRequest): Promise<void>;
}

const types: readonly OidcTokenType[] = ["access", "refresh"];

export function createTokenChecks(parts: ProviderParts): TokenChecks {
  const { definition, provider, database, records, site, idle, clock } = parts;
  const { users } = definition;

  async function find(token: string, type: OidcTokenType): Promise<FoundToken | undefined> {
    const { hash } = readToken(token, type) ?? {};
    return hash && findToken(database, { users, hash, type, now: clock.now(), idle });
  }

  return {
    async userInfo(token) {
      const found = token === undefined ? undefined : await find(token, "access");
      // One that is for an API elsewhere is not for us (ASVS 10.3.1).
      if (found === undefined || found.authorization.resource !== undefined) throw new AppError("invalidAccessToken");
      const account = await standingAccount(parts, database, found.authorization);
      if (account === undefined) throw new AppError("invalidAccessToken");
      if (!found.scopes.includes("openid")) throw new AppError("insufficientScope");
      return claimsOf({ records, users, claims: provider.claims }, account, found.scopes);
    },

    async introspect(app, token) {
      if (app.isPublic) throw new AppError("unauthorizedClient", { message: "An app without a secret cannot look at tokens." });
      for (const type of types) {
        const found = await find(token, type);
        if (found === undefined) continue;
        const { authorization, scopes, created, expires } = found;
        const { client, resource, user, proofs, proved } = authorization;
        const isTheirs = client === app.id || (type === "access" && resource !== undefined && app.resources.includes(resource));
        if (!isTheirs || (await standingAccount(parts, database, authorization)) === undefined) break;
        return {
          active: true,
          iss: site(),
          client_id: client,
          sub: user,
          aud: resource ?? site(),
          scope: scopes.join(" "),
          token_type: type === "access" ? "Bearer" : "refresh_token",
          iat: Math.floor(created / 1000),
          exp: Math.floor(expires / 1000),
          auth_time: Math.floor(proved / 1000),
          acr: contextClassOf(proofs),
          amr: [...methodsOf(proofs)],
        };
      }
      return { active: false };
    },

    async revoke(app, token) {
      for (const type of types) {
        const read = readToken(token, type);
        if (read === undefined) continue;
        const { hash, authorization } = read;
        await database.transaction(
          async (connection) => {
            if (authorization === undefined) await dropAccessToken(connection, hash, app.id);
            else if (await isAuthorizationOf(connection, authorization, app.id))
              await endAuthorization(connection, authorization);
          },
          { brief: true },
        );
      }
    },
  };
}
