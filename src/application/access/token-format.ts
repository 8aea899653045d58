import type { JWTPayload } from "jose";
import type { Clock } from "#base";
import { type Actor, AppError, type Json } from "#contract";
import type { PreviousSecret } from "./token-secret.ts";

/**
 * How tokens are made and read: signed JSON Web Tokens, HS256 with this server's own secret. One party signs and checks, so a
 * shared secret is enough; there is one algorithm and one key, so nothing in a token's header (`alg`, `kid`, `jku`,
 * `jwk`) can choose either (RFC 8725 sections 3.1 and 3.10). `typ` and audience tell the two purposes apart (3.11, 3.12).
 */
const ALGORITHM = "HS256";
const ISSUER = "chassis";
const CLOCK_TOLERANCE_SECONDS = 5;
const MAXIMUM_LENGTH = 4096;
const REVOCATION_SECONDS = 60;
const MAINTENANCE_SECONDS = 60;

/** For the API, to revoke the one token that is its subject, or for the one order about the database that is its subject. */
const purposes = {
  access: { typ: "at+jwt", audience: "chassis" },
  revocation: { typ: "revocation+jwt", audience: "chassis:revocation" },
  maintenance: { typ: "maintenance+jwt", audience: "chassis:maintenance" },
} as const;

export interface VerifiedToken {
  readonly id: string;
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface Grant {
  readonly actor: Actor;
  /** Milliseconds. */
  readonly lifetime: number;
}

export interface TokenFormat {
  sign(id: string, grant: Grant): Promise<string>;
  /** Throws `invalidToken`; `expiredToken` where all is right but the time, unless `evenExpired`. */
  verify(token: string, options?: { evenExpired?: boolean }): Promise<VerifiedToken>;
  /** A token that for a minute is good for revoking the token of that id, and for nothing else. */
  signRevocation(id: string): Promise<string>;
  verifyRevocation(token: string, id: string): Promise<void>;
  /** A token that for a minute is good for that order, and for nothing else. */
  signMaintenance(order: string): Promise<string>;
  verifyMaintenance(token: string, order: string): Promise<void>;
}

/** What signs, and what signed before it and is good for a while yet. */
export interface SigningSecrets {
  readonly secret: Uint8Array;
  readonly previous?: readonly PreviousSecret[];
}

/** `onExpired` hears when a token ended that was refused for that alone: milliseconds since 1970. */
export function createTokenFormat(
  { secret, previous = [] }: SigningSecrets,
  clock: Clock,
  onExpired: (expires: number) => void = () => {},
): TokenFormat {
  const seconds = () => Math.floor(clock.now() / 1000);

  async function sign(
    payload: JWTPayload,
    { typ, audience }: (typeof purposes)[keyof typeof purposes],
    lifetime: number,
  ): Promise<string> {
    const { SignJWT } = await import("jose");
    return new SignJWT(payload)
      .setProtectedHeader({ alg: ALGORITHM, typ })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(seconds())
      .setExpirationTime(seconds() + lifetime)
      .sign(secret);
  }

  async function verify(
    token: string,
    { typ, audience }: (typeof purposes)[keyof typeof purposes],
    evenExpired = false,
  ): Promise<JWTPayload> {
    if (token.length > MAXIMUM_LENGTH) throw invalidToken();
    const { errors, jwtVerify } = await import("jose");
    const verifyBy = async (key: Uint8Array): Promise<JWTPayload> => {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience,
        typ,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["sub", "iat", "exp"],
        currentDate: new Date(clock.now()),
      });
      return payload;
    };
    try {
      let payload: JWTPayload | undefined;
      for (const [index, key] of [secret, ...previous.map((each) => each.secret)].entries()) {
        try {
          payload = await verifyBy(key);
          const until = previous[index - 1]?.until ?? Infinity;
          // It is over with the secret that signed it, where that comes before its own time.
          if (until <= clock.now() && !evenExpired) throw expiredToken();
          if (until < (payload.exp ?? 0) * 1000) payload = { ...payload, exp: Math.floor(until / 1000) };
          break;
        } catch (error) {
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        }
      }
      if (payload === undefined) throw invalidToken();
      // jose looks at `nbf` alone: a token from the future was not made by us.
      if ((payload.iat ?? 0) > seconds() + CLOCK_TOLERANCE_SECONDS) throw invalidToken();
      return payload;
    } catch (error) {
      // It is thrown after the signature, issuer, audience and type were found good.
      if (error instanceof errors.JWTExpired && error.claim === "exp") {
        if (evenExpired) return error.payload;
        onExpired((error.payload.exp ?? 0) * 1000);
        throw expiredToken(error);
      }
      if (error instanceof errors.JOSEError) throw invalidToken(error);
      throw error;
    }
  }

  return {
    sign: (id, { actor, lifetime }) =>
      sign(
        { sub: actor.id, jti: id, roles: [...actor.roles], claims: actor.claims },
        purposes.access,
        Math.ceil(lifetime / 1000),
      ),
    async verify(token, { evenExpired = false } = {}) {
      return readPayload(await verify(token, purposes.access, evenExpired));
    },
    signRevocation: (id) => sign({ sub: id }, purposes.revocation, REVOCATION_SECONDS),
    async verifyRevocation(token, id) {
      const { sub } = await verify(token, purposes.revocation);
      if (sub !== id) throw invalidToken();
    },
    signMaintenance: (order) => sign({ sub: order }, purposes.maintenance, MAINTENANCE_SECONDS),
    async verifyMaintenance(token, order) {
      const { sub } = await verify(token, purposes.maintenance);
      if (sub !== order) throw invalidToken();
    },
  };
}

function readPayload({ sub, jti, exp, roles, claims }: JWTPayload): VerifiedToken {
  if (typeof sub !== "string" || sub === "" || typeof jti !== "string" || jti === "" || exp === undefined) throw invalidToken();
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) throw invalidToken();
  if (claims === null || typeof claims !== "object" || Array.isArray(claims)) throw invalidToken();
  // Not an ordinary object: a claim named `constructor` or `__proto__` is a claim or is not there.
  const ownClaims: Record<string, Json> = Object.assign(Object.create(null), claims);
  return {
    id: jti,
    actor: Object.freeze({ id: sub, roles: Object.freeze([...roles]), claims: Object.freeze(ownClaims) }),
    expires: exp * 1000,
  };
}

/** 401 as RFC 6750 section 3 wants it. */
export function invalidToken(cause?: unknown): AppError {
  return new AppError("invalidToken", {
    headers: challenge("The token is not valid"),
    ...(cause === undefined ? {} : { cause }),
  });
}

export function expiredToken(cause?: unknown): AppError {
  return new AppError("expiredToken", {
    headers: challenge("The token has expired or was revoked"),
    ...(cause === undefined ? {} : { cause }),
  });
}

function challenge(description: string): Readonly<Record<string, string>> {
  return { "www-authenticate": `Bearer realm="chassis", error="invalid_token", error_description="${description}"` };
}
