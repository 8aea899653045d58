import { type HalfSignUp, readPageFields } from "#application";
import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { emailField, form, hidden, userFields } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { titleOf } from "./provider-buttons.ts";
import { sentPath } from "./sent-page.ts";

/** What is missing before somebody whom another site knows has an account: fields of theirs, and an address that is shown to be theirs. */
export const finishOAuthPage: AuthPage = {
  path: paths.finishOAuth,
  onlyOnce: true,
  again: paths.signIn,
  async show(visit, draft) {
    const { say, auth } = visit;
    const half = await auth.oauth.signUp.show(visit.oauth.continuation);
    const filled = draft.error === undefined ? prefilled(visit, half) : visit;
    const words = { provider: titleOf(visit, half.provider) };
    return {
      title: say("confirmTitle"),
      text: say(half.proved ? "finishText" : "finishMailText", words),
      body: form(visit, {
        path: paths.finishOAuth,
        button: half.proved ? "confirmButton" : "finishMailButton",
        fields: [...userFields(filled, draft), half.proved ? null : emailField(filled, draft, { autocomplete: "email" })],
      }),
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const { continuation } = visit.oauth;
    const { proved } = await auth.oauth.signUp.show(continuation);
    const { row, problems } = readPageFields(auth.definition.pages?.fields ?? [], given);
    const email = given("email").trim();
    const missing = proved || email !== "" ? [] : [{ field: "email", message: "must be filled in" }];
    if (problems.length + missing.length > 0) throw new AppError("validationFailed", { fields: [...problems, ...missing] });
    const finished = await auth.oauth.signUp.finish({ continuation, user: row, ...(proved ? {} : { email }) }, request);
    if (finished.type === "sent") return visit.go(sentPath("oauth"), { state: { address: email, to: finished.to } });
    const answer = visit.enter(finished.session, finished.to);
    return { ...answer, cookies: [...(answer.cookies ?? []), visit.oauth.forgetContinuation] };
  },
};

/** The same visit, in whose form stands what the site said. */
function prefilled(visit: Visit, { address, user }: HalfSignUp): Visit {
  const texts = Object.entries(user).flatMap(([name, value]) =>
    typeof value === "string" ? [[`user.${name}`, value] as const] : [],
  );
  const known = new Map<string, string>(texts);
  if (address !== null) known.set("email", address);
  return { ...visit, given: (name) => visit.given(name) || (known.get(name) ?? "") };
}

/** Where the link in the mail leads: in the browser that began, and in no other. */
export const confirmOAuthPage: AuthPage = {
  path: paths.confirmOAuth,
  onlyOnce: true,
  again: paths.signIn,
  show(visit) {
    const { say, given } = visit;
    const isHere = visit.oauth.continuation !== undefined;
    return {
      title: say("confirmTitle"),
      text: say(isHere ? "confirmText" : "finishElsewhere"),
      body: isHere
        ? form(visit, { path: paths.confirmOAuth, button: "confirmButton", fields: [hidden("token", given("token"))] })
        : html`<p><a class="button main" href="${paths.signIn}">${say("signInButton")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const { continuation } = visit.oauth;
    const { session, to } = await auth.oauth.signUp.confirm({ token: given("token"), continuation }, request);
    const answer = visit.enter(session, to);
    return { ...answer, cookies: [...(answer.cookies ?? []), visit.oauth.forgetContinuation] };
  },
};
