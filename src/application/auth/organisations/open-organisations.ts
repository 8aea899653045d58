import type { Logger } from "#base";
import type { Database, Table } from "#database";
import { logged } from "../auth-log.ts";
import type { AuthParts } from "../auth-parts.ts";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import { createInvitationAnswers, type InvitationAnswers } from "./invitation-answers.ts";
import { createInvitationTable } from "./invitation-table.ts";
import { createInvitationCalls, type InvitationCalls } from "./invitations.ts";
import { ownersListener } from "./keep-owners.ts";
import { createMemberCalls, type MemberCalls } from "./members.ts";
import { createMemberships } from "./memberships.ts";
import { createOrganisationCalls, type OrganisationCalls } from "./organisations.ts";

/** Organisations of a back end that runs: what routes and pages call. */
export interface Organisations extends OrganisationCalls {
  readonly definition: OrganisationsDefinition;
  readonly members: MemberCalls;
  readonly invitations: InvitationCalls & InvitationAnswers;
}

/** Undefined where the back end has none. The tables are there: `createOrganisationTables`. */
export function openOrganisations(parts: AuthParts, logger: Logger): Organisations | undefined {
  const { users, organisations } = parts.definition;
  if (organisations === undefined) return undefined;
  const own = {
    ...parts,
    organisations,
    memberships: createMemberships(organisations, users),
    invitations: createInvitationTable(organisations, users),
  };
  return {
    definition: organisations,
    ...logged("organisations", createOrganisationCalls(own), logger),
    members: logged("members", createMemberCalls(own), logger),
    invitations: logged("invitations", { ...createInvitationCalls(own), ...createInvitationAnswers(own) }, logger),
  };
}

/** Holds what must be true of memberships, until the function that it gives is called. */
export function holdOrganisations(
  database: Pick<Database, "onBeforeCommit">,
  { users, organisations }: { readonly users: Table; readonly organisations: OrganisationsDefinition | undefined },
): () => void {
  return organisations === undefined ? () => {} : database.onBeforeCommit(ownersListener(organisations, users));
}
