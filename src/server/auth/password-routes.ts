import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To change a password that is known, and one that is not. */
export function passwordRoutes(tools: AuthTools): readonly Route[] {
  const { auth, cookies, post, give, signedIn } = tools;
  return [
    post("password", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { current, password } = await readFields(exchange, ["current", "password"]);
      return give(await auth.signIn.changePassword(me, { current, password }, request), tools.deliveryOf(exchange));
    }),
    post("password/forgot", async (exchange, request) => {
      const { email } = await readFields(exchange, ["email"]);
      await auth.passwordReset.request({ email }, request);
      return json(202, { sent: true });
    }),
    post("password/reset", async (exchange, request) => {
      const { token, password } = await readFields(exchange, ["token", "password"]);
      await auth.passwordReset.reset({ token, password }, request);
      return done([cookies().clear]);
    }),
  ];
}
