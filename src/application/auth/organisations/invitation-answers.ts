import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { authorOf } from "../../access/author.ts";
import { addressKey } from "../../mail/address.ts";
import { usedLink } from "../auth-errors.ts";
import { type AuthRequest, countAttempt } from "../auth-parts.ts";
import { declineInvitation, type Invitation, takeInvitation } from "./invitation-table.ts";
import type { OrganisationParts } from "./organisation-parts.ts";
import { addMember } from "./organisations.ts";

/** What an invitation offers. */
export interface Offer {
  readonly organisation: string;
  readonly name: string | null;
  readonly role: string;
  /** ISO 8601, UTC. */
  readonly expires: string;
}

/**
 * What whoever has the link of an invitation can do. All throw `usedLink` for one that is not good any more: it was used, withdrawn or declined, is older than a week,
 * its organisation is gone, or whoever invited has gone, is suspended, or could not give that role any more. Where somebody is signed in whose confirmed
 * address is another than the one that was invited, they are told that and nothing else (`otherAddress`).
 */
export interface InvitationAnswers {
  /** `me` null: nobody is signed in yet. */
  read(me: Actor | null, input: { readonly token: unknown }, request: AuthRequest): Promise<Offer>;
  /** Makes them a member, once. Who is one already stays as they are. */
  accept(
    me: Actor,
    input: { readonly token: unknown },
    request: AuthRequest,
  ): Promise<{ readonly organisation: string; readonly role: string }>;
  /** No other goes to that address from that organisation for thirty days. Takes no account. */
  decline(me: Actor | null, input: { readonly token: unknown }, request: AuthRequest): Promise<void>;
}

export function createInvitationAnswers(parts: OrganisationParts): InvitationAnswers {
  const { database, records, accounts, memberships, invitations, clock } = parts;

  async function find(connection: Pick<Connection, "get" | "all">, me: Actor | null, token: unknown): Promise<Invitation> {
    const found = await invitations.findByToken(connection, token, clock.now());
    if (found === undefined) throw usedLink();
    if (me !== null) {
      const account = await accounts.find(connection, me.id);
      const isTheirs = account?.verified === true && account.address !== null && addressKey(account.address) === found.addressKey;
      if (!isTheirs) throw new AppError("otherAddress");
    }
    return found;
  }

  return {
    async read(me, { token }, request) {
      await countAttempt(parts, request);
      const { organisation, role, expires } = await find(database, me, token);
      const name = await memberships.nameOf(database, organisation);
      return { organisation, name, role, expires: new Date(expires).toISOString() };
    },

    async accept(me, { token }, request) {
      if (me.session === undefined)
        throw new AppError("signInRequired", { message: "This needs a session: the token of a program has none." });
      await countAttempt(parts, request);
      return records.transaction(
        async (own, connection) => {
          const { id, organisation, role } = await find(connection, me, token);
          if (!(await takeInvitation(connection, id))) throw usedLink();
          const before = await memberships.find(connection, organisation, me.id);
          if (before !== undefined) return { organisation, role: before.role };
          await addMember(own, parts, { organisation, user: me.id, role });
          return { organisation, role };
        },
        { author: authorOf(me, request.requestId) },
      );
    },

    async decline(me, { token }, request) {
      await countAttempt(parts, request);
      await database.transaction(async (connection) => {
        const { id } = await find(connection, me, token);
        if (!(await declineInvitation(connection, id, clock.now()))) throw usedLink();
      });
    },
  };
}
