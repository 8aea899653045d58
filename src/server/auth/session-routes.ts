import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { given } from "./passkey-routes.ts";
import { readFields } from "./read-fields.ts";

/** To sign in and out, and to see who one is and where else. */
export function sessionRoutes(tools: AuthTools): readonly Route[] {
  const { auth, cookies, post, give, readDelivery, signedIn, whoAsks } = tools;
  const { signIn } = auth;
  return [
    post("sign-in", async (exchange, request) => {
      const { email, password, session } = await readFields(exchange, ["email", "password", "session"]);
      const delivery = readDelivery(session, exchange);
      return give(await signIn.signIn({ email, password }, request), delivery);
    }),
    post("sign-out", async (exchange) => {
      await signIn.signOut(await signedIn(exchange));
      return clearing(done([cookies().clear]));
    }),
    post("prove", async (exchange, request) => {
      const me = await signedIn(exchange);
      const { password, passkey, ...codes } = await readFields(exchange, ["password", "totp", "recovery", "passkey"]);
      const factor = { ...codes, ...(passkey === undefined ? {} : { passkey: given(tools, exchange, passkey) }) };
      const renewed =
        Object.keys(factor).length === 0
          ? await signIn.prove(me, { password }, request)
          : await auth.factors.prove(me, factor, request);
      return give(renewed, tools.deliveryOf(exchange));
    }),
    {
      path: "/auth/v1/session",
      methods: {
        async GET(exchange) {
          const me = await whoAsks(exchange);
          if (me?.key !== undefined) {
            const { scope, ...key } = me.key;
            return json(200, { user: me.id, roles: me.roles, key: { id: key.id, name: key.name, ...scope } });
          }
          if (me?.session === undefined) return json(200, { user: null });
          const { id, proofs, proved, verified } = me.session;
          const email = await auth.addressOf(me.id);
          const session = { id, proofs, proved: new Date(proved).toISOString() };
          return json(200, { user: me.id, email, verified, roles: me.roles, session, ...behind(me) });
        },
      },
    },
    {
      path: "/auth/v1/sessions",
      subtree: async (exchange) => {
        const id = exchange.segments.at(3);
        if (exchange.segments.length > 4) throw new AppError("invalidPath");
        const allowed = id === undefined ? ["GET", "DELETE"] : ["DELETE"];
        if (!allowed.includes(exchange.method))
          throw new AppError("methodNotAllowed", { headers: { allow: allowed.join(", ") } });
        const me = await signedIn(exchange);
        if (exchange.method === "GET") {
          const sessions = await signIn.sessions(me);
          return json(
            200,
            sessions.map((session) => ({ ...session, current: session.id === me.session?.id })),
          );
        }
        if (id !== undefined) {
          await signIn.endSession(me, id);
          return id === me.session?.id ? clearing(done([cookies().clear])) : done();
        }
        const others = onlyOthers(exchange);
        const ended = await signIn.signOutEverywhere(me, { others });
        const answer = json(200, { ended });
        return others ? answer : clearing({ ...answer, cookies: [cookies().clear] });
      },
    },
  ];
}

/** For an app to show that somebody acts as this one. */
function behind({ impersonator }: Actor): object {
  if (impersonator === undefined) return {};
  const { id, reason, since, until } = impersonator;
  return { impersonator: { id, reason, since: new Date(since).toISOString(), until: new Date(until).toISOString() } };
}

/** Whoever sits down at this browser next finds nothing of what the pages kept (W3C Clear Site Data; ASVS 14.3.1). Not `"cookies"`: an app has others. */
export function clearing(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "clear-site-data": '"cache", "storage"' } };
}

/** `?others=true` spares the session that asks. */
function onlyOthers({ search }: Exchange): boolean {
  const parameters = new URLSearchParams(search);
  const values = parameters.getAll("others");
  const isKnown = [...parameters.keys()].every((name) => name === "others");
  if (!isKnown || values.length > 1 || !["true", "false", undefined].includes(values[0]))
    throw new AppError("invalidQuery", { details: "There is one parameter here: others=true." });
  return values[0] === "true";
}
