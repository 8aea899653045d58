import type { Clock, IdSource } from "#base";
import type { Authenticate } from "./authenticate.ts";
import type { Revocations } from "./revocations.ts";
import {
  createTokenFormat,
  expiredToken,
  type Grant,
  invalidToken,
  type SigningSecrets,
  type VerifiedToken,
} from "./token-format.ts";

export interface TokenOptions extends SigningSecrets {
  readonly revocations: Revocations;
  /** One whose time never goes back (`openSteadyClock`): else what has expired is good again when the machine's clock is set back. */
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Hears when a token ended that was refused for that: milliseconds since 1970. */
  readonly onExpired?: (expires: number) => void;
  /** How many verified tokens are remembered. */
  readonly cacheSize?: number;
}

export interface IssuedToken {
  readonly token: string;
  /** By which it can be revoked; not a secret. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly expires: string;
}

/** Signed bearer tokens (RFC 6750): from `issue` to `revoke`. */
export interface Tokens {
  issue(grant: Grant): Promise<IssuedToken>;
  readonly authenticate: Authenticate;
  /** For whoever holds the token, expired or not. Throws `invalidToken` where it is none of ours. */
  revoke(token: string): Promise<void>;
  /** For whoever may revoke any token: `permission` is an `Authorization` header that `permitRevocation` made for that id. */
  revokeById(id: string, permission: string | undefined): Promise<void>;
  permitRevocation(id: string): Promise<string>;
  /** An `Authorization` header for one order about the database, by whoever has the secret: good for a minute. */
  permitMaintenance(order: string): Promise<string>;
  /** Throws `invalidToken` where `permission` is not what `permitMaintenance` made for that order. */
  checkMaintenance(order: string, permission: string | undefined): Promise<void>;
}

// RFC 6750 section 2.1; RFC 9110 has the scheme in any case.
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const CACHE_SIZE = 10_000;

export function createTokens(options: TokenOptions): Tokens {
  const { revocations, clock, ids, onExpired = () => {}, cacheSize = CACHE_SIZE } = options;
  const format = createTokenFormat(options, clock, onExpired);
  // By the whole header. Only what was verified gets in, so that strangers cannot fill it; the oldest leaves first.
  const verified = new Map<string, VerifiedToken>();

  function admit({ id, actor, expires }: VerifiedToken): VerifiedToken["actor"] {
    if (clock.now() >= expires) {
      onExpired(expires);
      throw expiredToken();
    }
    if (revocations.has(id)) throw expiredToken();
    return actor;
  }

  async function verify(authorization: string): Promise<VerifiedToken["actor"]> {
    const token = await format.verify(bearer(authorization));
    const actor = admit(token);
    if (verified.size >= cacheSize) {
      const [oldest] = verified.keys();
      if (oldest !== undefined) verified.delete(oldest);
    }
    verified.set(authorization, token);
    return actor;
  }

  return {
    async issue(grant) {
      const id = ids.uuid();
      const token = await format.sign(id, grant);
      const { expires } = await format.verify(token);
      return { token, id, expires: new Date(expires).toISOString() };
    },
    authenticate({ authorization }) {
      if (authorization === undefined) return null;
      const known = verified.get(authorization);
      return known === undefined ? verify(authorization) : admit(known);
    },
    async revoke(token) {
      const { id, expires } = await format.verify(token, { evenExpired: true });
      await revocations.revoke(id, expires);
    },
    async revokeById(id, permission) {
      await format.verifyRevocation(bearer(permission ?? ""), id);
      await revocations.revoke(id, undefined);
    },
    permitRevocation: async (id) => `Bearer ${await format.signRevocation(id)}`,
    permitMaintenance: async (order) => `Bearer ${await format.signMaintenance(order)}`,
    checkMaintenance: (order, permission) => format.verifyMaintenance(bearer(permission ?? ""), order),
  };
}

function bearer(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken();
  return token;
}
