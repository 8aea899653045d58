import { type Actor, AppError } from "#contract";
import { addressKey } from "../mail/address.ts";
import { setVerified } from "./account-table.ts";
import { otherAccount, usedLink } from "./auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, linkTo } from "./auth-parts.ts";
import { useOneTime } from "./one-time-tokens.ts";
import { requestMail } from "./request-mail.ts";

export interface VerifyAddress {
  /** Sends a link to the address of whoever asks, where it is not confirmed: an administrator made the account, say. */
  request(me: Actor, request: AuthRequest): Promise<void>;
  /**
   * Confirms the address of whoever asks. Whoever reads the mail is not enough: somebody may have made the account with an address of another, who would give it a
   * confirmed one by a click. Throws `signInRequired`, and `forbidden`, which uses nothing up, where the link is for another account.
   */
  confirm(me: Actor, input: { readonly token: unknown }, request: AuthRequest): Promise<void>;
}

export function createVerifyAddress(parts: AuthParts): VerifyAddress {
  const { database, accounts, clock } = parts;
  return {
    async request({ id }, request) {
      await countAttempt(parts, request);
      const account = await accounts.find(database, id);
      if (account === undefined || account.address === null) throw new AppError("notFound", { message: "There is no address." });
      if (account.verified) return;
      await requestMail(parts, {
        key: addressKey(account.address),
        purpose: "verify",
        request,
        message: (token) => ({ type: "confirmAddress", link: linkTo(parts, "verify", token) }),
      });
    },
    async confirm(me, { token }, request) {
      if (me.session === undefined) throw new AppError("signInRequired");
      await countAttempt(parts, request);
      await database.transaction(async (connection) => {
        const used = await useOneTime(connection, token, { purpose: "verify", now: clock.now() });
        const account = used?.user === undefined || used.user === null ? undefined : await accounts.find(connection, used.user);
        if (account === undefined || account.suspended) throw usedLink();
        if (account.user !== me.id) throw otherAccount();
        await setVerified(connection, account.user, clock.now());
      });
    },
  };
}
