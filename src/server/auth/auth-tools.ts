import {
  type Auth,
  type Authenticate,
  type AuthRequest,
  createSessionCookies,
  oneTimePurposes,
  type PendingSignIn,
  type RenewedSession,
  type SessionCookies,
  type SignInOutcome,
} from "#application";
import { type Actor, AppError } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Handler } from "../http/incoming.ts";
import type { Route } from "../http/router.ts";
import { whoAsks as askWho } from "../http/who-asks.ts";
import type { GiveExport } from "./export-answer.ts";
import type { CrossSite } from "./cross-site.ts";
import { keepVisitState, type VisitState } from "./page/visit-state.ts";

export interface AuthRoutesOptions {
  readonly auth: Auth;
  readonly authenticate: Authenticate;
  readonly cookies: () => SessionCookies;
  readonly crossSite: CrossSite;
  /** Milliseconds that a session lasts at the most. */
  readonly lifetime: number;
  readonly giveExport: GiveExport;
  /** Where somebody is taken who comes back from another site and came from nowhere. Default `/`. */
  readonly home?: string;
}

export type AuthHandler = (exchange: Exchange, request: AuthRequest) => Promise<Answer>;

/** What the routes under `/auth/v1` have in common. */
export interface AuthTools extends Pick<AuthRoutesOptions, "auth" | "cookies" | "lifetime" | "giveExport"> {
  /** A route that takes POST, from no page of a stranger, and other methods beside it. */
  readonly post: (path: string, handler: AuthHandler, more?: Readonly<Record<string, AuthHandler>>) => Route;
  /** Somebody who asks, from no page of a stranger. Throws `crossSite`. */
  readonly asks: (exchange: Exchange) => AuthRequest;
  /** The cookie of a sign-in that waits for a second factor. */
  readonly pending: () => SessionCookies;
  /** The cookie of an administrator who acts as somebody. */
  readonly acting: () => SessionCookies;
  /** Who asks; null for nobody. */
  readonly whoAsks: (exchange: Exchange) => Promise<Actor | null>;
  /** Who asks, with their session. Throws `signInRequired`. */
  readonly signedIn: (exchange: Exchange) => Promise<Actor>;
  /**
   * The answer with a session in it: in the cookie, where no script sees it, or, for `token`, in the body, for programs that keep no cookies.
   * `more` is said beside it. For half a sign-in `factor_required`, and what goes with the second factor likewise.
   */
  readonly give: (
    outcome: SignInOutcome | RenewedSession,
    delivery: "cookie" | "token",
    more?: Readonly<Record<string, unknown>>,
  ) => Answer;
  /** What keeps something for the pages that come next. */
  readonly keepState: (state: VisitState) => string;
  /** What `"session"` in a body asks for: `"cookie"` where it is left out. Throws `crossSite` where the browser would throw the cookie away. */
  readonly readDelivery: (given: unknown, exchange: Exchange) => "cookie" | "token";
  /** As the session came: who asks by a bearer token gets the next one likewise. */
  readonly deliveryOf: (exchange: Exchange) => "cookie" | "token";
}

export function createAuthTools(options: AuthRoutesOptions): AuthTools {
  const { auth, authenticate, cookies, crossSite, lifetime, giveExport } = options;
  const whoAsks: AuthTools["whoAsks"] = async (exchange) => askWho(exchange, authenticate);
  const pending = (): SessionCookies => createSessionCookies(cookies().origin, "factor");
  const asks = (exchange: Exchange): AuthRequest => {
    crossSite.checkSignIn(exchange);
    const bearer = /^Bearer +(\S+)$/i.exec(exchange.header("authorization") ?? "")?.[1];
    return requestOf(exchange, bearer ?? cookies().read(exchange.header("cookie")));
  };
  const asked =
    (handler: AuthHandler): Handler =>
    (exchange) =>
      handler(exchange, asks(exchange));

  return {
    auth,
    cookies,
    giveExport,
    lifetime,
    keepState: (state) => keepVisitState(cookies().origin, state),
    pending,
    acting: () => createSessionCookies(cookies().origin, "acting"),
    asks,
    whoAsks,
    post(path, handler, more = {}) {
      const others = Object.entries(more).map(([method, each]) => [method, asked(each)]);
      return { path: `/auth/v1/${path}`, methods: { POST: asked(handler), ...Object.fromEntries(others) } };
    },
    async signedIn(exchange) {
      const me = await whoAsks(exchange);
      if (me === null) throw new AppError("signInRequired");
      if (me.session === undefined)
        throw new AppError("signInRequired", { message: "This needs a session: a key or the token of a program has none." });
      return me;
    },
    give(session, delivery, more = {}) {
      if (!("token" in session)) return askForFactor(session, delivery, { pending: pending(), session: cookies() });
      const { token, id, user } = session;
      const body = {
        user,
        session: id,
        ...("expires" in session ? { expires: new Date(session.expires).toISOString() } : {}),
        ...more,
      };
      if (delivery === "token") return json(200, { ...body, token });
      return { ...json(200, body), cookies: [cookies().set(token, lifetime)] };
    },
    readDelivery(given, exchange) {
      if (given === undefined || given === "cookie") {
        crossSite.checkDelivery(exchange);
        return "cookie";
      }
      if (given === "token") return "token";
      const fields = [{ field: "session", message: 'is "cookie" or "token"' }];
      throw new AppError("validationFailed", { fields, details: '\'session\' is "cookie" or "token"' });
    },
    deliveryOf: (exchange) => (exchange.header("authorization") === undefined ? "cookie" : "token"),
  };
}

/**
 * The refusal, with what can be shown: `factors` is empty where the account must have a second factor and has none yet. The session that the
 * browser had is over.
 */
function askForFactor(
  { pending, factors }: PendingSignIn,
  delivery: "cookie" | "token",
  jars: { readonly pending: SessionCookies; readonly session: SessionCookies },
): Answer {
  const error = new AppError("factorRequired", {
    hint:
      factors.length > 0
        ? "POST /auth/v1/sign-in/factor with one of factors."
        : "A role of this account needs a second factor: POST /auth/v1/totp sets one up.",
  });
  if (delivery === "token") return json(error.status, { ...error.toBody(), factors, pending });
  return {
    ...json(error.status, { ...error.toBody(), factors }),
    cookies: [jars.session.clear, jars.pending.set(pending, oneTimePurposes.factor)],
  };
}

/** `previous`: the session that the browser or program has until now. */
export function requestOf(exchange: Exchange, previous: string | undefined): AuthRequest {
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
