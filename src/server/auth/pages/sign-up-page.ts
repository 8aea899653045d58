import { readPageFields } from "#application";
import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { emailField, form, passwordField, userFields } from "../page/fields.ts";
import { leftEmpty } from "../page/read-form.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { providerButtons } from "./provider-buttons.ts";
import { sentPath } from "./sent-page.ts";

/** To ask for an account. What happens next is the same for an address that has one. */
export const signUpPage: AuthPage = {
  path: paths.signUp,
  show(visit, draft) {
    const { say, to, auth } = visit;
    return {
      title: say("signUpTitle"),
      body: form(visit, {
        path: paths.signUp,
        button: "signUpButton",
        fields: [...userFields(visit, draft), emailField(visit, draft), passwordField(visit, draft, { isNew: true })],
      }),
      more: html`${auth.oauth.providers.length === 0 ? null : html`<h2>${say("otherWays")}</h2>${providerButtons(visit)}`}<p class="aside">${say("hasAccount")} <a href="${withReturn(paths.signIn, to)}">${say("toSignIn")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request, to } = visit;
    const email = given("email");
    const input = { email, password: given("password"), user: readUserFields(visit), continuation: visit.continuation };
    const { continuation } = await auth.signUp.signUp(input, request);
    return visit.go(sentPath("sign-up"), {
      state: { address: email.trim(), to },
      cookies: [visit.keepContinuation(continuation)],
    });
  },
};

/** The row in `users` as it was filled in. Throws `validationFailed`, for all that is wrong in the form at once. */
export function readUserFields({ auth, given }: Visit): Readonly<Record<string, unknown>> {
  const { row, problems } = readPageFields(auth.definition.pages?.fields ?? [], given);
  const all = [...problems, ...leftEmpty(given, ["email", "password"])];
  if (all.length > 0) throw new AppError("validationFailed", { fields: all });
  return row;
}
