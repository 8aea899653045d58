import { isAnonymous } from "#application";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { emailField, form, passkeyForm, passwordField } from "../page/fields.ts";
import { requireFilled } from "../page/read-form.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { providerButtons } from "./provider-buttons.ts";

/** To sign in by a password, with the ways to do without one. */
export const signInPage: AuthPage = {
  path: paths.signIn,
  show(visit, draft) {
    const { say, to, me, auth, given } = visit;
    // Whoever was sent here for more than they may see would go round in a circle.
    if (me !== null && !isAnonymous(me) && to === undefined) return visit.go(paths.account);
    const isOpen = auth.definition.signUp === "open";
    return {
      title: say("signInTitle"),
      passkeys: true,
      done: doneOf(visit, given("done")),
      body: html`${form(visit, {
        path: paths.signIn,
        button: "signInButton",
        fields: [
          emailField(visit, draft, { first: visit.state.address === undefined }),
          passwordField(visit, draft, { first: visit.state.address !== undefined }),
        ],
      })}
<p class="aside"><a href="${withReturn(paths.reset, to)}">${say("forgotLink")}</a></p>`,
      more: html`<h2>${say("otherWays")}</h2>
${providerButtons(visit)}
${passkeyForm(visit, { kind: "sign-in", path: paths.signIn, button: "passkeyUse" })}
<div class="ways">
<a class="button" href="${withReturn(paths.link, to)}">${say("byLink")}</a>
<a class="button" href="${withReturn(paths.code, to)}">${say("byCode")}</a>
</div>
${isOpen ? html`<p class="aside">${say("noAccount")} <a href="${withReturn(paths.signUp, to)}">${say("toSignUp")}</a></p>` : null}`,
    };
  },
  async submit(visit) {
    const { auth, given, request, passkey } = visit;
    if (passkey !== undefined) return visit.enter(await auth.factors.passkeys.signIn(passkey, request));
    requireFilled(given, ["email", "password"]);
    return visit.enter(await auth.signIn.signIn({ email: given("email"), password: given("password") }, request));
  },
};

function doneOf({ say }: Visit, done: string): string | undefined {
  if (done === "signed-out") return say("doneSignedOut");
  return done === "reset" ? say("doneReset") : undefined;
}
