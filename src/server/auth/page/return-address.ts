/** Characters: an address is kept in a cookie for a while. */
const MOST = 2000;

/**
 * Where somebody asked to be taken after signing in: a path of this site with its query, in one spelling. Undefined for whatever else (CWE-601): browsers
 * drop tabs and line breaks, read a backslash as a slash, and take `//evil.example` for another site, which dots in a path can become as well
 * (`/.//evil.example`).
 */
export function returnAddress(given: string | null | undefined): string | undefined {
  if (typeof given !== "string" || given.length > MOST || !given.startsWith("/") || /[\\\p{Cc}\s]/u.test(given)) return undefined;
  const base = "http://site.invalid";
  if (!URL.canParse(given, base)) return undefined;
  const { origin, pathname, search, hash } = new URL(given, base);
  if (origin !== base || pathname.startsWith("//")) return undefined;
  return pathname + search + hash;
}

/** A path of ours, with where to go after it. */
export function withReturn(path: string, to: string | undefined): string {
  return to === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}to=${encodeURIComponent(to)}`;
}
