import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { addressKey } from "../mail/address.ts";
import { type Account, keepAddress, setAddress } from "./account-table.ts";
import { otherAccount, usedLink } from "./auth-errors.ts";
import { type AuthParts, type AuthRequest, countAttempt, invalid, linkTo, readTypedAddress } from "./auth-parts.ts";
import { recentlyProved } from "./factors/recent-proof.ts";
import { takeMail } from "./mail-budget.ts";
import { dropTokensFor, dropUserTokens, issueOneTime, rewriteOneTime, useOneTime } from "./one-time-tokens.ts";
import { hashOf } from "./secret-token.ts";

export interface AddressChange {
  /**
   * Asks for another address. A link goes to the new address, to show that mail reaches it, and one to the present address, to agree; it changes when
   * both have been followed. Throws `proofRequired` where they have not shown who they are within ten minutes, by a second factor where the account
   * demands one.
   */
  request(me: Actor, input: { readonly email: unknown }, request: AuthRequest): Promise<void>;
  /**
   * Follows one of the links, as whoever is signed in with that account: else its owner would get an address of somebody else by that one's click. `changed` is
   * false while the other link is waited for. Throws `signInRequired`, and `forbidden`, which uses nothing up, for another account.
   */
  confirm(me: Actor, input: { readonly token: unknown }, request: AuthRequest): Promise<{ readonly changed: boolean }>;
}

/** What is kept with each of the two links. */
interface Change {
  readonly address: string;
  readonly addressKey: string;
  /** The hash of the other link (hexadecimal); null where it is not waited for, or was followed. */
  readonly other: string | null;
}

export function createAddressChange(parts: AuthParts): AddressChange {
  const { definition, database, accounts, send, codeKey, clock } = parts;

  async function begin(
    connection: Connection,
    account: Account,
    wanted: { readonly address: string; readonly key: string },
    { caller, language }: AuthRequest,
  ) {
    const { user, address: present } = account;
    const { address, key } = wanted;
    const now = clock.now();
    const owner = await accounts.findByAddress(connection, key);
    if (!(await takeMail(connection, codeKey, { addressKey: key, kind: "change", caller, now }))) return;
    await dropTokensFor(connection, user, "change");
    const token = (addressKey: string, other: string | null): Promise<string> => {
      const change: Change = { address, addressKey: key, other };
      return issueOneTime(connection, { purpose: "change", user, addressKey, data: { ...change }, now });
    };
    // Nobody need agree who has not shown that the present address is theirs.
    const isAgreed = present === null || !account.verified;
    const confirming = await token(key, null);
    if (!isAgreed) {
      const hash = (secret: string): string => Buffer.from(hashOf(secret)).toString("hex");
      const approving = await token(addressKey(present), hash(confirming));
      await rewriteOneTime(connection, hashOf(confirming), { data: { address, addressKey: key, other: hash(approving) }, now });
      const message = { type: "approveAddressChange", link: linkTo(parts, "change", approving), address } as const;
      await send(connection, { to: present, language, message });
    }
    // Whoever has an account there is told that somebody wants their address; whoever asks cannot tell.
    if (owner?.address !== undefined && owner.address !== null)
      await send(connection, {
        to: owner.address,
        language,
        message: { type: "alreadySignedUp", link: linkTo(parts, "signIn") },
      });
    else
      await send(connection, {
        to: address,
        language,
        message: { type: "confirmAddressChange", link: linkTo(parts, "change", confirming) },
      });
  }

  async function change(
    connection: Connection,
    account: Account,
    { address, addressKey: key }: Change,
    language: string | undefined,
  ) {
    if ((await accounts.findByAddress(connection, key)) !== undefined) throw usedLink();
    const now = clock.now();
    await setAddress(connection, account.user, { address, addressKey: key, now });
    await keepAddress(connection, definition.users, { user: account.user, address, changed: now });
    // What was sent to the old address is good no more.
    await dropUserTokens(connection, account.user);
    if (account.address !== null)
      await send(connection, { to: account.address, language, message: { type: "addressChanged", address } });
  }

  return {
    async request(me, { email }, request) {
      const wanted = readTypedAddress(email);
      await countAttempt(parts, request);
      await database.transaction(async (connection) => {
        const { account } = await recentlyProved(parts, connection, me);
        if (account.address !== null && addressKey(account.address) === wanted.key)
          throw invalid([{ field: "email", message: "is your address already" }]);
        await begin(connection, account, wanted, request);
      });
    },

    async confirm(me, { token }, request) {
      if (me.session === undefined) throw new AppError("signInRequired");
      await countAttempt(parts, request);
      return database.transaction(async (connection) => {
        const purpose = { purpose: "change", now: clock.now() } as const;
        const used = await useOneTime(connection, token, purpose);
        const account = used?.user === undefined || used.user === null ? undefined : await accounts.find(connection, used.user);
        if (used === undefined || account === undefined || account.suspended) throw usedLink();
        if (account.user !== me.id) throw otherAccount();
        const wanted = used.data as unknown as Change;
        if (wanted.other === null) {
          await change(connection, account, wanted, request.language);
          return { changed: true };
        }
        const data = { address: wanted.address, addressKey: wanted.addressKey, other: null };
        if (!(await rewriteOneTime(connection, Buffer.from(wanted.other, "hex"), { data, now: purpose.now }))) throw usedLink();
        return { changed: false };
      });
    },
  };
}
