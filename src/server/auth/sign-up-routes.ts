import { createSessionCookies, oneTimePurposes } from "#application";
import type { Route } from "../http/router.ts";
import { type AuthTools, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To become a user. */
export function signUpRoutes({ auth, cookies, post, give, readDelivery }: AuthTools): readonly Route[] {
  // Kept by the browser that signed up, until the link is followed.
  const pending = () => createSessionCookies(cookies().origin, "sign-up");
  return [
    post("sign-up", async (exchange, request) => {
      const { email, password, user } = await readFields(exchange, ["email", "password", "user"]);
      const input = { email, password, user, continuation: pending().read(exchange.header("cookie")) };
      const { continuation } = await auth.signUp.signUp(input, request);
      return { ...json(202, { sent: true }), cookies: [pending().set(continuation, oneTimePurposes.signUp)] };
    }),
    post("sign-up/confirm", async (exchange, request) => {
      const { token, password, session } = await readFields(exchange, ["token", "password", "session"]);
      const delivery = readDelivery(session, exchange);
      const continuation = pending().read(exchange.header("cookie"));
      const answer = give(await auth.signUp.confirm({ token, password, continuation }, request), delivery);
      return { ...answer, cookies: [...(answer.cookies ?? []), pending().clear] };
    }),
    // By the link that the console shows when there is no administrator yet.
    post("first-admin", async (exchange, request) => {
      const { token, email, password, user, session } = await readFields(exchange, [
        "token",
        "email",
        "password",
        "user",
        "session",
      ]);
      const delivery = readDelivery(session, exchange);
      return give(await auth.firstAdmin.claim({ token, email, password, user }, request), delivery);
    }),
  ];
}
