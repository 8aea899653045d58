/** Characters of an address that an app is known by. */
const MOST = 500;

const runsCode: ReadonlySet<string> = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "blob:",
  "file:",
  "about:",
  "view-source:",
  "filesystem:",
]);

/**
 * What is wrong with an address that people are to be sent back to; undefined where it will do. HTTPS; HTTP for a program on the person's own
 * machine alone (RFC 8252 section 7.3); the scheme of an installed app, which has a dot as its maker's domain has (section 7.1). Nothing that
 * browsers and programs could read in two ways.
 */
export function redirectUriProblem(uri: string): string | undefined {
  if (uri.length > MOST) return `is longer than ${MOST} characters`;
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\"<>^`{|}]/.test(uri)) return "has characters that no address has: percent-encode them";
  if (uri.includes("*")) return "has a *: each address is named by itself";
  if (uri.includes("#")) return "has a part after #, which is not sent back (RFC 6749 section 3.1.2)";
  if (!URL.canParse(uri)) return "is no address, such as https://app.example/callback";
  const { protocol, username, password, hostname, href } = new URL(uri);
  if (username !== "" || password !== "") return "has a user or a password in it";
  if (runsCode.has(protocol)) return `has the scheme ${protocol}`;
  if (protocol === "http:" && !isLoopbackName(hostname)) return "must be https://, for codes would cross a network in the clear";
  if (protocol === "http:" || protocol === "https:") {
    // One spelling, so that what is compared letter by letter is what browsers go to.
    return href === uri || href === `${uri}/` ? undefined : `is written ${href}`;
  }
  return protocol.includes(".")
    ? undefined
    : "has the scheme of an app without its maker's domain, such as com.example.app:/callback";
}

function isLoopbackName(hostname: string): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;

/**
 * Whether an address that was asked for is one of those (RFC 9700 section 2.1): letter by letter, but for the port of a program on the person's
 * own machine, which takes whichever is free (RFC 8252 section 7.3). `localhost` may be another machine's name, and keeps its port.
 */
export function isRegisteredUri(
  uri: string,
  registered: readonly string[],
  { isPublic }: { readonly isPublic: boolean },
): boolean {
  if (registered.includes(uri)) return true;
  if (!isPublic || !LOOPBACK.test(uri) || redirectUriProblem(uri) !== undefined) return false;
  const portless = (each: string): string => each.replace(LOOPBACK, "http://$1");
  return registered.some((each) => LOOPBACK.test(each) && portless(each) === portless(uri));
}

/** Whether other programs of a machine could be called in its place: then nobody knows that it is this app (RFC 8252 section 8.6). */
export function isImpersonable(uri: string): boolean {
  return !uri.startsWith("https:");
}
