import type { Ceremony, GivenPasskey } from "#application";
import { createSessionCookies, oneTimePurposes } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json } from "./auth-tools.ts";
import { giveAdded, ownerOf } from "./factor-owner.ts";
import { passkeyScript } from "./passkey-script.ts";
import { readFields } from "./read-fields.ts";

/** To sign in with a passkey, to add one, and to take one away. What a question goes together with is in a cookie: of the browser that asked. */
export function passkeyRoutes(tools: AuthTools): readonly Route[] {
  const { auth, post, pending, give, readDelivery, signedIn } = tools;
  const { passkeys } = auth.factors;

  const ask = ({ ceremony, options }: Ceremony): Answer => ({
    ...json(200, options),
    cookies: [ceremonyCookies(tools).set(ceremony, oneTimePurposes.passkey)],
  });

  return [
    post("sign-in/passkey/options", async (exchange, request) => {
      await readFields(exchange, []);
      return ask(await passkeys.beginSignIn(request));
    }),
    post("sign-in/passkey", async (exchange, request) => {
      const { response, session } = await readFields(exchange, ["response", "session"]);
      const delivery = readDelivery(session, exchange);
      return forgetCeremony(tools, give(await passkeys.signIn(given(tools, exchange, response), request), delivery));
    }),
    post("sign-in/factor/options", async (exchange, request) => {
      const { pending: named } = await readFields(exchange, ["pending"]);
      return ask(await passkeys.beginProof({ pending: named ?? pending().read(exchange.header("cookie")) }, request));
    }),
    post("prove/options", async (exchange, request) => {
      const me = await signedIn(exchange);
      await readFields(exchange, []);
      return ask(await passkeys.beginProof({ me }, request));
    }),
    post("passkeys/options", async (exchange, request) => {
      const { pending: named } = await readFields(exchange, ["pending"]);
      return ask(await passkeys.beginAdding(await ownerOf(tools, exchange, named), request));
    }),
    {
      path: "/auth/v1/passkeys",
      subtree: async (exchange) => {
        const id = exchange.segments.at(3);
        if (exchange.segments.length > 4) throw new AppError("invalidPath");
        const allowed = id === undefined ? ["GET", "POST"] : ["PATCH", "DELETE"];
        if (!allowed.includes(exchange.method))
          throw new AppError("methodNotAllowed", { headers: { allow: allowed.join(", ") } });
        if (exchange.method === "GET") return json(200, await passkeys.list(await signedIn(exchange)));
        const request = tools.asks(exchange);
        if (id === undefined) {
          const {
            response,
            name,
            pending: named,
            session,
          } = await readFields(exchange, ["response", "name", "pending", "session"]);
          const owner = await ownerOf(tools, exchange, named);
          const delivery = "me" in owner ? tools.deliveryOf(exchange) : readDelivery(session, exchange);
          const added = await passkeys.add(owner, { ...given(tools, exchange, response), name }, request);
          return forgetCeremony(tools, giveAdded(tools, added, delivery, { passkey: added.passkey }));
        }
        const me = await signedIn(exchange);
        if (exchange.method === "DELETE") await passkeys.remove(me, id, request);
        else await passkeys.rename(me, id, (await readFields(exchange, ["name"])).name);
        return done();
      },
    },
    // Its name is its content's.
    scriptRoute(passkeyScript.path, "public, max-age=31536000, immutable"),
    // For pages of an app's own, whatever this server's version is.
    scriptRoute("/auth/v1/passkeys.js", "no-cache"),
  ];
}

function scriptRoute(path: string, caching: string): Route {
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": caching };
  return { path, methods: { GET: async () => ({ status: 200, headers, body: passkeyScript.source }) } };
}

const ceremonyCookies = ({ cookies }: AuthTools) => createSessionCookies(cookies().origin, "passkey");

/** What a browser brings back, with the question that it answers. */
export function given(tools: AuthTools, exchange: Exchange, response: unknown): GivenPasskey {
  return { ceremony: ceremonyCookies(tools).read(exchange.header("cookie")), response };
}

export function forgetCeremony(tools: AuthTools, answer: Answer): Answer {
  return { ...answer, cookies: [...(answer.cookies ?? []), ceremonyCookies(tools).clear] };
}
