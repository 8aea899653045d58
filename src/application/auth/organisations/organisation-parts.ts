import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import type { AuthParts } from "../auth-parts.ts";
import { recentlyProved } from "../factors/recent-proof.ts";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import type { InvitationTable } from "./invitation-table.ts";
import { aboveOwn, highestRole, mayGive } from "./member-roles.ts";
import type { Membership, Memberships } from "./memberships.ts";

/** What everything about organisations works with. */
export interface OrganisationParts extends AuthParts {
  readonly organisations: OrganisationsDefinition;
  readonly memberships: Memberships;
  readonly invitations: InvitationTable;
}

type Reader = Pick<Connection, "get" | "all">;

/** Their own membership. Throws `notFound` for whoever has none: an organisation of others is not there. */
export async function ownMembership(
  { memberships }: Pick<OrganisationParts, "memberships">,
  connection: Reader,
  { me, organisation }: { readonly me: Actor; readonly organisation: string },
): Promise<Membership> {
  const own = await memberships.find(connection, organisation, me.id);
  if (own === undefined) throw new AppError("notFound", { message: "There is no such organisation." });
  return own;
}

/** The same of somebody who looks after it. Throws `forbidden` for other members. */
export async function managing(
  parts: Pick<OrganisationParts, "memberships" | "organisations">,
  connection: Reader,
  asked: { readonly me: Actor; readonly organisation: string },
): Promise<Membership> {
  const own = await ownMembership(parts, connection, asked);
  if (!parts.organisations.managers.includes(own.role))
    throw new AppError("forbidden", { message: "Your role in this organisation does not look after its members." });
  return own;
}

/**
 * Whether somebody may give or take these roles: none above their own, and that of owners only after a recent proof, since it can be used to take the organisation
 * away from all others. Throws `forbidden`, `proofRequired`.
 */
export async function checkRoles(
  parts: OrganisationParts,
  connection: Reader,
  { me, own, roles }: { readonly me: Actor; readonly own: Membership; readonly roles: readonly string[] },
): Promise<void> {
  const { organisations } = parts;
  if (roles.some((role) => !mayGive(organisations, own.role, role))) throw aboveOwn();
  if (roles.includes(highestRole(organisations))) await recentlyProved(parts, connection, me);
}
