import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** For administrators who act as somebody, and for whoever they acted as. */
export function impersonationRoutes(tools: AuthTools): readonly Route[] {
  const { auth, post, signedIn, acting } = tools;
  const { impersonation } = auth;
  if (impersonation === undefined) return [];
  return [
    post("impersonate", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { user, reason, session } = await readFields(exchange, ["user", "reason", "session"]);
      const delivery = tools.readDelivery(session, exchange);
      const begun = await impersonation.begin(me, { user, reason }, request);
      const body = { user: begun.user, impersonation: begun.id, expires: new Date(begun.expires).toISOString() };
      if (delivery === "token") return json(200, { ...body, token: begun.token });
      return { ...json(200, body), cookies: [acting().set(begun.token, begun.lifetime)] };
    }),
    post("impersonate/end", async (exchange) => {
      await impersonation.end(await signedIn(exchange));
      return done([acting().clear]);
    }),
    {
      path: "/auth/v1/impersonations",
      methods: { GET: async (exchange) => json(200, await impersonation.list(await signedIn(exchange))) },
    },
  ];
}
