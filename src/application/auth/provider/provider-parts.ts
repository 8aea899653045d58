import type { Clock, IdSource, Logger } from "#base";
import { AppError } from "#contract";
import type { Connection, Database } from "#database";
import type { RateLimits } from "../../rate-limits/rate-limits.ts";
import type { RecordStore } from "../../records/record-store.ts";
import type { Account, AccountTable } from "../account-table.ts";
import type { AuthDefinition } from "../build-auth.ts";
import { requiresFactor } from "../factors/pending-sign-in.ts";
import { hashSecret, newSecret, hashOf } from "../secret-token.ts";
import { isFactorProof } from "../session-table.ts";
import type { Authorization } from "./authorization-table.ts";
import type { ProviderDefinition } from "./build-provider.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What each part of the provider works with. */
export interface ProviderParts {
  readonly definition: AuthDefinition;
  readonly provider: ProviderDefinition;
  readonly database: Database;
  readonly records: RecordStore;
  readonly accounts: AccountTable;
  readonly rates: RateLimits;
  readonly keys: SigningKeys;
  /** The origin under which people reach this server, which is the issuer's name. */
  readonly site: () => string;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
  /** One whose time never goes back. */
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

const prefixes = { access: "cha_", refresh: "chr_" } as const;

interface NewToken {
  readonly token: string;
  readonly hash: Uint8Array;
}

/** A token, and what is kept of it. It is known for what it is wherever it turns up. */
export function newAccessToken(): NewToken {
  const secret = newSecret();
  return { token: prefixes.access + secret, hash: hashOf(secret) };
}

/**
 * It names its authorization too, so that one that was used is known for what it is with nothing kept of it: else an app that goes on for a year would
 * leave a row for each.
 */
export function newRefreshToken(authorization: string): NewToken {
  const secret = newSecret();
  return { token: `${prefixes.refresh}${authorization}.${secret}`, hash: hashOf(secret) };
}

/** By what a token is found; undefined for what is none of that type. `authorization`: what a refresh token says that it is of. */
export function readToken(
  token: string,
  type: keyof typeof prefixes,
): { readonly hash: Uint8Array; readonly authorization: string | undefined } | undefined {
  if (!token.startsWith(prefixes[type])) return undefined;
  const text = token.slice(prefixes[type].length);
  const point = text.lastIndexOf(".");
  if (type === "refresh" && point < 1) return undefined;
  const hash = hashSecret(type === "refresh" ? text.slice(point + 1) : text);
  return hash && { hash, authorization: type === "refresh" ? text.slice(0, point) : undefined };
}

/** Whose an authorization is, as long as it lets anybody in: a role that needs a second factor is worn by no app without one either. */
export async function standingAccount(
  { definition, accounts }: Pick<ProviderParts, "definition" | "accounts">,
  connection: Pick<Connection, "get" | "all">,
  { user, proofs }: Pick<Authorization, "user" | "proofs">,
): Promise<Account | undefined> {
  const account = await accounts.find(connection, user);
  if (account === undefined || account.suspended) return undefined;
  return requiresFactor(definition, account.roles) && !proofs.some(isFactorProof) ? undefined : account;
}

export function invalidGrant(): AppError {
  return new AppError("invalidGrant");
}
