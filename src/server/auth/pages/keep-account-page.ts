import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";

/** Where the link leads that keeps an account whose end was asked for. */
export const keepAccountPage: AuthPage = {
  path: paths.keep,
  onlyOnce: true,
  again: paths.signIn,
  async show(visit) {
    const { say, given, auth } = visit;
    if (given("done") === "kept")
      return {
        title: say("keepTitle"),
        text: say("keptText"),
        body: html`<p><a class="button main" href="${paths.signIn}">${say("toSignIn")}</a></p>`,
        more: html`<p class="aside"><a href="${paths.reset}">${say("forgotTitle")}</a></p>`,
      };
    if (given("token") === "") return visit.go(paths.signIn);
    await auth.deletion.look({ token: given("token") });
    return {
      title: say("keepTitle"),
      text: say("keepText"),
      body: form(visit, { path: paths.keep, button: "keepButton", fields: [hidden("token", given("token"))] }),
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    await auth.deletion.keep({ token: given("token") }, request);
    return visit.go(`${paths.keep}?done=kept`);
  },
};
