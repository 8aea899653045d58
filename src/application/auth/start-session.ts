import type { Connection } from "#database";
import { anonymousOf } from "./anonymous/anonymous-table.ts";
import type { AuthParts, AuthRequest } from "./auth-parts.ts";
import { endSessionOfToken, type ProofName } from "./session-table.ts";
import { type GivenSession, sessionTokenHash } from "./sessions.ts";

interface NewSession {
  readonly user: string;
  readonly proofs: readonly ProofName[];
  readonly request: AuthRequest;
  /** When they showed who they are, in milliseconds since 1970, where somebody else says so. Default now. */
  readonly proved?: number | undefined;
  /** The anonymous account that they had when they began to sign in, where that was a while ago. */
  readonly left?: string | undefined;
}

/**
 * Begins a session for whoever has shown all that is asked of them, in the place of the one that the same browser had. Ways to sign in call
 * `beginSession`, which asks for a second factor first.
 */
export async function startSession(
  { sessions, leaveAnonymous, clock }: Pick<AuthParts, "sessions" | "leaveAnonymous" | "clock">,
  connection: Connection,
  { user, proofs, request, proved, left }: NewSession,
): Promise<GivenSession> {
  const from = left ?? (await anonymousOf(connection, request.previous, clock.now()));
  if (from !== undefined && from !== user) await leaveAnonymous(connection, { from, to: user });
  await endPrevious(connection, request);
  return sessions.begin(connection, { user, proofs, proved, client: request.client });
}

/** Ends the session that the same browser had until now: a token from before is worth nothing after (ASVS 7.2.4). */
export async function endPrevious(connection: Connection, { previous }: Pick<AuthRequest, "previous">): Promise<void> {
  const before = previous === undefined ? undefined : sessionTokenHash(previous);
  if (before !== undefined) await endSessionOfToken(connection, before);
}
