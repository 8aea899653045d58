import { AppError } from "#contract";
import type { Exchange } from "../http/exchange.ts";

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
   * is known to have sent it (CWE-352). Browsers say who did in `Sec-Fetch-Site`, older ones in `Origin`; whoever sends neither has no need of cookies.
   */
  readonly checkCookie: (exchange: Exchange) => void;
  /** Throws `crossSite` where a page of a stranger asks for a session: it would sign somebody in as another than they think. */
  readonly checkSignIn: (exchange: Exchange) => void;
}

type Sender = "ours" | "foreign" | "unknown";

export function createCrossSite({ hasSession, site, allowed }: CrossSiteOptions): CrossSite {
  function senderOf(exchange: Exchange): Sender {
    const fetchSite = exchange.header("sec-fetch-site");
    // `none`: typed, or from a bookmark.
    if (fetchSite !== undefined) return fetchSite === "same-origin" || fetchSite === "none" ? "ours" : "foreign";
    const origin = exchange.header("origin");
    if (origin === undefined) return "unknown";
    const own = site();
    return origin === own || isHost(origin, exchange.client.host, own) ? "ours" : "foreign";
  }

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
  };
}

/**
 * Under one of the other names of this server: by TLS where people come by it, since whoever is on the way can put a page under the same name without.
 * `null`, of sandboxed frames, is nobody's.
 */
function isHost(origin: string, host: string | undefined, site: string | undefined): boolean {
  const [, scheme, own] = /^(https?:)\/\/([^/?#@\\]+)$/.exec(origin) ?? [];
  return own !== undefined && own === host && (scheme === "https:" || site?.startsWith("https:") !== true);
}
