/** How browsers keep something of a session. */
export interface SessionCookies {
  /** The base URL that it is for: an origin, with a path where everything lies below one. */
  readonly origin: string;
  /** What the cookie is called. */
  readonly name: string;
  /** The token in a `Cookie` header; undefined where it has none. */
  read(cookie: string | undefined): string | undefined;
  /** The `Set-Cookie` header that keeps it for so many milliseconds. */
  set(token: string, lifetime: number): string;
  /** The one that takes it away. */
  readonly clear: string;
}

/**
 * `__Host-` (RFC 6265bis section 4.1.3.2): of this host alone, from everywhere on it, over TLS alone; no script reads it (`HttpOnly`), and no other
 * site's form sends it (`SameSite=Lax`). Browsers do not take that from a server without TLS: on `http://localhost` and the like, which nobody
 * else can listen in to, the cookie has another name, with the port, for all servers of a machine share their cookies there.
 */
export function createSessionCookies(
  origin: string,
  what: "session" | "sign-up" | "visit" | "factor" | "passkey" | "invitation" | "oauth" | "oauth-sign-up" | "acting" = "session",
): SessionCookies {
  const { protocol, port, pathname } = new URL(origin);
  const isSecure = protocol === "https:";
  // `__Host-` is only good with Path=/, which is also sent to whatever else that host has: so two servers below one host need two names.
  const place = pathname === "/" ? "" : pathname.replaceAll("/", "~");
  const name = `${isSecure ? `__Host-chassis-${what}` : `chassis-${what}-${port || "80"}`}${place}`;
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  const prefix = `${name}=`;
  return {
    origin,
    name,
    read(cookie) {
      const at = cookie?.indexOf(prefix) ?? -1;
      if (cookie === undefined || at === -1) return undefined;
      // Most have it once: then nothing is taken apart for it.
      if (cookie.indexOf(prefix, at + 1) === -1 && (at === 0 || cookie.startsWith("; ", at - 2))) {
        const end = cookie.indexOf(";", at);
        return cookie.slice(at + prefix.length, end === -1 ? undefined : end).trimEnd();
      }
      const found = cookie
        .split(";")
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length));
      // Two of one name: one of them was planted, and nobody knows which. No token has a space.
      return found.length === 0 ? undefined : found.join(" ");
    },
    set: (token, lifetime) => `${name}=${token}${attributes}; Max-Age=${Math.max(0, Math.floor(lifetime / 1000))}`,
    clear: `${name}=${attributes}; Max-Age=0`,
  };
}
