import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { giveAdded, ownerOf } from "./factor-owner.ts";
import { forgetCeremony, given } from "./passkey-routes.ts";
import { readFields } from "./read-fields.ts";

/** To set up what is shown beside a password, and to show it. */
export function factorRoutes(tools: AuthTools): readonly Route[] {
  const { auth, pending, post, give, readDelivery, signedIn } = tools;
  const { factors } = auth;
  return [
    post("sign-in/factor", async (exchange, request) => {
      const {
        pending: named,
        session,
        passkey,
        ...codes
      } = await readFields(exchange, ["totp", "recovery", "passkey", "pending", "session"]);
      const delivery = readDelivery(session, exchange);
      const factor = { ...codes, ...(passkey === undefined ? {} : { passkey: given(tools, exchange, passkey) }) };
      const waiting = named ?? pending().read(exchange.header("cookie"));
      const answer = give(await factors.finish(waiting, factor, request), delivery);
      return forgetCeremony(tools, { ...answer, cookies: [...(answer.cookies ?? []), pending().clear] });
    }),
    {
      path: "/auth/v1/factors",
      methods: { GET: async (exchange) => json(200, await factors.list(await signedIn(exchange))) },
    },
    post(
      "totp",
      async (exchange, request) => {
        const { pending: named } = await readFields(exchange, ["pending"]);
        return json(200, await factors.totp.begin(await ownerOf(tools, exchange, named), request));
      },
      {
        async DELETE(exchange, request) {
          await factors.totp.remove(await signedIn(exchange), request);
          return done();
        },
      },
    ),
    post("totp/confirm", async (exchange, request) => {
      const {
        enrolment,
        code,
        pending: named,
        session,
      } = await readFields(exchange, ["enrolment", "code", "pending", "session"]);
      const owner = await ownerOf(tools, exchange, named);
      const delivery = "me" in owner ? tools.deliveryOf(exchange) : readDelivery(session, exchange);
      return giveAdded(tools, await factors.totp.confirm(owner, { enrolment, code }, request), delivery);
    }),
    post("recovery-codes", async (exchange, request) => {
      const me = await signedIn(exchange);
      await readFields(exchange, []);
      return json(200, { recoveryCodes: await factors.recoveryCodes.renew(me, request) });
    }),
  ];
}
