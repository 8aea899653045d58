import type { Authorization } from "./authorization-table.ts";
import { contextClassOf, methodsOf } from "./authentication-methods.ts";
import type { Claims } from "./claims.ts";
import { type OidcClient, signingAlgorithms } from "./client-table.ts";
import type { ProviderParts } from "./provider-parts.ts";

/** Seconds within which an app has to look at an ID token. It says who has signed in, and opens nothing. */
const ID_TOKEN_TIME = 600;

/** Whom an ID token was about, for which app and in which session. */
export interface IdTokenHint {
  readonly client: string;
  readonly user: string;
  readonly session: string | undefined;
}

export interface IdTokens {
  /** `nonce` for the first of an authorization alone. */
  sign(token: {
    readonly client: OidcClient;
    readonly authorization: Authorization;
    readonly claims: Claims;
    readonly nonce: string | undefined;
  }): Promise<string>;
  /** What an ID token of ours says, however old; undefined for anything else. */
  readHint(token: string): Promise<IdTokenHint | undefined>;
}

export function createIdTokens({ keys, site, clock }: Pick<ProviderParts, "keys" | "site" | "clock">): IdTokens {
  return {
    async sign({ client, authorization: { user, session, proofs, proved }, claims, nonce }) {
      const { SignJWT } = await import("jose");
      const { id, key } = await keys.current(client.algorithm);
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({
        ...claims,
        auth_time: Math.floor(proved / 1000),
        acr: contextClassOf(proofs),
        amr: [...methodsOf(proofs)],
        sid: session,
        ...(nonce === undefined ? {} : { nonce }),
      })
        .setProtectedHeader({ alg: client.algorithm, kid: id, typ: "JWT" })
        .setIssuer(site())
        .setSubject(user)
        .setAudience(client.id)
        .setIssuedAt(now)
        .setExpirationTime(now + ID_TOKEN_TIME)
        .sign(key);
    },
    async readHint(token) {
      const { createLocalJWKSet, errors, jwtVerify } = await import("jose");
      const published = createLocalJWKSet({ keys: [...(await keys.published())] });
      try {
        const { payload } = await jwtVerify(token, published, {
          issuer: site(),
          algorithms: [...signingAlgorithms],
          typ: "JWT",
          requiredClaims: ["sub", "aud"],
          // It may have expired long ago, and still says whom the app thinks of.
          currentDate: new Date(0),
        });
        const { aud, sub, sid } = payload;
        if (typeof aud !== "string" || sub === undefined) return undefined;
        return { client: aud, user: sub, session: typeof sid === "string" ? sid : undefined };
      } catch (thrown) {
        if (thrown instanceof errors.JOSEError) return undefined;
        throw thrown;
      }
    },
  };
}
