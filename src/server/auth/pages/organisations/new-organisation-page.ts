import { readPageFields } from "#application";
import { AppError } from "#contract";
import { html } from "../../../pages/html.ts";
import type { AuthPage } from "../../page/auth-page.ts";
import { form, rowField } from "../../page/fields.ts";
import { paths } from "../../page/paths.ts";
import { organisationPath, organisationsOf } from "./organisation-visit.ts";

/** To make an organisation: asks for what each needs. */
export const newOrganisationPage: AuthPage = {
  path: paths.newOrganisation,
  rows: "organisation",
  show(visit, draft) {
    const { say } = visit;
    visit.signedIn();
    return {
      title: say("organisationNew"),
      text: say("organisationNewText"),
      body: form(visit, {
        path: paths.newOrganisation,
        button: "organisationNewButton",
        fields: organisationsOf(visit).definition.fields.map((each) => rowField(visit, draft, each)),
      }),
      more: html`<p class="aside"><a href="${paths.organisations}">${say("organisationsTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const me = visit.signedIn();
    const organisations = organisationsOf(visit);
    const { row, problems } = readPageFields(organisations.definition.fields, visit.given);
    if (problems.length > 0) throw new AppError("validationFailed", { fields: problems });
    const { organisation } = await organisations.create(me, { organisation: row }, visit.request);
    return visit.go(organisationPath(organisation, "made"));
  },
};
