import { html } from "../../pages/html.ts";
import type { Scene } from "../page/auth-page.ts";
import { form } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { dataPart } from "./account-data-part.ts";

/** The account's page of whoever has not signed up: the way to keep what they have. */
export function anonymousScene(visit: Visit): Scene {
  const { say, auth, home } = visit;
  const isOpen = auth.definition.signUp === "open";
  return {
    title: say("accountTitle"),
    text: say("anonymousText"),
    wide: true,
    body: html`<section class="part">
<div class="line">
${isOpen ? html`<a class="button main" href="${paths.signUp}">${say("toSignUp")}</a>` : null}
<a class="button" href="${paths.signIn}">${say("hasAccount")} ${say("toSignIn")}</a>
</div>
</section>
${dataPart(visit)}
<div class="part line">
<a class="button" href="${home}">${say("back")}</a>
${form(visit, { path: paths.signOut, button: "signOutButton", fields: [], plain: true })}
</div>`,
  };
}
