import { AppError } from "#contract";
import type { Connection } from "#database";
import type { Account } from "../account-table.ts";
import { anonymousOf } from "../anonymous/anonymous-table.ts";
import type { AuthParts, AuthRequest } from "../auth-parts.ts";
import { findOneTime, issueOneTime, oneTimePurposes } from "../one-time-tokens.ts";
import type { ProofName } from "../session-table.ts";
import type { GivenSession } from "../sessions.ts";
import { countFactors, type FactorCounts } from "./factor-tables.ts";

/** By what somebody can show a second time who they are. */
export type FactorName = "totp" | "passkey" | "recovery";

/** Half a sign-in: the first proof was right, and a second factor is asked for. It lets nobody in anywhere. */
export interface PendingSignIn {
  /** What goes with the second factor: of this sign-in, for ten minutes. It is kept nowhere. */
  readonly pending: string;
  /** What this account can show. Empty where it has nothing yet and must have: then the one thing that can be done is to set a factor up. */
  readonly factors: readonly FactorName[];
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What came of a first proof: a session, or half a sign-in. */
export type SignInOutcome = GivenSession | PendingSignIn;

export function isPending(outcome: SignInOutcome): outcome is PendingSignIn {
  return "pending" in outcome;
}

/** What is kept of a pending sign-in. */
export interface PendingState {
  readonly hash: Uint8Array;
  readonly user: string;
  /** What was shown first. */
  readonly proof: ProofName;
  /** It has no factor yet. */
  readonly enrols: boolean;
  /** The anonymous account that they had. */
  readonly left: string | undefined;
}

/** Whether a password, a link or a code alone do not let this account in. */
export function demandsFactor(
  { definition }: Pick<AuthParts, "definition">,
  { roles }: Pick<Account, "roles">,
  { totp }: Pick<FactorCounts, "totp">,
): boolean {
  return totp > 0 || requiresFactor(definition, roles);
}

/** Whether one of these roles is given to nobody without a second factor. */
export function requiresFactor({ secondFactor }: AuthParts["definition"], roles: readonly string[]): boolean {
  return secondFactor.requiredFor.some((role) => roles.includes(role));
}

/** Half a sign-in, where the account demands a second factor; undefined where one proof is enough. */
export async function askForFactor(
  parts: Pick<AuthParts, "definition" | "clock">,
  connection: Connection,
  { account, proof, request }: { readonly account: Account; readonly proof: ProofName; readonly request: AuthRequest },
): Promise<PendingSignIn | undefined> {
  const counts = await countFactors(connection, account.user);
  if (!demandsFactor(parts, account, counts)) return undefined;
  const factors = namesOf(counts);
  const now = parts.clock.now();
  // Their session ends now, and what they saved in it is carried over when they are in.
  const left = (await anonymousOf(connection, request.previous, now)) ?? null;
  const data = { proof, enrols: factors.length === 0, left };
  const pending = await issueOneTime(connection, { purpose: "factor", user: account.user, addressKey: "", data, now });
  return { pending, factors, expires: now + oneTimePurposes.factor };
}

function namesOf({ totp, passkeys, recoveryCodes }: FactorCounts): readonly FactorName[] {
  const has = totp + passkeys > 0;
  return [
    ...(totp > 0 ? (["totp"] as const) : []),
    ...(passkeys > 0 ? (["passkey"] as const) : []),
    ...(has && recoveryCodes > 0 ? (["recovery"] as const) : []),
  ];
}

/** The sign-in that waits for a factor. Throws `usedLink` where there is none any more. */
export async function findPending(connection: Pick<Connection, "get">, given: unknown, now: number): Promise<PendingState> {
  const found = await findOneTime(connection, given, { purpose: "factor", now });
  if (found === undefined || found.user === null) throw overSignIn();
  const { proof, enrols, left } = found.data as {
    readonly proof: ProofName;
    readonly enrols: boolean;
    readonly left: string | null;
  };
  return { hash: found.hash, user: found.user, proof, enrols, left: left ?? undefined };
}

/** 400: it took longer than ten minutes, or too many codes were wrong. */
export function overSignIn(): AppError {
  return new AppError("usedLink", { message: "This sign-in has taken too long, or was tried too often: begin again." });
}
