/**
 * Keeps out of logs what proves who somebody is. Two tables: names whose values are never written, wherever they stand, and forms that are
 * recognised inside text. Everything that is logged goes through here, an app's own lines too.
 */

/** How the end of a name gives it away, without case, `-` and `_`: `accessToken`, `x-api-key`, `SECRET_ACCESS_KEY`. */
const secretEndings: readonly string[] = [
  "authorization",
  "cookie",
  "cookies",
  "token",
  "tokens",
  "password",
  "passwords",
  "passphrase",
  "secret",
  "secrets",
  "apikey",
  "accesskey",
  "privatekey",
  "credential",
  "credentials",
  "otp",
  "recoverycode",
  "recoverycodes",
];

const REDACTED = "[redacted]";

/** Forms, and what is left of them. All are linear in the length of the text. */
const secretForms: readonly (readonly [form: RegExp, left: string])[] = [
  // RFC 9110 section 11.4, RFC 6750
  [/\b(Bearer|Basic|Digest|Token)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // Keys that people made, and sessions.
  [/\bch[ks]_[\w-]{20,}/g, REDACTED],
  // RFC 7519: the header of every JSON Web Token begins so.
  [/\beyJ[\w-]{8,}\.[\w-]*\.[\w-]*/g, REDACTED],
  // RFC 3986 section 3.2.1: user and password in an address.
  [/\b([a-z][a-z\d+.-]{0,30}:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,500}@/gi, `$1${REDACTED}@`],
  // In a query, a form or a list of cookies: `reset_token=...`
  [
    /\b([\w.-]{0,40}(?:token|secret|password|passphrase|signature|otp|api[_-]?key|session(?:[_-]?id)?|[?&]code))=[^\s&;,"']+/gi,
    `$1=${REDACTED}`,
  ],
  [/([?&](?:code|key|sig|state))=[^\s&;,"']+/gi, `$1=${REDACTED}`],
  // In JSON and printed objects: `"password":"..."`
  [
    /(["']?[\w-]{0,40}(?:token|secret|password|passphrase|authorization|cookie|api[_-]?key)["']?\s*:\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/gi,
    `$1"${REDACTED}"`,
  ],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, REDACTED],
];

/** A part of a path as links hold it that prove something: long, and no word and no id. */
const TOKEN_SEGMENT = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w~.-]{24,}$/;

const MOST_DEPTH = 8;
const MOST_ITEMS = 200;
const MOST_NAMES = 2000;
/** Longer text is cut: nobody reads it, and it is not to hold anybody up. */
const MOST_TEXT = 20_000;

const known = new Map<string, boolean>();

export function isSecretName(name: string): boolean {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const plain = name.toLowerCase().replaceAll(/[-_\s]/g, "");
  const secret = secretEndings.some((ending) => plain.endsWith(ending));
  if (known.size < MOST_NAMES) known.set(name, secret);
  return secret;
}

export function redactText(text: string): string {
  let left = text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}…`;
  // Most lines are short words: none of the forms is in them.
  if (!/[=:\s.]/.test(left)) return left;
  for (const [form, replacement] of secretForms) left = left.replace(form, replacement);
  return left;
}

/** A path, without the tokens that links have in theirs. */
export function redactPath(segments: readonly string[]): string {
  return `/${segments.map((segment) => (TOKEN_SEGMENT.test(segment) ? REDACTED : segment)).join("/")}`;
}

/** The fields of a line, deep, without secrets; what is an error becomes data: type, message, stack, what else it has, and its cause. */
export function redactFields(fields: object): Record<string, unknown> {
  return redactObject(fields, 0, new Set());
}

function redactValue(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (above.has(value) || depth >= MOST_DEPTH) return "[...]";
  if (value instanceof Error) return redactError(value, depth, above);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // Bodies, keys and the like.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  above.add(value);
  try {
    if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => redactValue(item, depth + 1, above));
    if (value instanceof Headers || value instanceof Map || value instanceof URLSearchParams)
      return redactObject(Object.fromEntries([...value].slice(0, MOST_ITEMS)), depth, above);
    if (value instanceof URL) return redactText(value.href);
    return redactObject(value, depth, above);
  } finally {
    above.delete(value);
  }
}

function redactObject(object: object, depth: number, above: Set<object>): Record<string, unknown> {
  const left: Record<string, unknown> = {};
  let items = 0;
  for (const name of Object.keys(object)) {
    if (++items > MOST_ITEMS) break;
    // A name may be anybody's, `__proto__` among them.
    Object.defineProperty(left, name, {
      value: isSecretName(name) ? REDACTED : redactValue((object as Record<string, unknown>)[name], depth + 1, above),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return left;
}

function redactError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  above.add(error);
  try {
    const own: Record<string, unknown> = { ...error };
    delete own["message"];
    delete own["stack"];
    delete own["cause"];
    return {
      type: error.constructor?.name ?? error.name,
      message: redactText(error.message),
      stack: redactText(error.stack ?? ""),
      ...redactObject(own, depth, above),
      ...(error instanceof AggregateError ? { errors: redactValue([...error.errors], depth + 1, above) } : {}),
      ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1, above) }),
    };
  } finally {
    above.delete(error);
  }
}
