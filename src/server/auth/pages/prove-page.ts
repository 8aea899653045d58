import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, passwordField } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import { paths } from "../page/paths.ts";

/** To give the password once more, before something that matters. */
export const provePage: AuthPage = {
  path: paths.prove,
  blame: { wrongCredentials: { field: "password", say: "wrongPassword" } },
  async show(visit, draft) {
    const { say, to, auth } = visit;
    const me = visit.signedIn();
    const address = (await auth.addressOf(me.id)) ?? "";
    return {
      title: say("proveTitle"),
      text: say("proveText"),
      body: form(visit, {
        path: paths.prove,
        button: "goOn",
        fields: [
          html`<input type="email" name="username" value="${address}" autocomplete="username" hidden>`,
          passwordField(visit, draft, { first: true }),
        ],
      }),
      more: html`<p class="aside"><a href="${withReturn(paths.link, to)}">${say("proveByMail")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request, to } = visit;
    const session = await auth.signIn.prove(visit.signedIn(), { password: given("password") }, request);
    return visit.enter(session, to ?? paths.account);
  },
};
