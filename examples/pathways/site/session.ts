/**
 * A token in a cookie that scripts cannot read and other sites cannot send along with a form. Over HTTPS its name has the
 * prefix that keeps subdomains from setting it (RFC 6265bis section 4.1.3.2).
 */
const plainName = "pathways_token";

function cookieName(request: Request): string {
  return isSecure(request) ? `__Host-${plainName}` : plainName;
}

function isSecure(request: Request): boolean {
  return new URL(request.url).protocol === "https:";
}

/** The token that the visitor's cookie holds, if any. */
export function sessionToken(request: Request): string | undefined {
  const name = cookieName(request);
  for (const pair of request.headers.get("cookie")?.split(";") ?? []) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** The request as the API would have received it, with the cookie's token as its proof. */
export function withToken(request: Request, token: string | undefined): Request {
  const headers = new Headers();
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return new Request(request.url, { headers, signal: request.signal });
}

export function sessionCookie(request: Request, token: string): string {
  return `${cookieName(request)}=${token}; Path=/; HttpOnly; SameSite=Lax${isSecure(request) ? "; Secure" : ""}`;
}

export function endedSession(request: Request): string {
  return `${sessionCookie(request, "")}; Max-Age=0`;
}
