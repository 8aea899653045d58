import type { Connection } from "#database";
import type { Records } from "../../records/records.ts";
import { claimAccount, keepAddress } from "../account-table.ts";
import type { AuthParts } from "../auth-parts.ts";
import { newAnonymous, type NewUserRow, updateUser } from "../new-user.ts";
import { dropUserTokens } from "../one-time-tokens.ts";
import { endSessions } from "../session-table.ts";
import { unmarkAnonymous } from "./anonymous-table.ts";

export interface RealAccount {
  readonly user: string;
  /** Null where they sign in by something else: an identity elsewhere. */
  readonly address: string | null;
  /** `addressKey(address)`, which no other account may have. */
  readonly addressKey: string | null;
  readonly verified: boolean;
  readonly passwordHash: string | undefined;
  /** What they said of themselves: fields of their row in `users`. */
  readonly row: NewUserRow;
}

/**
 * Makes an anonymous account one that somebody can sign in to, within a transaction: with the same id, and all that refers to it. `openAccount` calls it
 * for every way to sign up. Its sessions end, so that nobody has planted one; the caller begins the next. False where the account is not
 * anonymous any more, or gone: then nothing was done.
 */
export async function becomeReal(
  { definition, clock }: Pick<AuthParts, "definition" | "clock">,
  { records, connection }: { readonly records: Records; readonly connection: Connection },
  { user, row, ...account }: RealAccount,
): Promise<boolean> {
  if (!(await unmarkAnonymous(connection, user))) return false;
  const now = clock.now();
  await updateUser(records, { id: user, user: row }, newAnonymous(user));
  await claimAccount(connection, { user, ...account }, now);
  if (account.address !== null) await keepAddress(connection, definition.users, { user, address: account.address, changed: now });
  await endSessions(connection, user);
  await dropUserTokens(connection, user);
  return true;
}
