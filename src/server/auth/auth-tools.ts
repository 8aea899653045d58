import type { Auth, Authenticate, AuthRequest, GivenSession, RenewedSession, SessionCookies } from "#application";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Handler } from "../http/incoming.ts";
import type { Route } from "../http/router.ts";
import type { CrossSite } from "./cross-site.ts";

export interface AuthRoutesOptions {
  readonly auth: Auth;
  readonly authenticate: Authenticate;
  readonly cookies: () => SessionCookies;
  readonly crossSite: CrossSite;
  /** Milliseconds that a session lasts at the most. */
  readonly lifetime: number;
}

/** What the routes under `/auth/v1` have in common. */
export interface AuthTools extends Pick<AuthRoutesOptions, "auth" | "cookies"> {
  /** A route that takes POST, from no page of a stranger. */
  readonly post: (path: string, handler: (exchange: Exchange, request: AuthRequest) => Promise<Answer>) => Route;
  /** Who asks; null for nobody. */
  readonly whoAsks: (exchange: Exchange) => Promise<Actor | null>;
  /** Who asks, with their session. Throws `signInRequired`. */
  readonly signedIn: (exchange: Exchange) => Promise<Actor>;
  /**
   * The answer with a session in it: in the cookie, where no script sees it, or, for `token`, in the body, for programs that keep no cookies.
   * Throws `validationFailed` for another delivery.
   */
  readonly give: (session: GivenSession | RenewedSession, delivery: "cookie" | "token") => Answer;
  /** What `"session"` in a body asks for: `"cookie"` where it is left out. */
  readonly readDelivery: (given: unknown) => "cookie" | "token";
  /** As the session came: who asks by a bearer token gets the next one likewise. */
  readonly deliveryOf: (exchange: Exchange) => "cookie" | "token";
}

export function createAuthTools({ auth, authenticate, cookies, crossSite, lifetime }: AuthRoutesOptions): AuthTools {
  const whoAsks: AuthTools["whoAsks"] = async (exchange) =>
    authenticate({ authorization: exchange.header("authorization"), cookie: exchange.header("cookie") });

  return {
    auth,
    cookies,
    whoAsks,
    post(path, handler) {
      const POST: Handler = (exchange) => {
        crossSite.checkSignIn(exchange);
        const previous = cookies().read(exchange.header("cookie"));
        return handler(exchange, requestOf(exchange, previous));
      };
      return { path: `/auth/v1/${path}`, methods: { POST } };
    },
    async signedIn(exchange) {
      const me = await whoAsks(exchange);
      if (me === null) throw new AppError("signInRequired");
      if (me.session === undefined)
        throw new AppError("signInRequired", { message: "This needs a session: the token of a program has none." });
      return me;
    },
    give(session, delivery) {
      const { token, id, user } = session;
      const body = { user, session: id, ...("expires" in session ? { expires: new Date(session.expires).toISOString() } : {}) };
      if (delivery === "token") return json(200, { ...body, token });
      return { ...json(200, body), cookies: [cookies().set(token, lifetime)] };
    },
    readDelivery(given) {
      if (given === undefined || given === "cookie") return "cookie";
      if (given === "token") return "token";
      const fields = [{ field: "session", message: 'is "cookie" or "token"' }];
      throw new AppError("validationFailed", { fields, details: '\'session\' is "cookie" or "token"' });
    },
    deliveryOf: (exchange) => (exchange.header("authorization") === undefined ? "cookie" : "token"),
  };
}

function requestOf(exchange: Exchange, previous: string | undefined): AuthRequest {
  return {
    client: { address: exchange.client.address, agent: exchange.header("user-agent") },
    caller: exchange.client.group,
    signal: exchange.signal,
    requestId: exchange.requestId,
    language: firstLanguage(exchange.header("accept-language")),
    previous,
  };
}

/** The first tag of `Accept-Language` (RFC 9110 section 12.5.4): browsers list them in the order in which they are wanted. */
function firstLanguage(header: string | undefined): string | undefined {
  return /^\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})\s*(?:[,;]|$)/.exec(header ?? "")?.[1];
}

/** Private, as every answer about somebody is. */
export function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** 204. */
export function done(cookies: readonly string[] = []): Answer {
  return { status: 204, headers: { "cache-control": "no-store" }, body: undefined, cookies };
}
