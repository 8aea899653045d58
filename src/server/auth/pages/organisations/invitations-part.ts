import type { OwnOrganisation, PendingInvitation } from "#application";
import { html, type Html } from "../../../pages/html.ts";
import type { Draft } from "../../page/auth-page.ts";
import { emailField, hidden } from "../../page/fields.ts";
import { paths } from "../../page/paths.ts";
import type { Visit } from "../../page/visit.ts";
import { organisationsOf, roleField, roleIn } from "./organisation-visit.ts";

/** The invitations that wait, and the form for another one. */
export async function invitationsPart(visit: Visit, draft: Draft, own: OwnOrganisation): Promise<Html> {
  const { say } = visit;
  const me = visit.signedIn();
  const waiting = await organisationsOf(visit).invitations.list(me, own.organisation);
  return html`<section class="part">
<h2>${say("invitationsTitle")}</h2>
${waiting.length === 0 ? null : html`<ul class="sessions">${waiting.map((each) => item(visit, own, each))}</ul>`}
${
  me.session.verified
    ? inviteForm(visit, draft, own)
    : html`<p>${say("inviteUnverified")} <a href="${paths.account}">${say("accountTitle")}</a></p>`
}
</section>`;
}

function item(visit: Visit, { organisation, gives }: OwnOrganisation, { id, address, role, expires }: PendingInvitation): Html {
  const { say, when, now } = visit;
  const about = html`${hidden("organisation", organisation)}${hidden("invitation", id)}`;
  const button = (act: "resend" | "withdraw", label: string, aria: string): Html =>
    html`<form method="post" action="${paths.members}">${hidden("do", act)}${about}<button class="button" aria-label="${aria}">${label}</button></form>`;
  return html`<li class="line">
<p><strong class="address">${address}</strong> <span class="tag">${roleIn(visit, role)}</span>
<span class="quiet">${say("invitationExpires", { time: when((Date.parse(expires) - now) / 1000) })}</span></p>
${
  gives.includes(role)
    ? html`<div class="pair">${button("resend", say("inviteResend"), say("inviteResendOf", { address }))}${button("withdraw", say("inviteWithdraw"), say("inviteWithdrawOf", { address }))}</div>`
    : null
}
</li>`;
}

function inviteForm(visit: Visit, draft: Draft, { organisation, gives }: OwnOrganisation): Html {
  const { say, given } = visit;
  const chosen = given("role");
  return html`<form method="post" action="${paths.members}" novalidate>
${hidden("do", "invite")}${hidden("organisation", organisation)}
${emailField(visit, draft, { hint: say("inviteText"), value: "", autocomplete: "off" })}
${roleField(visit, { id: "role", roles: gives, selected: gives.includes(chosen) ? chosen : gives.at(-1) })}
<button class="button main">${say("inviteButton")}</button>
</form>`;
}
