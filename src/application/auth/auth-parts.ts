import type { Clock, IdSource } from "#base";
import { AppError, type FieldProblem } from "#contract";
import type { Database } from "#database";
import { addressKey, readAddress } from "../mail/address.ts";
import type { Keys } from "../access/keys.ts";
import type { RateLimits } from "../rate-limits/rate-limits.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { AccountTable } from "./account-table.ts";
import type { SendAuthMail } from "./auth-mails.ts";
import type { LeaveAnonymous } from "./anonymous/leave-anonymous.ts";
import type { AuthDefinition } from "./build-auth.ts";
import type { FindBreached } from "./passwords/breached-passwords.ts";
import { newPasswordProblem } from "./passwords/password-rules.ts";
import type { Passwords } from "./passwords/passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { SessionClient } from "./session-table.ts";

/** What every way of signing in works with. */
export interface AuthParts {
  readonly definition: AuthDefinition;
  readonly database: Database;
  readonly records: RecordStore;
  readonly accounts: AccountTable;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly findBreached: FindBreached | undefined;
  readonly send: SendAuthMail;
  readonly rates: RateLimits;
  /** The origin under which people reach this server: that of the settings, never that of a request. Throws where it is not known. */
  readonly site: () => string;
  /** 32 bytes that close one-time codes. */
  readonly codeKey: Uint8Array;
  /** 32 bytes each, that seal the secrets of authenticator apps: the first one does, and what any did can be opened. */
  readonly factorKeys: Keys;
  readonly leaveAnonymous: LeaveAnonymous;
  /** One whose time never goes back. */
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** The request that somebody asks with. */
export interface AuthRequest {
  readonly client: SessionClient;
  /** By whom attempts are counted: an address, or the network of one. */
  readonly caller?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly requestId?: string | undefined;
  /** What they read (RFC 5646): for mails. */
  readonly language?: string | undefined;
  /** The session that they had until now: it ends where another begins, so that nobody has planted it (fixation). */
  readonly previous?: string | undefined;
}

/**
 * The pages that links lead to, below the site's origin. They show a button, whose form uses the token: what only looks at links (the
 * scanner of a mail server) uses nothing up.
 */
export const authPages = {
  confirmSignUp: "/auth/confirm",
  signIn: "/auth/sign-in",
  verify: "/auth/verify",
  reset: "/auth/reset",
  link: "/auth/link",
  change: "/auth/address",
  firstAdmin: "/auth/first-admin",
  keep: "/auth/keep",
  invitation: "/auth/organisations/invitation",
  confirmOAuth: "/auth/oauth/confirm",
} as const;

/**
 * Counts an attempt to get in, by whoever tries and by the account that it is about, whether or not there is one. Throws `tooManyRequests`.
 */
export async function countAttempt(
  { rates }: Pick<AuthParts, "rates">,
  { caller }: Pick<AuthRequest, "caller">,
  account?: string,
): Promise<void> {
  await rates.take("signIns", caller);
  await rates.take("accountSignIns", account);
}

/** A link for a mail. */
export function linkTo({ site }: Pick<AuthParts, "site">, page: keyof typeof authPages, token?: string): string {
  return `${site()}${authPages[page]}${token === undefined ? "" : `?token=${token}`}`;
}

/** An address that was typed, checked. Throws `validationFailed`. */
export function readTypedAddress(given: unknown, field = "email"): { readonly address: string; readonly key: string } {
  const read = readAddress(typeof given === "string" ? given.trim() : given);
  if ("problem" in read) throw invalid([{ field, message: read.problem }]);
  return { address: read.address, key: addressKey(read.address) };
}

/** The key of an address that somebody signs in with; undefined where it is none, and so nobody's. */
export function typedKey(given: unknown): string | undefined {
  const read = readAddress(typeof given === "string" ? given.trim() : given);
  return "problem" in read ? undefined : addressKey(read.address);
}

/** What is wrong with a new password, as a problem of that field. */
export async function passwordProblems(
  { findBreached, site }: Pick<AuthParts, "findBreached" | "site">,
  password: unknown,
  address: string | null,
): Promise<readonly FieldProblem[]> {
  const context = { address: address ?? undefined, host: new URL(site()).hostname };
  const message = await newPasswordProblem(password, context, findBreached);
  return message === undefined ? [] : [{ field: "password", message }];
}

export function invalid(fields: readonly FieldProblem[]): AppError {
  return new AppError("validationFailed", {
    details: fields.map(({ field, message }) => `'${field}' ${message}`).join("; "),
    fields,
  });
}
