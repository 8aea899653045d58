import { html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { emailField, form, hidden } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { sentPath } from "./sent-page.ts";

/** To ask for a link that signs in, and where it leads. */
export const linkPage: AuthPage = {
  path: paths.link,
  onlyOnce: true,
  show: (visit, draft) => (visit.given("token") === "" ? ask(visit, draft) : use(visit)),
  async submit(visit) {
    const { auth, given, request, state, to } = visit;
    const token = given("token");
    if (token !== "") return visit.enter(await auth.signInLink.use({ token }, request), state.to);
    const email = given("email");
    await auth.signInLink.request({ email }, request);
    return visit.go(sentPath("link"), { state: { address: email.trim(), to } });
  },
};

function ask(visit: Visit, draft: Draft): Scene {
  const { say, to } = visit;
  return {
    title: say("linkTitle"),
    text: say("linkText"),
    body: form(visit, { path: paths.link, button: "linkButton", fields: [emailField(visit, draft, { first: true })] }),
    more: html`<p class="aside"><a href="${withReturn(paths.signIn, to)}">${say("byPassword")}</a></p>`,
  };
}

async function use(visit: Visit): Promise<Scene> {
  const { say, given, auth } = visit;
  await auth.signInLink.look({ token: given("token") });
  return {
    title: say("useLinkTitle"),
    text: say("useLinkText"),
    body: form(visit, { path: paths.link, button: "signInButton", fields: [hidden("token", given("token"))] }),
    cookies: [visit.mark()],
  };
}
