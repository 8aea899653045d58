import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, passwordField, passwordOwner } from "../page/fields.ts";
import { paths } from "../page/paths.ts";

/** To change a password that is known. */
export const passwordPage: AuthPage = {
  path: paths.password,
  onlyOnce: true,
  blame: { wrongCredentials: { field: "current", say: "wrongPassword" } },
  async show(visit, draft) {
    const { say, auth } = visit;
    const me = visit.signedIn();
    const address = await auth.addressOf(me.id);
    const hasKeys = auth.keys !== undefined && (await auth.keys.list(me)).length > 0;
    return {
      title: say("passwordTitle"),
      text: say("passwordText"),
      body: form(visit, {
        path: paths.password,
        button: "passwordButton",
        fields: [
          passwordOwner(address),
          passwordField(visit, draft, { name: "current", label: say("currentPassword"), first: true }),
          passwordField(visit, draft, { isNew: true, label: say("newPassword") }),
        ],
      }),
      more: html`${hasKeys ? html`<p class="aside">${say("keysStay")} <a href="${paths.keys}">${say("keysManage")}</a></p>` : null}
<p class="aside"><a href="${paths.reset}">${say("noPassword")}</a></p>
<p class="aside"><a href="${paths.account}">${say("cancel")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const input = { current: given("current"), password: given("password") };
    const session = await auth.signIn.changePassword(visit.signedIn(), input, request);
    return visit.enter(session, `${paths.account}?done=password`);
  },
};
