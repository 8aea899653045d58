import type { AuthPage } from "../page/auth-page.ts";
import { emailField, form, hidden, passwordField, userFields } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { readUserFields } from "./sign-up-page.ts";

/** Where the link on the console leads: to the account of the first administrator. */
export const firstAdminPage: AuthPage = {
  path: paths.firstAdmin,
  onlyOnce: true,
  again: paths.signIn,
  show(visit, draft) {
    const { say, given, auth } = visit;
    auth.firstAdmin.look({ token: given("token") });
    return {
      title: say("adminTitle"),
      text: say("adminText"),
      body: form(visit, {
        path: paths.firstAdmin,
        button: "adminButton",
        fields: [
          hidden("token", given("token")),
          ...userFields(visit, draft),
          emailField(visit, draft),
          passwordField(visit, draft, { isNew: true }),
        ],
      }),
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const user = readUserFields(visit);
    const input = { token: given("token"), email: given("email"), password: given("password"), user };
    return visit.enter(await auth.firstAdmin.claim(input, request));
  },
};
