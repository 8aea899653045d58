import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { type AuthRequest, invalid, linkTo, readTypedAddress } from "../auth-parts.ts";
import { newSecret } from "../secret-token.ts";
import { type Invitation, invitationAge, keepInvitation, mostInvitations, takeInvitation } from "./invitation-table.ts";
import { nameForMail } from "./mail-name.ts";
import { aboveOwn, mayGive, readRole } from "./member-roles.ts";
import { checkRoles, managing, type OrganisationParts } from "./organisation-parts.ts";
import { takeInvitationMail } from "./organisation-tables.ts";

/** An invitation, as those see it who look after the organisation. Whether the address has an account, nobody is told. */
export interface PendingInvitation {
  readonly id: string;
  readonly address: string;
  readonly role: string;
  /** The user who invited. */
  readonly by: string;
  /** ISO 8601, UTC, as what follows. */
  readonly created: string;
  readonly expires: string;
}

export interface InvitationCalls {
  /**
   * Invites whoever has an address, with a role not above one's own (`forbidden`); as an owner only after a recent proof (`proofRequired`). Another one
   * to the same address takes the place of the one before. Whoever invites has confirmed their own address. Throws `tooManyRequests` for who invites too many, and for
   * an organisation that does; that the address has got too many from others nobody is told, and then no mail is sent.
   */
  invite(
    me: Actor,
    input: { readonly organisation: string; readonly email: unknown; readonly role: unknown },
    request: AuthRequest,
  ): Promise<PendingInvitation>;
  /** Those that wait, the newest first. Throws `notFound`, `forbidden` for who does not look after the organisation. */
  list(me: Actor, organisation: string): Promise<readonly PendingInvitation[]>;
  /** Another mail, whose link takes the place of the one before; at most one a minute. */
  resend(me: Actor, invitation: GivenInvitation, request: AuthRequest): Promise<PendingInvitation>;
  /** Throws `notFound` where it does not wait any more. */
  withdraw(me: Actor, invitation: GivenInvitation, request: AuthRequest): Promise<void>;
}

export interface GivenInvitation {
  readonly organisation: string;
  readonly invitation: string;
}

/** Milliseconds from one mail of an invitation to the next. */
const BETWEEN_MAILS = 60_000;

export function createInvitationCalls(parts: OrganisationParts): InvitationCalls {
  const { database, rates, clock, ids, organisations, invitations, memberships } = parts;

  /** One that waits, and that whoever asks might have made. */
  async function waiting(connection: Connection, me: Actor, { organisation, invitation: id }: GivenInvitation) {
    const own = await managing(parts, connection, { me, organisation });
    const found = await invitations.find(connection, organisation, id, clock.now());
    if (found === undefined) throw new AppError("notFound", { message: "There is no such invitation." });
    if (!mayGive(organisations, own.role, found.role)) throw aboveOwn();
    return { own, found };
  }

  /**
   * Counts a mail by who asks for it and by the organisation: of its members alone, so that no stranger uses up what it has. Before the transaction, since what
   * counts may be in the database too.
   */
  async function count(me: Actor, organisation: string): Promise<void> {
    await managing(parts, database, { me, organisation });
    await rates.take("invitations", me.id);
    await rates.take("organisationInvitations", organisation);
  }

  /** Keeps it under a new token, and sends that, unless the address gets too many. */
  async function send(connection: Connection, invitation: Invitation, { language }: AuthRequest): Promise<void> {
    const token = newSecret();
    await keepInvitation(connection, invitation, token);
    if (!(await takeInvitationMail(connection, invitation.addressKey, clock.now()))) return;
    const name = nameForMail(await memberships.nameOf(connection, invitation.organisation));
    const link = linkTo(parts, "invitation", token);
    const organisation = name === "" ? new URL(parts.site()).host : name;
    await parts.send(connection, { to: invitation.address, language, message: { type: "invitation", link, organisation } });
  }

  return {
    async invite(me, { organisation, email, role: given }, request) {
      const { address, key } = readTypedAddress(email);
      const role = readRole(organisations, given);
      if (me.session?.verified !== true)
        throw new AppError("forbidden", { message: "Confirm your own address before you invite others." });
      await count(me, organisation);
      return database.transaction(async (connection) => {
        const own = await managing(parts, connection, { me, organisation });
        await checkRoles(parts, connection, { me, own, roles: [role] });
        const now = clock.now();
        const before = await invitations.findFor(connection, organisation, key);
        const isKept = before !== undefined && before.expires > now;
        if (isKept && before.declined !== undefined)
          throw invalid([
            { field: "email", message: "was declined by whoever has this address, and is not asked again so soon" },
          ]);
        if (isKept) {
          if (!mayGive(organisations, own.role, before.role)) throw aboveOwn();
          refuseHaste(before, now);
        } else if ((await invitations.list(connection, organisation, now)).length >= mostInvitations)
          throw new AppError("limitExceeded", { message: `At most ${mostInvitations} invitations may wait.` });
        const made = { id: ids.uuid(), organisation, address, addressKey: key, role, by: me.id, declined: undefined };
        const invitation = { ...made, created: now, sent: now, expires: now + invitationAge };
        await send(connection, invitation, request);
        return shown(invitation);
      });
    },

    async list(me, organisation) {
      await managing(parts, database, { me, organisation });
      return (await invitations.list(database, organisation, clock.now())).map(shown);
    },

    async resend(me, given, request) {
      await count(me, given.organisation);
      return database.transaction(async (connection) => {
        const { found } = await waiting(connection, me, given);
        const now = clock.now();
        refuseHaste(found, now);
        const again = { ...found, sent: now, expires: now + invitationAge };
        await send(connection, again, request);
        return shown(again);
      });
    },

    async withdraw(me, given) {
      await database.transaction(async (connection) => {
        const { found } = await waiting(connection, me, given);
        await takeInvitation(connection, found.id);
      });
    },
  };
}

function refuseHaste({ sent }: Invitation, now: number): void {
  const wait = sent + BETWEEN_MAILS - now;
  if (wait > 0) throw new AppError("tooManyRequests", { headers: { "retry-after": String(Math.ceil(wait / 1000)) } });
}

function shown({ id, address, role, by, created, expires }: Invitation): PendingInvitation {
  return { id, address, role, by, created: new Date(created).toISOString(), expires: new Date(expires).toISOString() };
}
