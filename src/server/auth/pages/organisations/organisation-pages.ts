import type { AuthPage } from "../../page/auth-page.ts";
import { changeOrganisationPage } from "./change-organisation-page.ts";
import { invitationPage } from "./invitation-page.ts";
import { membersPage } from "./members-page.ts";
import { newOrganisationPage } from "./new-organisation-page.ts";
import { organisationsPage } from "./organisations-page.ts";

/** The pages of a back end whose people belong to organisations. */
export const organisationPages: readonly AuthPage[] = [
  organisationsPage,
  newOrganisationPage,
  changeOrganisationPage,
  membersPage,
  invitationPage,
];
