import type { AuthPageWords, OwnOrganisation } from "#application";
import { html, type Html } from "../../../pages/html.ts";
import type { AuthPage } from "../../page/auth-page.ts";
import { paths } from "../../page/paths.ts";
import type { Visit } from "../../page/visit.ts";
import { nameIn, organisationPath, organisationsOf, roleIn } from "./organisation-visit.ts";

const doneWords: Readonly<Record<string, keyof AuthPageWords>> = { left: "doneLeft" };

/** The organisations of whoever asks. */
export const organisationsPage: AuthPage = {
  path: paths.organisations,
  async show(visit) {
    const { say, given } = visit;
    const list = await organisationsOf(visit).list(visit.signedIn());
    const done = given("done");
    return {
      title: say("organisationsTitle"),
      text: say(list.length === 0 ? "organisationsNone" : "organisationsText"),
      done: Object.hasOwn(doneWords, done) ? say(doneWords[done] as keyof AuthPageWords) : undefined,
      body: html`${list.length === 0 ? null : html`<ul class="sessions">${list.map((each) => item(visit, each))}</ul>`}
<p><a class="button${list.length === 0 ? " main" : ""}" href="${paths.newOrganisation}">${say("organisationNew")}</a></p>`,
      more: html`<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
    };
  },
};

function item(visit: Visit, each: OwnOrganisation): Html {
  return html`<li class="line"><p><a href="${organisationPath(each.organisation)}"><strong>${nameIn(visit, each.name)}</strong></a></p>
<span class="tag">${roleIn(visit, each.role)}</span></li>`;
}
