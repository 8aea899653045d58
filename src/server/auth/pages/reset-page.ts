import { html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { emailField, form, hidden, passwordField, passwordOwner } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { sentPath } from "./sent-page.ts";

/** To ask for a link by which one chooses a new password, and where it leads. */
export const resetPage: AuthPage = {
  path: paths.reset,
  onlyOnce: true,
  show: (visit, draft) => (visit.given("token") === "" ? ask(visit, draft) : choose(visit, draft)),
  async submit(visit) {
    const { auth, given, request, to } = visit;
    const token = given("token");
    if (token !== "") {
      await auth.passwordReset.reset({ token, password: given("password") }, request);
      const path = withReturn(`${paths.signIn}?done=reset`, visit.state.to);
      return visit.go(path, { cookies: [visit.leave] });
    }
    const email = given("email");
    await auth.passwordReset.request({ email }, request);
    return visit.go(sentPath("reset"), { state: { address: email.trim(), to } });
  },
};

function ask(visit: Visit, draft: Draft): Scene {
  const { say, to } = visit;
  return {
    title: say("forgotTitle"),
    text: say("forgotText"),
    body: form(visit, { path: paths.reset, button: "forgotButton", fields: [emailField(visit, draft, { first: true })] }),
    more: html`<p class="aside"><a href="${withReturn(paths.signIn, to)}">${say("toSignIn")}</a></p>`,
  };
}

async function choose(visit: Visit, draft: Draft): Promise<Scene> {
  const { say, given, auth } = visit;
  // Nobody is to think of a password for a link that is over.
  const { address } = await auth.passwordReset.look({ token: given("token") });
  return {
    title: say("resetTitle"),
    text: say("resetText"),
    body: form(visit, {
      path: paths.reset,
      button: "resetButton",
      fields: [
        hidden("token", given("token")),
        passwordOwner(address),
        passwordField(visit, draft, { isNew: true, label: say("newPassword"), first: true }),
      ],
    }),
  };
}
