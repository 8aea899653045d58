import { createSessionCookies, type Intent, oneTimePurposes, type OAuthOutcome, type SessionCookies } from "#application";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Handler } from "../http/incoming.ts";
import type { Route } from "../http/router.ts";
import { type AuthTools, done, json, requestOf } from "./auth-tools.ts";
import { returnedForm } from "./oauth-form.ts";
import { paths } from "./page/paths.ts";
import { returnAddress } from "./page/return-address.ts";
import { readFields } from "./read-fields.ts";

export interface OAuthRoutesOptions {
  /** Where somebody is taken who wants to go nowhere. */
  readonly home: string;
}

/** What browsers keep of a sign-in elsewhere: of one that is under way, and of one that is to become an account. */
export function oauthCookies(origin: string): { readonly journey: SessionCookies; readonly signUp: SessionCookies } {
  return { journey: createSessionCookies(origin, "oauth"), signUp: createSessionCookies(origin, "oauth-sign-up") };
}

/** To sign in by other sites, and to see which ones are connected. */
export function oauthRoutes(tools: AuthTools, options: OAuthRoutesOptions): readonly Route[] {
  const { auth, cookies, post, asks, signedIn, give, readDelivery } = tools;
  const { oauth } = auth;
  const jars = () => oauthCookies(cookies().origin);
  const continuationOf = (exchange: Exchange) => jars().signUp.read(exchange.header("cookie"));

  const start: Handler = async (exchange) => {
    const request = asks(exchange);
    const { to, intent: given } = await readFields(exchange, ["to", "intent"]);
    const intent = readIntent(given);
    const me = intent === "signIn" ? null : await signedIn(exchange);
    const { journey } = jars();
    const wanted = { provider: exchange.segments.at(3), intent, me, browser: journey.read(exchange.header("cookie")) };
    try {
      const { location, browser } = await oauth.begin({ ...wanted, to: returnAddress(textOf(to)) }, request);
      return { ...json(200, { location }), cookies: [journey.set(browser, oneTimePurposes.oauth)] };
    } catch (error) {
      // It is in the log already, and no failure of this server's.
      if (error instanceof AppError && error.error === "providerFailed") return json(error.status, error.toBody());
      throw error;
    }
  };

  return [
    {
      path: "/auth/v1/oauth",
      subtree: async (exchange) => {
        const { method, segments } = exchange;
        const isRoot = segments.length === 3;
        if (segments.length > 4) throw new AppError("invalidPath");
        const allowed = isRoot ? "GET" : "POST";
        if (method !== allowed) throw new AppError("methodNotAllowed", { headers: { allow: allowed } });
        return isRoot
          ? json(
              200,
              oauth.providers.map(({ name, title }) => ({ name, title })),
            )
          : start(exchange);
      },
    },
    ...oauth.providers.map(({ name }) => callbackRoute(tools, name, options)),
    {
      path: "/auth/v1/identities",
      subtree: async (exchange) => {
        const id = exchange.segments.at(3);
        if (exchange.segments.length > 4) throw new AppError("invalidPath");
        const allowed = id === undefined ? "GET" : "DELETE";
        if (exchange.method !== allowed) throw new AppError("methodNotAllowed", { headers: { allow: allowed } });
        if (id === undefined) return json(200, await oauth.list(await signedIn(exchange)));
        const request = asks(exchange);
        await oauth.disconnect(await signedIn(exchange), id, request);
        return done();
      },
    },
    post(
      "identities/sign-up",
      async (exchange, request) => {
        const { user, email, session } = await readFields(exchange, ["user", "email", "session"]);
        const delivery = readDelivery(session, exchange);
        const finished = await oauth.signUp.finish({ continuation: continuationOf(exchange), user, email }, request);
        if (finished.type === "sent") return json(202, { sent: true });
        return forget(give(finished.session, delivery), jars().signUp);
      },
      {
        async GET(exchange) {
          const { provider, address, proved, user } = await oauth.signUp.show(continuationOf(exchange));
          return json(200, { provider, email: address, verified: proved, user });
        },
      },
    ),
    post("identities/sign-up/confirm", async (exchange, request) => {
      const { token, session } = await readFields(exchange, ["token", "session"]);
      const delivery = readDelivery(session, exchange);
      const finished = await oauth.signUp.confirm({ token, continuation: continuationOf(exchange) }, request);
      return forget(give(finished.session, delivery), jars().signUp);
    }),
  ];
}

