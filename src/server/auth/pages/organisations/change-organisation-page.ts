import { readPageFields } from "#application";
import { AppError } from "#contract";
import { html } from "../../../pages/html.ts";
import type { AuthPage } from "../../page/auth-page.ts";
import { form, hidden, rowField } from "../../page/fields.ts";
import { paths } from "../../page/paths.ts";
import { findOwn, nameIn, organisationPath, organisationsOf } from "./organisation-visit.ts";

/** To change what stands in the row of an organisation, as far as the rule `update` of its table lets whoever asks. */
export const changeOrganisationPage: AuthPage = {
  path: paths.changeOrganisation,
  rows: "organisation",
  async show(visit, draft) {
    const { say, given } = visit;
    const { organisation, name } = await findOwn(visit);
    const { definition, ...organisations } = organisationsOf(visit);
    const values = await organisations.values(visit.signedIn(), organisation);
    // What was typed, where the form is shown again; else what is there.
    const filled =
      draft.error === undefined ? { ...visit, given: (field: string): string => values[field] ?? given(field) } : visit;
    return {
      title: say("organisationChangeTitle"),
      text: nameIn(visit, name),
      body: form(visit, {
        path: paths.changeOrganisation,
        button: "organisationChangeButton",
        fields: [hidden("organisation", organisation), ...definition.fields.map((each) => rowField(filled, draft, each))],
      }),
      more: html`<p class="aside"><a href="${organisationPath(organisation)}">${say("cancel")}</a></p>`,
    };
  },
  async submit(visit) {
    const me = visit.signedIn();
    const organisations = organisationsOf(visit);
    const organisation = visit.given("organisation");
    const { row, problems } = readPageFields(organisations.definition.fields, visit.given);
    if (problems.length > 0) throw new AppError("validationFailed", { fields: problems });
    await organisations.change(me, { organisation, set: row });
    return visit.go(organisationPath(organisation, "saved"));
  },
};
