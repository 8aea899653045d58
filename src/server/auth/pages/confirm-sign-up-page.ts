import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form, hidden, passwordField } from "../page/fields.ts";
import { paths } from "../page/paths.ts";

/** Where the link leads that ends a sign-up. Another browser than the one that signed up is asked for the password. */
export const confirmSignUpPage: AuthPage = {
  path: paths.confirmSignUp,
  onlyOnce: true,
  again: paths.signUp,
  blame: { wrongCredentials: { field: "password", say: "wrongPassword" } },
  async show(visit, draft) {
    const { say, given, continuation, auth } = visit;
    await auth.signUp.look({ token: given("token") });
    const isOther = continuation === undefined || draft.error !== undefined;
    return {
      title: say("confirmTitle"),
      text: say(isOther ? "confirmOther" : "confirmText"),
      body: html`${form(visit, {
        path: paths.confirmSignUp,
        button: "confirmButton",
        fields: [hidden("token", given("token")), isOther ? passwordField(visit, draft, { first: true }) : null],
      })}`,
    };
  },
  async submit(visit) {
    const { auth, given, request, continuation, state } = visit;
    const password = given("password") === "" ? undefined : given("password");
    try {
      const session = await auth.signUp.confirm({ token: given("token"), password, continuation }, request);
      return visit.enter(session, state.to);
    } catch (thrown) {
      // Nothing is wrong yet: the page asks for what is missing.
      if (thrown instanceof AppError && thrown.error === "proofRequired")
        throw new AppError("validationFailed", { fields: [{ field: "password", message: "must be filled in" }] });
      throw thrown;
    }
  },
};