/** Where a site sends people back to. Whatever comes of it, they see a page: this one is looked at by a browser, and by no program. */
function callbackRoute(tools: AuthTools, name: string, { home }: OAuthRoutesOptions): Route {
  const { auth, cookies, pending, lifetime } = tools;
  const path = `/auth/v1/oauth/${name}/callback`;
  const hasPages = auth.definition.pages !== undefined;
  const go = (location: string, set: readonly string[] = []): Answer => ({
    status: 303,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
    body: undefined,
    cookies: set,
  });
  const problem = ({ error, code }: AppError): Answer =>
    go(hasPages ? `${paths.oauth}?problem=${error}&provider=${name}` : `${home}${mark(home)}problem=${code}`);

  function leave(outcome: OAuthOutcome): Answer {
    const to = returnAddress(outcome.to) ?? (outcome.type === "connected" && hasPages ? paths.connections : home);
    const { signUp } = oauthCookies(cookies().origin);
    switch (outcome.type) {
      case "unfinished": {
        const place = hasPages ? paths.finishOAuth : `${home}${mark(home)}problem=sign_up_unfinished`;
        return go(place, [signUp.set(outcome.continuation, oneTimePurposes.oauthSignUp)]);
      }
      case "connected":
        return go(hasPages && to === paths.connections ? `${to}?done=connected` : to);
      case "proved":
        return go(to, [cookies().set(outcome.session.token, lifetime)]);
      case "session": {
        const { session } = outcome;
        if ("token" in session) return go(to, [cookies().set(session.token, lifetime), pending().clear, signUp.clear]);
        const place = session.factors.length === 0 ? paths.totp : paths.factor;
        const set = [pending().set(session.pending, oneTimePurposes.factor)];
        if (!hasPages) return go(`${home}${mark(home)}problem=factor_required`, set);
        return go(place, [...set, tools.keepState({ to: outcome.to, factors: session.factors.join(" ") })]);
      }
    }
  }

  async function whoAsks(exchange: Exchange): Promise<Actor | null> {
    try {
      return await tools.whoAsks(exchange);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.error === "expiredToken") return null;
      throw thrown;
    }
  }

  return {
    path,
    showError: (_exchange, error) => problem(error),
    methods: {
      async GET(exchange) {
        const cookie = exchange.header("cookie");
        const back = {
          provider: name,
          given: new URLSearchParams(exchange.search),
          browser: oauthCookies(cookies().origin).journey.read(cookie),
          me: await whoAsks(exchange),
        };
        try {
          return leave(await auth.oauth.finish(back, requestOf(exchange, cookies().read(cookie))));
        } catch (thrown) {
          // What the other site is to blame for is in the log already.
          if (thrown instanceof AppError && thrown.error === "providerFailed") return problem(thrown);
          throw thrown;
        }
      },
      /**
       * A form that the other site's page sends (OAuth 2.0 Form Post Response Mode) comes without cookies, which are `SameSite=Lax`. The same by GET
       * has them: then it is this browser that is asked, and nothing was done until then.
       */
      async POST(exchange) {
        return go(`${path}?${await returnedForm(exchange)}`);
      },
    },
  };
}

function mark(path: string): string {
  return path.includes("?") ? "&" : "?";
}

function textOf(given: unknown): string | undefined {
  return typeof given === "string" ? given : undefined;
}

function readIntent(given: unknown): Intent {
  if (given === undefined) return "signIn";
  if (given === "signIn" || given === "connect" || given === "prove") return given;
  const message = 'is "signIn", "connect" or "prove"';
  throw new AppError("validationFailed", { fields: [{ field: "intent", message }], details: `'intent' ${message}` });
}

function forget(answer: Answer, jar: SessionCookies): Answer {
  return { ...answer, cookies: [...(answer.cookies ?? []), jar.clear] };
}
