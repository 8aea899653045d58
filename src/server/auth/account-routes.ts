import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";
import { clearing } from "./session-routes.ts";

/** To begin without signing up, for a copy of what is kept of somebody, and for the end of their account. */
export function accountRoutes(tools: AuthTools): readonly Route[] {
  const { auth, cookies, giveExport, asks, post, give, readDelivery, whoAsks, signedIn } = tools;
  const { deletion } = auth;
  const begin = post("anonymous", async (exchange, request) => {
    const { user, session } = await readFields(exchange, ["user", "session"]);
    const delivery = readDelivery(session, exchange);
    const me = await whoAsks(exchange);
    // Whoever has a session goes on with it: what they have saved is there.
    if (me?.session !== undefined) return json(200, { user: me.id, session: me.session.id });
    return give(await auth.anonymous.begin({ user }, request), delivery);
  });
  return [
    ...(auth.definition.anonymous === undefined ? [] : [begin]),
    {
      path: "/auth/v1/account",
      methods: {
        async DELETE(exchange) {
          const request = asks(exchange);
          const { due } = await deletion.request(await signedIn(exchange), request);
          const answer =
            due === null ? json(200, { deleted: true }) : json(202, { deleted: false, due: new Date(due).toISOString() });
          return clearing({ ...answer, cookies: [cookies().clear] });
        },
      },
    },
    {
      path: "/auth/v1/account/export",
      methods: { GET: async (exchange) => giveExport(await signedIn(exchange), exchange) },
    },
    {
      path: "/auth/v1/account/deletion",
      methods: {
        async GET(exchange) {
          const { delay, ...plan } = await deletion.plan(await signedIn(exchange));
          return json(200, { days: Math.round(delay / 86_400_000), ...plan });
        },
      },
    },
    post("account/keep", async (exchange, request) => {
      const { token } = await readFields(exchange, ["token"]);
      await deletion.keep({ token }, request);
      return done();
    }),
  ];
}
