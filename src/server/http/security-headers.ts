/**
 * What every answer carries unless its route says otherwise: all of it in these two tables. Sources: OWASP ASVS 5 sections 3.4, 3.5 and 14.3, the OWASP secure headers project, helmet, the Fetch and CSP
 * standards. Left out on purpose: what browsers no longer read (`X-XSS-Protection`, `Expect-CT`) and what guards against plug-ins that are gone.
 */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export interface SecurityHeaders {
  /** Of what this server answers itself. */
  readonly own: HeaderPairs;
  /** Of an app's own routes, which get a content security policy with it: `pagePolicy`. */
  readonly pages: HeaderPairs;
  /** Tells browsers to come by HTTPS alone, and so whether pages may be told to load by it too. */
  readonly isSecure: boolean;
}

/** Which names below this one must be asked by HTTPS alone as well. */
export type StrictTransport = "subdomains" | "host" | "off";

/** An app's page that needs one of them says so in a header of its own. */
export const permissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/** Data, and pages of our own, which say what they need: nobody has a reason to run, frame, embed or keep it. */
const ownHeaders: HeaderPairs = Object.entries({
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
});

/** An app alone knows how long its pages may be kept, where they are nobody's in particular. */
const pageHeaders: HeaderPairs = Object.entries({
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-frame-options": "SAMEORIGIN",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": permissionsPolicy,
});

/** A year (ASVS 3.4.1). */
const TRANSPORT_SECONDS = 31_536_000;

/** `Strict-Transport-Security` is sent where the base URL is an HTTPS one: else browsers must not heed it (RFC 6797 section 8.1). */
export function createSecurityHeaders({
  baseUrl,
  strictTransport = "subdomains",
}: {
  readonly baseUrl?: string | undefined;
  readonly strictTransport?: StrictTransport;
}): SecurityHeaders {
  const isSecure = baseUrl?.startsWith("https:") === true;
  if (!isSecure || strictTransport === "off") return { own: ownHeaders, pages: pageHeaders, isSecure };
  const value = `max-age=${TRANSPORT_SECONDS}${strictTransport === "subdomains" ? "; includeSubDomains" : ""}`;
  const transport: HeaderPairs = [["strict-transport-security", value]];
  return { own: [...ownHeaders, ...transport], pages: [...pageHeaders, ...transport], isSecure };
}

export const plainSecurityHeaders: SecurityHeaders = createSecurityHeaders({});

/**
 * The policy of an app's page that says none itself: everything from the page's own origin, scripts and styles inside the page with the nonce of this answer alone (CSP 3).
 */
export function pagePolicy(nonce: string, isSecure: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    ...(isSecure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
