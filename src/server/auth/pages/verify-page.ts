import { html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { form, hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { sentPath } from "./sent-page.ts";

/** Where the link leads that confirms an address, for whoever is signed in with that account; the account's page sends another one by it. */
export const verifyPage: AuthPage = {
  path: paths.verify,
  onlyOnce: true,
  again: paths.account,
  show(visit, draft) {
    const { say, given, home } = visit;
    if (given("done") === "verified")
      return {
        title: say("verifiedTitle"),
        text: say("verifiedText"),
        body: html`<p><a class="button main" href="${home}">${say("back")}</a></p>`,
      };
    if (given("token") === "") return visit.go(paths.account);
    if (draft.error?.error === "forbidden") return otherAccountScene(visit, "verifyTitle");
    visit.signedIn();
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

/** For a link that came by mail to another account than the one that is signed in here. Whose it is, nobody is told. */
export async function otherAccountScene(
  { say, auth, signedIn }: Visit,
  title: "verifyTitle" | "confirmChangeTitle",
): Promise<Scene> {
  const address = (await auth.addressOf(signedIn().id)) ?? say("yourAddress");
  return {
    title: say(title),
    text: say("otherAccount", { address }),
    status: 403,
    body: html`<p><a class="button main" href="${paths.signOut}">${say("signOutButton")}</a></p>`,
  };
}
