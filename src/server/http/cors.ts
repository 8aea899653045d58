import type { Answer, Exchange } from "./exchange.ts";

export interface CorsOptions {
  /** Exact origins (`https://app.example`), or `*` alone for every one. Empty closes: no header is sent. */
  readonly origins: readonly string[];
  /** Lets those origins send cookies. Never together with `*`. */
  readonly credentials?: boolean;
}

/** Which other sites' pages may read answers (the Fetch standard, section 3.2). */
export interface Cors {
  /** Whether pages of that origin may read answers. */
  allows(origin: string | undefined): boolean;
  /** The answer to a preflight of an allowed origin; undefined for every other request. */
  preflight(exchange: Exchange): Answer | undefined;
  /** What is added to an answer. */
  headers(exchange: Exchange): Readonly<Record<string, string>>;
}

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const EXPOSED =
  "content-range, content-location, etag, idempotency-replayed, link, location, next-cursor, preference-applied, range-unit, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id";
const HEADER_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?: *, *[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;
const PREFLIGHT_SECONDS = "600";

export function createCors({ origins, credentials = false }: CorsOptions): Cors {
  const everyone = origins.includes("*");
  if (everyone && credentials) throw new Error("CORS cannot allow every origin and credentials: name the origins.");
  const allowed = new Set(origins);
  const vary: Readonly<Record<string, string>> = origins.length === 0 || everyone ? {} : { vary: "Origin" };
  // `null` is what sandboxed frames and data: pages of anybody send: it is never somebody.
  const allows = (origin: string | undefined): origin is string =>
    origin !== undefined && origin !== "null" && (everyone || allowed.has(origin));

  function headers(exchange: Exchange): Readonly<Record<string, string>> {
    const origin = exchange.header("origin");
    if (!allows(origin)) return vary;
    return {
      ...vary,
      "access-control-allow-origin": everyone ? "*" : origin,
      "access-control-expose-headers": EXPOSED,
      ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
    };
  }

  return {
    allows,
    headers,
    preflight(exchange) {
      if (exchange.method !== "OPTIONS" || exchange.header("access-control-request-method") === undefined) return undefined;
      const origin = exchange.header("origin");
      if (!allows(origin)) return undefined;
      const wanted = exchange.header("access-control-request-headers");
      return {
        status: 204,
        headers: {
          ...headers(exchange),
          "access-control-allow-methods": METHODS,
          ...(wanted !== undefined && HEADER_NAMES.test(wanted) ? { "access-control-allow-headers": wanted } : {}),
          "access-control-max-age": PREFLIGHT_SECONDS,
          vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        },
        body: undefined,
      };
    },
  };
}
