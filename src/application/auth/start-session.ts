import type { Connection } from "#database";
import type { AuthParts, AuthRequest } from "./auth-parts.ts";
import { endSessionOfToken, type ProofName } from "./session-table.ts";
import { type GivenSession, sessionTokenHash } from "./sessions.ts";

/**
 * Begins a session for whoever has shown all that is asked of them, and ends the one that the same browser had: a token from before is worth
 * nothing after (ASVS 7.2.4). Ways to sign in call `beginSession`, which asks for a second factor first.
 */
export async function startSession(
  { sessions }: Pick<AuthParts, "sessions">,
  connection: Connection,
  { user, proofs, request }: { readonly user: string; readonly proofs: readonly ProofName[]; readonly request: AuthRequest },
): Promise<GivenSession> {
  const before = request.previous === undefined ? undefined : sessionTokenHash(request.previous);
  if (before !== undefined) await endSessionOfToken(connection, before);
  return sessions.begin(connection, { user, proofs, client: request.client });
}
