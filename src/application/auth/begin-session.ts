import type { Connection } from "#database";
import { wrongPassword } from "./auth-errors.ts";
import type { AuthParts, AuthRequest } from "./auth-parts.ts";
import { askForFactor, type SignInOutcome } from "./factors/pending-sign-in.ts";
import type { ProofName } from "./session-table.ts";
import { endPrevious, startSession } from "./start-session.ts";

/**
 * What every way to sign in ends with: a session, or, where the account demands a second factor, half a sign-in that waits for it. There is no
 * way round it. Throws `wrongCredentials` where the account is gone or suspended.
 */
export async function beginSession(
  parts: Pick<AuthParts, "definition" | "accounts" | "sessions" | "leaveAnonymous" | "clock">,
  connection: Connection,
  { user, proof, request, proved }: NewProof,
): Promise<SignInOutcome> {
  const account = await parts.accounts.find(connection, user);
  if (account === undefined || account.suspended) throw wrongPassword();
  const pending = await askForFactor(parts, connection, { account, proof, request });
  if (pending === undefined) return startSession(parts, connection, { user, proofs: [proof], request, proved });
  // Else a factor that is set up next would be one of whoever was signed in here before.
  await endPrevious(connection, request);
  return pending;
}

interface NewProof {
  readonly user: string;
  readonly proof: ProofName;
  readonly request: AuthRequest;
  /** When that was shown, where it was not now: milliseconds since 1970. */
  readonly proved?: number | undefined;
}
