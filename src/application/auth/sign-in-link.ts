import { setPassword } from "./account-table.ts";
import { usedLink } from "./auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, linkTo, readTypedAddress } from "./auth-parts.ts";
import { findOneTime, useOneTime } from "./one-time-tokens.ts";
import { requestMail } from "./request-mail.ts";
import type { ProofName } from "./session-table.ts";
import { endWhatWasBefore } from "./first-proof.ts";
import type { SignInOutcome } from "./factors/pending-sign-in.ts";
import { beginSession } from "./sign-in.ts";
import type { Connection } from "#database";

export interface SignInLink {
  /** Sends a link to the account of that address. Where there is none, nothing is sent, and nobody can tell. */
  request(input: { readonly email: unknown }, request: AuthRequest): Promise<void>;
  /** Throws `usedLink` for a link that is good no more, and uses nothing up. */
  look(input: { readonly token: unknown }): Promise<void>;
  /** Signs in, once. */
  use(input: { readonly token: unknown }, request: AuthRequest): Promise<SignInOutcome>;
}

export function createSignInLink(parts: AuthParts): SignInLink {
  const { database, clock } = parts;
  return {
    async request({ email }, request) {
      const { key } = readTypedAddress(email);
      await countAttempt(parts, request);
      await requestMail(parts, {
        key,
        purpose: "link",
        request,
        message: (token) => ({ type: "signInLink", link: linkTo(parts, "link", token) }),
      });
    },
    async look({ token }) {
      const found = await findOneTime(database, token, { purpose: "link", now: clock.now() });
      if (found === undefined || found.user === null) throw usedLink();
    },
    async use({ token }, request) {
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        const used = await useOneTime(connection, token, { purpose: "link", now: clock.now() });
        if (used === undefined || used.user === null) throw usedLink();
        return signInByMail(parts, connection, { user: used.user, proof: "link", request });
      });
    },
  };
}

/**
 * Signs in whoever got something by mail. Had nobody shown yet that the address is theirs, then whatever let somebody in until now was not
 * theirs: a password that was set goes too.
 */
export async function signInByMail(
  parts: AuthParts,
  connection: Connection,
  { user, proof, request }: { readonly user: string; readonly proof: ProofName; readonly request: AuthRequest },
): Promise<SignInOutcome> {
  const { accounts, clock } = parts;
  const account = await accounts.find(connection, user);
  if (account === undefined || account.suspended) throw usedLink();
  if (!account.verified) {
    await setPassword(connection, user, undefined, clock.now());
    await endWhatWasBefore(parts, connection, account);
  }
  return beginSession(parts, connection, { user, proof, request });
}
