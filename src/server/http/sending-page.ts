import type { Exchange } from "./exchange.ts";

/** Which page sent a request, as far as its browser says: `unknown` where no browser sent it, or one that does not say. */
export type SendingPage = "ours" | "foreign" | "unknown";

/** Browsers say it in `Sec-Fetch-Site`, older ones in `Origin`. `site` is the origin under which people reach this server; undefined where only the request says. */
export function sendingPage(exchange: Pick<Exchange, "header" | "client">, site: string | undefined): SendingPage {
  const fetchSite = exchange.header("sec-fetch-site");
  // `none`: typed, or from a bookmark.
  if (fetchSite !== undefined) return fetchSite === "same-origin" || fetchSite === "none" ? "ours" : "foreign";
  const origin = exchange.header("origin");
  if (origin === undefined) return "unknown";
  return origin === site || isHost(origin, exchange.client.host, site) ? "ours" : "foreign";
}

/**
 * Under one of the other names of this server: by TLS where people come by it, since whoever is on the way can put a page under the same name without.
 * `null`, of sandboxed frames, is nobody's.
 */
function isHost(origin: string, host: string | undefined, site: string | undefined): boolean {
  const [, scheme, own] = /^(https?:)\/\/([^/?#@\\]+)$/.exec(origin) ?? [];
  return own !== undefined && own === host && (scheme === "https:" || site?.startsWith("https:") !== true);
}
