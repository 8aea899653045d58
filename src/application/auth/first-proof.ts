import type { Connection } from "#database";
import { type Account, setVerified } from "./account-table.ts";
import type { AuthParts } from "./auth-parts.ts";
import { countFactors } from "./factors/factor-tables.ts";
import { dropPasskeys } from "./factors/passkeys/passkey-table.ts";
import { demandsFactor } from "./factors/pending-sign-in.ts";
import { dropKeys } from "./keys/key-table.ts";
import { dropIdentities } from "./oauth/identity-table.ts";
import { dropUserTokens } from "./one-time-tokens.ts";
import { endAuthorizations } from "./provider/authorization-table.ts";
import { dropConsents } from "./provider/consent-table.ts";
import { endSessions } from "./session-table.ts";

/**
 * The address of an account is shown to be somebody's, for the first time. Whoever was let in until now need not have been them, so that what they
 * would come back by ends: sessions, keys, passkeys, other sites, apps, and all that is under way, such as a change to an address of their own (CVE-2024-38351,
 * GHSA-qq9h-g4jm-xgf3; Sudhodanan and Paverd, Pre-hijacked Accounts, 2022). The password is for the caller.
 */
export async function endWhatWasBefore(parts: AuthParts, connection: Connection, account: Account): Promise<void> {
  const { user } = account;
  await endSessions(connection, user);
  await dropKeys(connection, user);
  await endAuthorizations(connection, user);
  await dropConsents(connection, user);
  await dropUserTokens(connection, user);
  // A second factor stays: whoever gets past it is who set it up.
  if (!demandsFactor(parts, account, await countFactors(connection, user))) await dropPasskeys(connection, user);
  await dropIdentities(connection, user);
  await setVerified(connection, user, parts.clock.now());
}
