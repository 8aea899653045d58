import type { Route } from "../http/router.ts";
import { type AuthTools, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To sign in by what comes by mail: a link, or a code to be typed. */
export function mailSignInRoutes({ auth, post, give, readDelivery }: AuthTools): readonly Route[] {
  return [
    post("link", async (exchange, request) => {
      const { email } = await readFields(exchange, ["email"]);
      await auth.signInLink.request({ email }, request);
      return json(202, { sent: true });
    }),
    post("link/use", async (exchange, request) => {
      const { token, session } = await readFields(exchange, ["token", "session"]);
      const delivery = readDelivery(session, exchange);
      return give(await auth.signInLink.use({ token }, request), delivery);
    }),
    post("code", async (exchange, request) => {
      const { email, request: before } = await readFields(exchange, ["email", "request"]);
      return json(202, { sent: true, ...(await auth.signInCode.request({ email, before }, request)) });
    }),
    post("code/use", async (exchange, request) => {
      const { request: asked, code, session } = await readFields(exchange, ["request", "code", "session"]);
      const delivery = readDelivery(session, exchange);
      return give(await auth.signInCode.use({ request: asked, code }, request), delivery);
    }),
  ];
}
