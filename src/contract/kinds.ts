/**
 * The field kinds: all that is known of each, in one table. Nothing downstream lists them again; code that handles a column
 * receives its row of this table.
 *
 * A value has three forms. Its **JSON form** crosses the wire and is what functions see. Its **stored form** is what a
 * database parameter holds. Its **text form** stands in an address (`?stars=gte.4`) or a CSV cell.
 */

/** What expressions know of a value: which comparisons make sense and how it is ordered. */
export type Scalar = "text" | "integer" | "decimal" | "real" | "bool" | "timestamp" | "date" | "json" | "bytes";

/** A value as a database parameter takes it. `bool` is 0 or 1, `decimal` an integer scaled by ten to the power of its scale. */
export type Stored = string | number | bigint | Uint8Array | null;

/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a field's definition says beyond its kind; each kind reads what concerns it. */
export interface KindOptions {
  /** Decimal: digits in all, at most 18. */
  readonly precision?: number;
  /** Decimal: digits after the point. */
  readonly scale?: number;
  /** Enum: its members. */
  readonly values?: readonly string[];
}

export type Parsed = { readonly ok: true; readonly value: Stored } | { readonly ok: false; readonly message: string };

export interface Kind {
  readonly name: KindName;
  readonly scalar: Scalar;
  /** The column's type in each dialect. */
  readonly columnType: { readonly sqlite: "TEXT" | "INTEGER" | "REAL" | "BLOB" };
  /** How the database must render a stored value inside JSON: as it is, or by a conversion that each dialect has. */
  readonly rendering: "plain" | "bool" | "json" | "decimal" | "bytes";
  /** From the JSON form to the stored form. Never called with null. */
  readonly fromJson: (value: unknown, options: KindOptions) => Parsed;
  /** From the text form to the stored form. */
  readonly fromText: (text: string, options: KindOptions) => Parsed;
  /** From the stored form to the JSON form: what `rendering` makes the database write. */
  readonly toJson: (stored: Exclude<Stored, null>, options: KindOptions) => Json;
}

export type KindName =
  | "uuid"
  | "text"
  | "integer"
  | "decimal"
  | "real"
  | "bool"
  | "timestamp"
  | "date"
  | "json"
  | "enum"
  | "bytes"
  | "email"
  | "url"
  | "secret";

const ok = (value: Stored): Parsed => ({ ok: true, value });
const no = (message: string): Parsed => ({ ok: false, message });

/** Text that every dialect can keep: well-formed Unicode without U+0000, which PostgreSQL refuses and SQLite cuts at. */
function cleanText(value: string): Parsed {
  if (value.includes("\u0000")) return no("must not contain the character U+0000");
  if (!value.isWellFormed()) return no("must be well-formed Unicode: it has half of a surrogate pair");
  return ok(value);
}

function textKind(name: KindName, refine: (value: string, options: KindOptions) => Parsed): Kind {
  const parse = (value: string, options: KindOptions): Parsed => {
    const clean = cleanText(value);
    return clean.ok ? refine(value, options) : clean;
  };
  return {
    name,
    scalar: "text",
    columnType: { sqlite: "TEXT" },
    rendering: "plain",
    fromJson: (value, options) => (typeof value === "string" ? parse(value, options) : no("must be a string")),
    fromText: parse,
    toJson: (stored) => String(stored),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
// The HTML standard's "valid e-mail address", with a dot required in the domain.
const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,255}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const REAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

function parseInteger(value: unknown): Parsed {
  if (typeof value !== "number" || !Number.isInteger(value)) return no("must be a whole number");
  if (!Number.isSafeInteger(value)) return no("must lie between -9007199254740991 and 9007199254740991");
  return ok(value === 0 ? 0 : value);
}

function parseReal(value: unknown): Parsed {
  return typeof value === "number" && Number.isFinite(value) ? ok(value === 0 ? 0 : value) : no("must be a number");
}

function parseDecimal(text: string, { precision = 18, scale = 2 }: KindOptions): Parsed {
  if (!DECIMAL.test(text)) return no('must be a decimal number such as "12.50"');
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = (negative ? text.slice(1) : text).split(".");
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale)))
    return no(`must have at most ${scale} digits after the point`);
  const digits = (whole + fraction.slice(0, scale).padEnd(scale, "0")).replace(/^0+(?=\d)/, "");
  if (digits.length > precision) return no(`must have at most ${precision - scale} digits before the point`);
  const scaled = BigInt(digits);
  return ok(negative ? -scaled : scaled);
}

/** A scaled integer as exact decimal text: (1250n, 2) is "12.50". */
export function decimalText(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, "0");
  const sign = scaled < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function parseDate(text: string): Parsed {
  const match = DATE.exec(text);
  if (match === null || text < "0001-01-01") return no("must be a date such as 2026-11-25");
  const date = new Date(`${text}T00:00:00.000Z`);
  // Date accepts 30 February and rolls over: only a date that survives the round trip exists.
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text
    ? no("is not a date of the calendar")
    : ok(text);
}

/** What this kind gives, it mostly also gets: then one look is enough. */
function isStoredForm(text: string): boolean {
  if (text.length !== 24 || text < "0001") return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text;
}

function parseTimestamp(text: string): Parsed {
  const message = "must be a moment with a time zone such as 2026-11-25T18:00:00.000Z";
  if (isStoredForm(text)) return ok(text);
  if (!TIMESTAMP.test(text)) return no(message);
  const calendar = parseDate(text.slice(0, 10));
  if (!calendar.ok) return calendar;
  const normal = text
    .replace(" ", "T")
    .replace(/(\.\d{3})\d+/, "$1")
    .replace(/([+-]\d{2})(\d{2})$/, "$1:$2")
    .replace(/([+-]\d{2})$/, "$1:00")
    .toUpperCase();
  const moment = new Date(normal);
  if (Number.isNaN(moment.getTime())) return no(message);
  const iso = moment.toISOString();
  return iso.length === 24 && iso >= "0001" ? ok(iso) : no("must lie between the years 1 and 9999");
}

