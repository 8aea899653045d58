import { type Json, type KindName, type KindOptions, type Stored } from "#contract";
import type { Column } from "#database";
import type { JsonSchema } from "./openapi.ts";

/** The JSON form of the values of each kind: what `fromJson` of src/contract/kinds.ts takes, and `toJson` gives. */
const kindSchemas: { readonly [K in KindName]: (options: KindOptions) => JsonSchema } = {
  uuid: () => ({ type: "string", format: "uuid" }),
  text: () => ({ type: "string" }),
  email: () => ({ type: "string", format: "email" }),
  url: () => ({ type: "string", format: "uri" }),
  enum: ({ values = [] }) => ({ type: "string", enum: values }),
  secret: () => ({ type: "string", format: "password" }),
  integer: () => ({
    type: "integer",
    format: "int64",
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
  decimal: ({ precision = 18, scale = 2 }) => ({
    type: "string",
    format: "decimal",
    pattern: `^-?\\d{1,${Math.max(1, precision - scale)}}${scale === 0 ? "" : `(?:\\.\\d{1,${scale}})?`}$`,
  }),
  real: () => ({ type: "number", format: "double" }),
  bool: () => ({ type: "boolean" }),
  timestamp: () => ({ type: "string", format: "date-time" }),
  date: () => ({ type: "string", format: "date" }),
  json: () => ({}),
  bytes: () => ({ type: "string", pattern: "^\\\\x(?:[0-9a-fA-F]{2})*$" }),
};

const kindNotes: Partial<Readonly<Record<KindName, string>>> = {
  decimal: "An exact number, as text.",
  timestamp: "A moment, in UTC.",
  bytes: "Bytes in hexadecimal, `\\x` before them.",
  secret: "Goes in and never comes out.",
};

/** What a value of the column may be; `nullable` says whether null is one. */
export function valueSchema(column: Column, nullable: boolean): JsonSchema {
  const own: JsonSchema = { ...kindSchemas[column.kind.name](column.options), ...limitsOf(column) };
  if (!nullable || own["type"] === undefined) return own;
  const members = own["enum"] as readonly unknown[] | undefined;
  return { ...own, type: [own["type"], "null"], ...(members === undefined ? {} : { enum: [...members, null] }) };
}

/** What JSON Schema has no word for. */
export function valueNotes(column: Column): readonly string[] {
  const { min, max, pattern } = column.limits;
  const note = kindNotes[column.kind.name];
  const isWritten = column.kind.scalar !== "integer" && column.kind.scalar !== "real";
  return [
    ...(note === undefined ? [] : [note]),
    ...(isWritten && min !== undefined ? [`At least ${JSON.stringify(jsonForm(column, min)).replaceAll('"', "")}.`] : []),
    ...(isWritten && max !== undefined ? [`At most ${JSON.stringify(jsonForm(column, max)).replaceAll('"', "")}.`] : []),
    ...(pattern === undefined || isPlain(pattern) ? [] : [`Matches \`/${pattern.source}/${pattern.flags}\`.`]),
  ];
}

export function jsonForm(column: Column, stored: Stored): Json {
  return stored === null ? null : column.kind.toJson(stored, column.options);
}

function limitsOf(column: Column): JsonSchema {
  const { min, max, minLength, maxLength, pattern } = column.limits;
  const isNumber = column.kind.scalar === "integer" || column.kind.scalar === "real";
  // Of bytes each is two digits.
  const length = (count: number): number => (column.kind.name === "bytes" ? 2 + 2 * count : count);
  return {
    ...(isNumber && min !== undefined ? { minimum: jsonForm(column, min) } : {}),
    ...(isNumber && max !== undefined ? { maximum: jsonForm(column, max) } : {}),
    ...(minLength === undefined ? {} : { minLength: length(minLength) }),
    ...(maxLength === undefined ? {} : { maxLength: length(maxLength) }),
    ...(pattern !== undefined && isPlain(pattern) ? { pattern: pattern.source } : {}),
  };
}

/** JSON Schema's patterns have no flags, and are read as with `u`. */
function isPlain({ flags }: { readonly flags: string }): boolean {
  return /^u?$/.test(flags);
}
