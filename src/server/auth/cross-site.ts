import { AppError } from "#contract";
import type { Exchange } from "../http/exchange.ts";
import { type SendingPage, sendingPage } from "../http/sending-page.ts";

export interface CrossSiteOptions {
  /** Whether a `Cookie` header has what signs somebody in. */
  readonly hasSession: (cookie: string) => boolean;
  /** The origin under which people reach this server; undefined where only the request says. */
  readonly site: () => string | undefined;
  /** Other origins whose pages may ask for a session of their own: those that CORS allows, by name. */
  readonly allowed: readonly string[];
}

export interface CrossSite {
  /**
   * Throws `crossSite` where a request would change something on the strength of a cookie that the browser sent by itself, and no page of ours
   * is known to have sent it (CWE-352). A browser that does not say which page did has no need of cookies.
   */
  readonly checkCookie: (exchange: Exchange) => void;
  /** Throws `crossSite` where a page of a stranger asks for a session: it would sign somebody in as another than they think. */
  readonly checkSignIn: (exchange: Exchange) => void;
  /** Throws `crossSite` where a page of another origin would be given a session in a cookie, which its browser throws away. */
  readonly checkDelivery: (exchange: Exchange) => void;
}

export function createCrossSite({ hasSession, site, allowed }: CrossSiteOptions): CrossSite {
  const senderOf = (exchange: Exchange): SendingPage => sendingPage(exchange, site());

  return {
    checkCookie(exchange) {
      const { method } = exchange;
      if (method === "GET" || method === "HEAD" || method === "OPTIONS") return;
      const cookie = exchange.header("cookie");
      if (cookie === undefined || exchange.header("authorization") !== undefined || !hasSession(cookie)) return;
      const sender = senderOf(exchange);
      if (sender === "ours") return;
      throw new AppError(
        "crossSite",
        sender === "foreign"
          ? {}
          : {
              message: "It is not known which page sent this request.",
              hint: "Browsers say so in Sec-Fetch-Site and Origin. A program sends its session as a bearer token in place of a cookie.",
            },
      );
    },
    checkSignIn(exchange) {
      if (senderOf(exchange) !== "foreign" || allowed.includes(exchange.header("origin") ?? "null")) return;
      throw new AppError("crossSite");
    },
    checkDelivery(exchange) {
      if (senderOf(exchange) !== "foreign") return;
      throw new AppError("crossSite", {
        message: "A page of another origin has no cookie of this server.",
        hint: 'Ask for a token: send "session": "token". The client does where it has `token`: createClient(url, { token }).',
      });
    },
  };
}
