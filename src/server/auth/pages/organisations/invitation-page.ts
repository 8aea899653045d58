import { AppError } from "#contract";
import { html, type Html } from "../../../pages/html.ts";
import type { AuthPage, Scene } from "../../page/auth-page.ts";
import { hidden } from "../../page/fields.ts";
import { paths } from "../../page/paths.ts";
import { withReturn } from "../../page/return-address.ts";
import type { Visit } from "../../page/visit.ts";
import { nameIn, organisationPath, organisationsOf, roleIn } from "./organisation-visit.ts";

/**
 * Where the link of an invitation leads. Its token goes into a cookie at once, out of the address, and lasts there through signing up; the form has it
 * besides, so that of two invitations in two windows each accepts its own.
 */
export const invitationPage: AuthPage = {
  path: paths.invitation,
  onlyOnce: true,
  async show(visit) {
    const { say, given, me } = visit;
    if (given("done") === "declined") return declined(visit);
    const linked = given("token");
    if (linked !== "" && visit.exchange.method !== "POST")
      return visit.go(paths.invitation, { cookies: [visit.keepInvitation(linked)] });
    const token = linked === "" ? visit.invitation : linked;
    try {
      const { name, role } = await organisationsOf(visit).invitations.read(me, { token }, visit.request);
      return {
        title: say("invitationTitle"),
        text: say("invitationText", { organisation: nameIn(visit, name), role: roleIn(visit, role) }),
        body: me?.session === undefined ? waysIn(visit) : button(visit, { act: "accept", token, main: true }),
        more: button(visit, { act: "decline", token, main: false }),
      };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      if (thrown.error === "usedLink") return over(visit);
      if (thrown.error === "otherAddress") return forAnother(visit);
      throw thrown;
    }
  },
  async submit(visit) {
    const { given, request, me } = visit;
    const token = given("token");
    const { invitations } = organisationsOf(visit);
    const forget = [visit.keepInvitation(undefined)];
    try {
      if (given("do") === "decline") {
        await invitations.decline(me, { token }, request);
        return visit.go(`${paths.invitation}?done=declined`, { cookies: forget });
      }
      const { organisation } = await invitations.accept(visit.signedIn(), { token }, request);
      return visit.go(organisationPath(organisation, "joined"), { cookies: forget });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      if (thrown.error === "usedLink") return over(visit);
      if (thrown.error === "otherAddress") return forAnother(visit);
      throw thrown;
    }
  },
};

function button(
  { say }: Visit,
  { act, token, main }: { readonly act: "accept" | "decline"; readonly token: string | undefined; readonly main: boolean },
): Html {
  return html`<form method="post" action="${paths.invitation}">${hidden("do", act)}${hidden("token", token)}
<button class="button${main ? " main" : ""}">${say(act === "accept" ? "invitationAccept" : "invitationDecline")}</button></form>`;
}

/** To somebody who is not signed in: their address has to be shown first. */
function waysIn({ say, auth }: Visit): Html {
  const isOpen = auth.definition.signUp === "open";
  return html`<p>${say("invitationNeeds")}</p>
<p><a class="button main" href="${withReturn(paths.signIn, paths.invitation)}">${say("invitationSignIn")}</a></p>
${isOpen ? html`<p><a class="button" href="${withReturn(paths.signUp, paths.invitation)}">${say("invitationSignUp")}</a></p>` : null}`;
}

/** Which address it is for is not told, nor what it is to. */
async function forAnother(visit: Visit): Promise<Scene> {
  const { say, auth } = visit;
  const address = (visit.me === null ? null : await auth.addressOf(visit.me.id)) ?? "";
  return {
    title: say("invitationOtherTitle"),
    text: say("invitationOtherText", { address }),
    status: 403,
    body: html`<form method="post" action="${paths.signOut}">${hidden("to", paths.invitation)}<button class="button main">${say("signOutButton")}</button></form>`,
    more: html`<p class="aside"><a href="${paths.organisations}">${say("organisationsTitle")}</a></p>`,
  };
}

function over(visit: Visit): Scene {
  const { say, home } = visit;
  return {
    title: say("usedTitle"),
    text: say("invitationOver"),
    status: 400,
    body: html`<p><a class="button main" href="${home}">${say("back")}</a></p>`,
    cookies: [visit.keepInvitation(undefined)],
  };
}

function declined({ say, home }: Visit): Scene {
  return {
    title: say("declinedTitle"),
    text: say("declinedText"),
    body: html`<p><a class="button main" href="${home}">${say("back")}</a></p>`,
  };
}
