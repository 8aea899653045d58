import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { emailField, form } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import { paths } from "../page/paths.ts";

/** To ask for a code. What it is good together with stays in the browser that asked. */
export const codePage: AuthPage = {
  path: paths.code,
  show(visit, draft) {
    const { say, to } = visit;
    return {
      title: say("codeTitle"),
      text: say("codeText"),
      body: form(visit, { path: paths.code, button: "codeButton", fields: [emailField(visit, draft, { first: true })] }),
      more: html`<p class="aside"><a href="${withReturn(paths.signIn, to)}">${say("byPassword")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, state, to } = visit;
    const email = given("email");
    const { request } = await auth.signInCode.request({ email, before: state.request }, visit.request);
    return visit.go(paths.enterCode, { state: { address: email.trim(), request, to } });
  },
};
