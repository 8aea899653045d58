import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { sentPath } from "./sent-page.ts";

/** Where the link leads that confirms an address, for whoever is signed in with that account; the account's page sends another one by it. */
export const verifyPage: AuthPage = {
  path: paths.verify,
  again: paths.account,
  async show(visit, draft) {
    const { say, given, home } = visit;
    if (given("done") === "verified")
      return {
        title: say("verifiedTitle"),
        text: say("verifiedText"),
        body: html`<p><a class="button main" href="${home}">${say("back")}</a></p>`,
      };
    if (given("token") === "") return visit.go(paths.account);
    const address = await visit.auth.addressOf(visit.signedIn().id);
    if (draft.error?.error === "forbidden")
      return {
        title: say("verifyTitle"),
        text: say("verifyOther", { address: address ?? say("yourAddress") }),
        status: 403,
        body: html`<p><a class="button main" href="${paths.signOut}">${say("signOutButton")}</a></p>`,
      };
    return {
      title: say("verifyTitle"),
      text: say("verifyText"),
      body: form(visit, { path: paths.verify, button: "verifyConfirmButton", fields: [hidden("token", given("token"))] }),
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const token = given("token");
    if (token !== "") {
      await auth.verifyAddress.confirm(visit.signedIn(), { token }, request);
      return visit.go(`${paths.verify}?done=verified`);
    }
    const me = visit.signedIn();
    await auth.verifyAddress.request(me, request);
    return visit.go(sentPath("verify"), { state: { address: (await auth.addressOf(me.id)) ?? undefined } });
  },
};
