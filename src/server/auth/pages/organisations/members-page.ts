import type { AuthPageWords, Member, OwnOrganisation } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../../http/exchange.ts";
import { html, type Html } from "../../../pages/html.ts";
import type { AuthPage } from "../../page/auth-page.ts";
import { hidden } from "../../page/fields.ts";
import { paths } from "../../page/paths.ts";
import type { Visit } from "../../page/visit.ts";
import { invitationsPart } from "./invitations-part.ts";
import { findOwn, nameIn, organisationPath, organisationsOf, proveAndComeBack, roleField, roleIn } from "./organisation-visit.ts";

/** One organisation: its members, and for those who look after it their roles and the invitations that wait. */
export const membersPage: AuthPage = {
  path: paths.members,
  again: paths.organisations,
  async show(visit, draft) {
    const { say, given } = visit;
    visit.signedIn();
    if (given("organisation") === "") return visit.go(paths.organisations);
    const own = await findOwn(visit);
    const members = await organisationsOf(visit).members.list(visit.signedIn(), own.organisation);
    const done = given("done");
    return {
      title: nameIn(visit, own.name),
      text: say("yourRole", { role: roleIn(visit, own.role) }),
      done: Object.hasOwn(doneWords, done) ? say(doneWords[done] as keyof AuthPageWords) : undefined,
      wide: true,
      body: html`<section class="part">
<h2>${say("membersTitle")}</h2>
<ul class="sessions">${members.map((each) => item(visit, own, each))}</ul>
</section>
${own.manages ? await invitationsPart(visit, draft, own) : null}
${leavePart(visit, own)}`,
      more: html`${own.manages && organisationsOf(visit).definition.fields.length > 0 ? html`<p class="aside"><a href="${paths.changeOrganisation}?organisation=${own.organisation}">${say("organisationChange")}</a></p>` : null}
<p class="aside"><a href="${paths.organisations}">${say("organisationsTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const organisation = visit.given("organisation");
    const act = Object.hasOwn(acts, visit.given("do")) ? acts[visit.given("do")] : undefined;
    if (act === undefined) throw new AppError("invalidBody", { details: "There is no such button." });
    try {
      return await act(visit, organisation);
    } catch (thrown) {
      return proveAndComeBack(visit, thrown, organisationPath(organisation));
    }
  },
};

const doneWords: Readonly<Record<string, keyof AuthPageWords>> = {
  made: "doneMade",
  joined: "doneJoined",
  saved: "doneSaved",
  invited: "doneInvited",
  withdrawn: "doneWithdrawn",
  role: "doneRole",
  removed: "doneRemoved",
};

type Act = (visit: Visit, organisation: string) => Promise<Answer>;

/** What the buttons of the page do, by their names. */
const acts: Readonly<Record<string, Act>> = {
  async role(visit, organisation) {
    const { given, request } = visit;
    const change = { organisation, user: given("user"), role: given("role") };
    await organisationsOf(visit).members.changeRole(visit.signedIn(), change, request);
    return visit.go(organisationPath(organisation, "role"));
  },
  async remove(visit, organisation) {
    const { given, request } = visit;
    await organisationsOf(visit).members.remove(visit.signedIn(), { organisation, user: given("user") }, request);
    return visit.go(organisationPath(organisation, "removed"));
  },
  async leave(visit, organisation) {
    const me = visit.signedIn();
    await organisationsOf(visit).members.remove(me, { organisation, user: me.id }, visit.request);
    return visit.go(`${paths.organisations}?done=left`);
  },
  async invite(visit, organisation) {
    const { given, request } = visit;
    const invitation = { organisation, email: given("email"), role: given("role") };
    await organisationsOf(visit).invitations.invite(visit.signedIn(), invitation, request);
    return visit.go(organisationPath(organisation, "invited"));
  },
  async resend(visit, organisation) {
    const invitation = { organisation, invitation: visit.given("invitation") };
    await organisationsOf(visit).invitations.resend(visit.signedIn(), invitation, visit.request);
    return visit.go(organisationPath(organisation, "invited"));
  },
  async withdraw(visit, organisation) {
    const invitation = { organisation, invitation: visit.given("invitation") };
    await organisationsOf(visit).invitations.withdraw(visit.signedIn(), invitation, visit.request);
    return visit.go(organisationPath(organisation, "withdrawn"));
  },
};

function item(visit: Visit, own: OwnOrganisation, { user, name, role, since }: Member): Html {
  const { say, when, now } = visit;
  const called = name === null || name.trim() === "" ? say("memberNameless") : name;
  const isMe = user === visit.signedIn().id;
  const seconds = Math.max(0, now - Date.parse(since)) / 1000;
  const ago = when(seconds < 60 ? 0 : -seconds);
  const mayChange = !isMe && own.manages && own.gives.includes(role);
  return html`<li>
<div class="line"><p><strong>${called}</strong>${isMe ? html` <span class="tag">${say("memberYou")}</span>` : null}
<span class="quiet">${say("memberSince", { time: ago })}</span></p>
<span class="tag">${roleIn(visit, role)}</span></div>
${mayChange ? change(visit, own, { user, role, called }) : null}
</li>`;
}

/** What can be done with a member, behind a word, so that a long list stays one. */
function change(
  visit: Visit,
  { organisation, gives }: OwnOrganisation,
  { user, role, called }: { readonly user: string; readonly role: string; readonly called: string },
): Html {
  const { say } = visit;
  const about = html`${hidden("organisation", organisation)}${hidden("user", user)}`;
  return html`<details>
<summary aria-label="${say("memberChangeOf", { name: called })}">${say("memberChange")}</summary>
<div class="drawer">
<form method="post" action="${paths.members}" novalidate>${hidden("do", "role")}${about}
${roleField(visit, { id: `role-${user}`, roles: gives, selected: role })}
<button class="button">${say("memberRoleButton")}</button></form>
<form method="post" action="${paths.members}">${hidden("do", "remove")}${about}<button class="button" aria-label="${say("memberRemoveOf", { name: called })}">${say("memberRemove")}</button></form>
</div>
</details>`;
}

function leavePart({ say }: Visit, { organisation }: OwnOrganisation): Html {
  return html`<section class="part">
<details>
<summary>${say("leaveTitle")}</summary>
<div class="drawer">
<p>${say("leaveText")}</p>
<form method="post" action="${paths.members}">${hidden("do", "leave")}${hidden("organisation", organisation)}<button class="button">${say("leaveButton")}</button></form>
</div>
</details>
</section>`;
}