/** Deeper JSON is refused: databases and callers recurse over it. */
export const jsonDepthLimit = 64;

function jsonDepth(value: unknown, depth = 0): number {
  if (value === null || typeof value !== "object" || depth > jsonDepthLimit) return depth;
  let deepest = depth + 1;
  for (const item of Object.values(value)) deepest = Math.max(deepest, jsonDepth(item, depth + 1));
  return deepest;
}

/** JSON.stringify writes both as escapes: U+0000, and half of a surrogate pair. A backslash before it, itself escaped, is another text. */
const UNCLEAN_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

function parseJson(value: unknown): Parsed {
  if (jsonDepth(value) > jsonDepthLimit) return no(`must not be nested deeper than ${jsonDepthLimit}`);
  const text = JSON.stringify(value);
  if (text === undefined) return no("must be JSON");
  if (UNCLEAN_JSON.test(text)) return no("must be well-formed Unicode without the character U+0000");
  return ok(text);
}

function parseJsonText(text: string): Parsed {
  try {
    return parseJson(JSON.parse(text));
  } catch {
    return no("must be JSON");
  }
}

/** PostgreSQL's hex form of bytes: `\x` and two hexadecimal digits a byte. */
function parseBytes(text: string): Parsed {
  return /^\\x(?:[0-9a-fA-F]{2})*$/.test(text)
    ? ok(Uint8Array.from(Buffer.from(text.slice(2), "hex")))
    : no("must be bytes in hexadecimal such as \\x00ff");
}

const fromString =
  (parse: (text: string, options: KindOptions) => Parsed): Kind["fromJson"] =>
  (value, options) =>
    typeof value === "string" ? parse(value, options) : no("must be a string");

export const kinds: { readonly [K in KindName]: Kind } = {
  uuid: textKind("uuid", (value) => {
    const id = value.toLowerCase();
    return UUID.test(id) ? ok(id) : no("must be a UUID");
  }),
  text: textKind("text", ok),
  email: textKind("email", (value) => (EMAIL.test(value) ? ok(value) : no("must be an e-mail address"))),
  url: textKind("url", (value) =>
    URL.canParse(value) && /^https?:\/\//i.test(value) ? ok(value) : no("must be an absolute http or https address"),
  ),
  enum: textKind("enum", (value, { values = [] }) =>
    values.includes(value) ? ok(value) : no(`must be one of ${values.join(", ")}`),
  ),
  secret: textKind("secret", ok),
  integer: {
    name: "integer",
    scalar: "integer",
    columnType: { sqlite: "INTEGER" },
    rendering: "plain",
    fromJson: parseInteger,
    fromText: (text) => (INTEGER.test(text) ? parseInteger(Number(text)) : no("must be a whole number")),
    toJson: Number,
  },
  decimal: {
    name: "decimal",
    scalar: "decimal",
    columnType: { sqlite: "INTEGER" },
    rendering: "decimal",
    // A JSON number is taken where its shortest form is exact; a string always is.
    fromJson: (value, options) => {
      if (typeof value === "string") return parseDecimal(value, options);
      if (typeof value === "number" && Number.isFinite(value)) return parseDecimal(String(value), options);
      return no('must be a decimal number such as "12.50"');
    },
    fromText: parseDecimal,
    toJson: (stored, { scale = 2 }) => decimalText(BigInt(stored as bigint | number), scale),
  },
  real: {
    name: "real",
    scalar: "real",
    columnType: { sqlite: "REAL" },
    rendering: "plain",
    fromJson: parseReal,
    fromText: (text) => (REAL.test(text) ? parseReal(Number(text)) : no("must be a number")),
    toJson: Number,
  },
  bool: {
    name: "bool",
    scalar: "bool",
    columnType: { sqlite: "INTEGER" },
    rendering: "bool",
    fromJson: (value) => (typeof value === "boolean" ? ok(value ? 1 : 0) : no("must be true or false")),
    fromText: (text) => {
      if (/^(?:true|t|1)$/i.test(text)) return ok(1);
      return /^(?:false|f|0)$/i.test(text) ? ok(0) : no("must be true or false");
    },
    toJson: (stored) => stored === 1,
  },
  timestamp: {
    name: "timestamp",
    scalar: "timestamp",
    columnType: { sqlite: "TEXT" },
    rendering: "plain",
    fromJson: fromString(parseTimestamp),
    fromText: parseTimestamp,
    toJson: String,
  },
  date: {
    name: "date",
    scalar: "date",
    columnType: { sqlite: "TEXT" },
    rendering: "plain",
    fromJson: fromString(parseDate),
    fromText: parseDate,
    toJson: String,
  },
  json: {
    name: "json",
    scalar: "json",
    columnType: { sqlite: "TEXT" },
    rendering: "json",
    fromJson: parseJson,
    fromText: parseJsonText,
    toJson: (stored) => JSON.parse(String(stored)) as Json,
  },
  bytes: {
    name: "bytes",
    scalar: "bytes",
    columnType: { sqlite: "BLOB" },
    rendering: "bytes",
    fromJson: fromString(parseBytes),
    fromText: parseBytes,
    toJson: (stored) => `\\x${Buffer.from(stored as Uint8Array).toString("hex")}`,
  },
};
