import { quoteName } from "../../sqlite/dialect/literals.ts";

/** How values of a column become values of another type, as SQL over the row, and how they go back. */
export interface Conversion {
  readonly convert: string;
  readonly revert: string;
}

/** `same`: the stored values may stay as they are. `ask`: more than one way, or none, so a person must say. */
export type KnownConversion =
  | { readonly type: "same" }
  | ({ readonly type: "convert" } & Conversion)
  | { readonly type: "ask"; readonly candidates: readonly string[] };

type Rule = (column: string, scales: { readonly from: number; readonly to: number }) => string;

const power = (scale: number): string => `1${"0".repeat(scale)}`;
/** Whole-number arithmetic: a real has too few digits for eighteen of them. */
const divideRounding = (value: string, scale: number): string =>
  scale === 0
    ? value
    : `(${value} + CASE WHEN ${value} < 0 THEN -${power(scale)} / 2 ELSE ${power(scale)} / 2 END) / ${power(scale)}`;
const truthWords = (column: string): string =>
  `CASE lower(${column}) WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END`;

/** Ways that mean the same to everybody, `from to`. What does not survive them is counted by going back. */
const rules: Readonly<Record<string, Rule>> = {
  "integer decimal": (column, { to }) => `${column} * ${power(to)}`,
  "decimal integer": (column, { from }) => divideRounding(column, from),
  "decimal decimal": (column, { from, to }) =>
    to >= from ? `${column} * ${power(to - from)}` : divideRounding(column, from - to),
  "integer real": (column) => `CAST(${column} AS REAL)`,
  "bool real": (column) => `CAST(${column} AS REAL)`,
  "real integer": (column) => `CAST(round(${column}) AS INTEGER)`,
  "real bool": (column) => `CAST(${column} AS INTEGER)`,
  "decimal real": (column, { from }) => `CAST(${column} AS REAL) / ${power(from)}.0`,
  "real decimal": (column, { to }) => `CAST(round(${column} * ${power(to)}.0) AS INTEGER)`,
  "integer text": (column) => `CAST(${column} AS TEXT)`,
  "real text": (column) => `CAST(${column} AS TEXT)`,
  "decimal text": (column, { from }) =>
    from === 0
      ? `CAST(${column} AS TEXT)`
      : `CASE WHEN ${column} < 0 THEN '-' ELSE '' END || (abs(${column}) / ${power(from)}) || '.' || substr('${"0".repeat(from)}' || (abs(${column}) % ${power(from)}), -${from})`,
  "bool text": (column) => `CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`,
  "text integer": (column) => `CAST(${column} AS INTEGER)`,
  "text real": (column) => `CAST(${column} AS REAL)`,
  "text decimal": (column, { to }) => `CAST(round(CAST(${column} AS REAL) * ${power(to)}.0) AS INTEGER)`,
  "text bool": truthWords,
  "timestamp date": (column) => `substr(${column}, 1, 10)`,
  "date timestamp": (column) => `${column} || 'T00:00:00.000Z'`,
};

/** Both are kept in the same form, and what the new one does not allow its checks find. */
const same: ReadonlySet<string> = new Set([
  "bool integer",
  "integer bool",
  "timestamp text",
  "date text",
  "json text",
  "text timestamp",
  "text date",
]);

const asked: Readonly<Record<string, readonly string[]>> = {
  "text json": ["json_quote($)", "$"],
  "integer json": ["CAST($ AS TEXT)"],
  "real json": ["CAST($ AS TEXT)"],
  "bool json": ["CASE $ WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"],
  "json integer": ["CAST(json_extract($, '$') AS INTEGER)"],
  "integer timestamp": [
    "strftime('%Y-%m-%dT%H:%M:%fZ', $, 'unixepoch')",
    "strftime('%Y-%m-%dT%H:%M:%fZ', $ / 1000.0, 'unixepoch')",
  ],
  "timestamp integer": ["CAST(strftime('%s', $) AS INTEGER)", "CAST(round(unixepoch($, 'subsec') * 1000) AS INTEGER)"],
  "bytes text": ["lower(hex($))"],
  "text bytes": ["unhex($)", "CAST($ AS BLOB)"],
};

/** The way from one kind to another of `Definition.kinds`, for the column of that name. */
export function knownConversion(column: string, from: string, to: string): KnownConversion {
  const [left, right] = [split(from), split(to)];
  if (left.scalar === right.scalar && left.scale === right.scale) return { type: "same" };
  const key = `${left.scalar} ${right.scalar}`;
  if (same.has(key)) return { type: "same" };
  const name = quoteName(column);
  const convert = rules[key]?.(name, { from: left.scale, to: right.scale });
  if (convert === undefined)
    return { type: "ask", candidates: (asked[key] ?? []).map((text) => text.replaceAll(/\$(?!')/g, name)) };
  return { type: "convert", convert, revert: revertConversion(column, from, to) };
}

/** How to go back: a known way, else the first that one may mean, else no value. */
export function revertConversion(column: string, from: string, to: string): string {
  const [left, right] = [split(to), split(from)];
  const key = `${left.scalar} ${right.scalar}`;
  const name = quoteName(column);
  if (same.has(key)) return name;
  return rules[key]?.(name, { from: left.scale, to: right.scale }) ?? asked[key]?.[0]?.replaceAll(/\$(?!')/g, name) ?? "NULL";
}

function split(kind: string): { readonly scalar: string; readonly scale: number } {
  const match = /^decimal\((\d+)\)$/.exec(kind);
  return match === null ? { scalar: kind, scale: 0 } : { scalar: "decimal", scale: Number(match[1]) };
}
