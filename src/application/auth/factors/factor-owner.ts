import type { Actor } from "#contract";
import type { Connection } from "#database";
import type { AuthMessage } from "../auth-mails.ts";
import { type AuthParts, type AuthRequest, linkTo } from "../auth-parts.ts";
import { useOneTime } from "../one-time-tokens.ts";
import { endSessionsWithoutFactor, type ProofName } from "../session-table.ts";
import { endedSession, type GivenSession } from "../sessions.ts";
import { startSession } from "../start-session.ts";
import { dropKeysWithoutFactor } from "../keys/key-table.ts";
import { countFactors, keepRecoveryCodes } from "./factor-tables.ts";
import { demandsFactor, findPending, overSignIn } from "./pending-sign-in.ts";
import { type ProvedAccount, recentlyProved } from "./recent-proof.ts";

/** Who sets a factor up: somebody signed in, or a sign-in that waits because its account must have one and has none. */
export type FactorOwner = { readonly me: Actor } | { readonly pending: unknown };

export interface FactorAdded {
  /** The session that goes on under another token, or the one that the pending sign-in has become. */
  readonly session: Pick<GivenSession, "token" | "id" | "user"> | GivenSession;
  /** Where the account had none: they are shown once. */
  readonly recoveryCodes?: readonly string[];
}

/** Their account. Throws `proofRequired`, and `usedLink` for a sign-in that is over, or whose account has a factor by now. */
export async function ownerAccount(
  parts: AuthParts,
  connection: Pick<Connection, "get" | "all">,
  owner: FactorOwner,
): Promise<ProvedAccount> {
  if ("me" in owner) return recentlyProved(parts, connection, owner.me);
  const { user, enrols } = await findPending(connection, owner.pending, parts.clock.now());
  const account = await parts.accounts.find(connection, user);
  if (!enrols || account === undefined || account.suspended) throw overSignIn();
  const counts = await countFactors(connection, user);
  if (counts.totp + counts.passkeys > 0) throw overSignIn();
  return { account, counts };
}

export interface NewFactor {
  readonly owner: FactorOwner;
  readonly account: ProvedAccount["account"];
  readonly proof: Extract<ProofName, "totp" | "passkey">;
  /** Made before the transaction; kept where the account demands a factor and has no codes. */
  readonly recovery: { readonly codes: readonly string[]; readonly hashes: readonly string[] } | undefined;
  readonly request: AuthRequest;
}

/**
 * What follows once a factor is kept, in the same transaction: recovery codes, the end of sessions and keys that no factor opened, a mail, and the session
 * that has proved it.
 */
export async function factorAdded(
  parts: AuthParts,
  connection: Connection,
  { owner, account, proof, recovery, request }: NewFactor,
): Promise<FactorAdded> {
  const { user } = account;
  const counts = await countFactors(connection, user);
  const isDemanded = demandsFactor(parts, account, counts);
  const isGiven = recovery !== undefined && isDemanded && counts.recoveryCodes === 0;
  if (isGiven) await keepRecoveryCodes(connection, user, recovery.hashes);
  const session = await sessionOf(parts, connection, owner, { user, proof, request });
  if (isDemanded) {
    await endSessionsWithoutFactor(connection, user, session.id);
    await dropKeysWithoutFactor(connection, user);
  }
  await tellOwner(parts, connection, { account, request, type: proof === "totp" ? "totpAdded" : "passkeyAdded" });
  return { session, ...(isGiven ? { recoveryCodes: recovery.codes } : {}) };
}

async function sessionOf(
  parts: AuthParts,
  connection: Connection,
  owner: FactorOwner,
  { user, proof, request }: { readonly user: string; readonly proof: ProofName; readonly request: AuthRequest },
): Promise<FactorAdded["session"]> {
  if ("me" in owner) return parts.sessions.prove(connection, owner.me, proof);
  const now = parts.clock.now();
  const pending = await findPending(connection, owner.pending, now);
  if ((await useOneTime(connection, owner.pending, { purpose: "factor", now })) === undefined) throw endedSession();
  return startSession(parts, connection, { user, proofs: [pending.proof, proof], request, left: pending.left });
}

type Notice = Extract<
  AuthMessage["type"],
  "totpAdded" | "totpRemoved" | "passkeyAdded" | "passkeyRemoved" | "recoveryCodesMade" | "factorsReset"
>;

/** Every change of how somebody signs in is told to their address (ASVS 6.3.7). */
export async function tellOwner(
  parts: Pick<AuthParts, "send" | "site">,
  connection: Connection,
  {
    account: { address },
    type,
    request,
  }: { readonly account: ProvedAccount["account"]; readonly type: Notice; readonly request: Pick<AuthRequest, "language"> },
): Promise<void> {
  if (address === null) return;
  await parts.send(connection, { to: address, language: request.language, message: { type, link: linkTo(parts, "reset") } });
}
