import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { isAnonymous } from "../anonymous/is-anonymous.ts";
import type { Account } from "../account-table.ts";
import type { AuthParts } from "../auth-parts.ts";
import { endedSession } from "../sessions.ts";
import { countFactors, type FactorCounts } from "./factor-tables.ts";
import { demandsFactor } from "./pending-sign-in.ts";

/** Milliseconds for which a proof lets somebody change how they sign in. */
export const changeProofAge = 600_000;

export interface ProvedAccount {
  readonly account: Account;
  readonly counts: FactorCounts;
}

/**
 * The account of somebody who is about to change how they sign in. Whoever finds an open browser must not: they have shown who they are within
 * ten minutes, by a second factor where the account demands one (ASVS 7.5.1). Throws `signInRequired` for a token, `proofRequired`.
 */
export async function recentlyProved(
  parts: Pick<AuthParts, "definition" | "accounts" | "clock">,
  connection: Pick<Connection, "get" | "all">,
  me: Actor,
): Promise<ProvedAccount> {
  const { session, impersonator } = me;
  if (impersonator !== undefined) throw new AppError("impersonating");
  if (session === undefined)
    throw new AppError("signInRequired", { message: "This needs a session: the token of a program has none." });
  if (isAnonymous(me))
    throw new AppError("forbidden", {
      message: "This needs an account that somebody can sign in to: sign up first.",
      hint: "POST /auth/v1/sign-up keeps what you have.",
    });
  const account = await parts.accounts.find(connection, me.id);
  if (account === undefined) throw endedSession();
  const counts = await countFactors(connection, me.id);
  const needsFactor = demandsFactor(parts, account, counts);
  const proved = needsFactor ? session.factorProved : session.proved;
  if (proved === undefined || parts.clock.now() - proved > changeProofAge)
    throw new AppError("proofRequired", {
      hint: `POST /auth/v1/prove with ${needsFactor ? "a second factor" : "the password or a passkey"}, then ask again.`,
    });
  return { account, counts };
}

/** The same for what whoever has not signed up may do too, who has nothing to prove: to copy and to end what is theirs. */
export async function provedOwner(...[parts, connection, me]: Parameters<typeof recentlyProved>): Promise<Account> {
  if (!isAnonymous(me)) return (await recentlyProved(parts, connection, me)).account;
  const account = await parts.accounts.find(connection, me.id);
  if (account === undefined) throw endedSession();
  return account;
}

/** Whether that would not throw `proofRequired`. */
export async function isProvedOwner(...given: Parameters<typeof recentlyProved>): Promise<boolean> {
  try {
    await provedOwner(...given);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.error === "proofRequired") return false;
    throw thrown;
  }
}
