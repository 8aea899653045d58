import { AppError } from "#contract";

/** Where a request goes: the path, decoded once, and the query as it came. */
export interface Target {
  readonly segments: readonly string[];
  /** `/a/` is another path than `/a`; our own routes have none of the first kind. */
  readonly trailingSlash: boolean;
  /** Without the `?`. */
  readonly search: string;
  /** It is the path of the base URL, without the slash that belongs at its end. */
  readonly isBarePrefix?: boolean;
}

// RFC 3986 section 3.3, without ";": servers disagree on whether path parameters belong to the segment (CVE-2026-2293).
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
const QUERY = /^[!-~]*$/;
// Encoded letters, digits and dots serve only to spell a path so that a guard does not know it (CVE-2025-69211).
const NEEDLESS = /%(?:3[0-9]|[46][1-9A-F]|[57][0-9A]|2D|2E|5F)/i;
const UNSAFE = /[/\\\p{Cc}]/u;

/**
 * Reads the request target. No path has two spellings: empty, `.` and `..` segments, path parameters, encoded slashes,
 * backslashes, control characters, letters and digits, and everything that is not UTF-8 are refused with `invalidUrl`
 * rather than tidied up, so that a proxy, a guard and a route cannot read one address in different ways.
 */
export function parseTarget(url: string, maximumLength: number): Target {
  if (url.length > maximumLength) {
    throw new AppError("urlTooLong", { details: `The limit is ${maximumLength} bytes (urlLength).` });
  }
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  const search = question === -1 ? "" : url.slice(question + 1);
  // Also refuses the absolute form (`GET http://host/`), which only proxies are sent and which would shadow the Host header.
  if (!PATH.test(path)) throw refused(problemOf(path));
  if (search !== "" && (search.includes("#") || !QUERY.test(search)))
    throw refused("The query has a character that must be percent-encoded.");
  if (path === "/") return { segments: [], trailingSlash: false, search };

  const trailingSlash = path.endsWith("/");
  const segments = path.slice(1, trailingSlash ? -1 : undefined).split("/");
  const encoded = path.includes("%");
  if (encoded && NEEDLESS.test(path)) throw refused("Letters, digits, '-', '.' and '_' must not be percent-encoded.");
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index] ?? "";
    if (segment === "") throw refused("The path has two slashes in a row.");
    if (segment === "." || segment === "..") throw refused(`The path has the segment '${segment}'.`);
    if (encoded && segment.includes("%")) segments[index] = decode(segment);
  }
  return { segments, trailingSlash, search };
}

/** The one spelling of a target: what an app's own routes are given. */
export function formatTarget({ segments, trailingSlash, search }: Target): string {
  const path = `/${segments.map(encodeSegment).join("/")}${trailingSlash ? "/" : ""}`;
  return search === "" ? path : `${path}?${search}`;
}

// encodeURIComponent also encodes what RFC 3986 lets stand in a segment.
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3D|40)/g, decodeURIComponent);
}

function decode(segment: string): string {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch (cause) {
    throw refused("The percent-encoding of the path is not UTF-8.", cause);
  }
  if (UNSAFE.test(text)) throw refused("The path has an encoded slash, backslash or control character.");
  return text;
}

/** Why a path is not in the form that `PATH` describes. */
function problemOf(path: string): string {
  if (!path.startsWith("/")) return "The address must be a path that starts with a slash.";
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return "A '%' in the path is not followed by two hexadecimal digits.";
  if (path.includes(";")) return "The path has a ';': path parameters are not accepted.";
  return "The path has a character that must be percent-encoded.";
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError("invalidUrl", { message, ...(cause === undefined ? {} : { cause }) });
}
