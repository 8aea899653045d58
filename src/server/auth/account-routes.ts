import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";
import { clearing } from "./session-routes.ts";

/** For a copy of what is kept of somebody, and for the end of their account. */
export function accountRoutes({ auth, cookies, giveExport, asks, post, signedIn }: AuthTools): readonly Route[] {
  const { deletion } = auth;
  return [
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
