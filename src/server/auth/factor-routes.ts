import type { FactorAdded, FactorOwner } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { readFields } from "./read-fields.ts";

/** To set up what is shown beside a password, and to show it. */
export function factorRoutes(tools: AuthTools): readonly Route[] {
  const { auth, pending, post, give, readDelivery, signedIn } = tools;
  const { factors } = auth;
  return [
    post("sign-in/factor", async (exchange, request) => {
      const { pending: named, session, ...factor } = await readFields(exchange, ["totp", "recovery", "pending", "session"]);
      const delivery = readDelivery(session);
      const waiting = named ?? pending().read(exchange.header("cookie"));
      const answer = give(await factors.finish(waiting, factor, request), delivery);
      return { ...answer, cookies: [...(answer.cookies ?? []), pending().clear] };
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
      const delivery = "me" in owner ? tools.deliveryOf(exchange) : readDelivery(session);
      return giveAdded(tools, await factors.totp.confirm(owner, { enrolment, code }, request), delivery);
    }),
    post("recovery-codes", async (exchange, request) => {
      const me = await signedIn(exchange);
      await readFields(exchange, []);
      return json(200, { recoveryCodes: await factors.recoveryCodes.renew(me, request) });
    }),
  ];
}

/** Whoever is signed in, else the sign-in that waits for them to set a factor up. A sign-in that is named goes before a session. */
async function ownerOf(tools: AuthTools, exchange: Exchange, named: unknown): Promise<FactorOwner> {
  if (named !== undefined) return { pending: named };
  const me = await tools.whoAsks(exchange);
  if (me !== null) return { me: await tools.signedIn(exchange) };
  const pending = tools.pending().read(exchange.header("cookie"));
  if (pending === undefined) throw new AppError("signInRequired");
  return { pending };
}

/** The session, and the recovery codes where there are new ones: they are shown this once. */
function giveAdded(tools: AuthTools, { session, recoveryCodes }: FactorAdded, delivery: "cookie" | "token"): Answer {
  const answer = tools.give(session, delivery);
  const body = { ...(JSON.parse(String(answer.body)) as object), ...(recoveryCodes === undefined ? {} : { recoveryCodes }) };
  return { ...answer, body: JSON.stringify(body), cookies: [...(answer.cookies ?? []), tools.pending().clear] };
}
