import type { TableReach } from "#application";
import { heeded, type Preferences } from "../rest/headers/prefer.ts";
import type { Components } from "./components.ts";
import type { ExampleObject, ParameterObject, ReferenceObject } from "./openapi.ts";

const preferenceNotes: { readonly [P in keyof Required<Preferences>]: readonly (readonly [example: string, means: string])[] } = {
  resolution: [
    ["resolution=merge-duplicates", "rows that are there already are changed"],
    ["resolution=ignore-duplicates", "rows that are there already are left alone"],
  ],
  missing: [
    ["missing=default", "fields that are left out get their defaults"],
    ["missing=null", "fields that are left out of some rows of a list are null"],
  ],
  return: [
    ["return=representation", "the rows are answered"],
    ["return=minimal", "no rows are answered"],
    ["return=headers-only", "no rows are answered, and where the one new row is"],
  ],
  count: [
    ["count=exact", "`Content-Range` has the number of all rows"],
    ["count=estimated", "the same, or a guess"],
  ],
  tx: [["tx=rollback", "all is done, answered, and undone"]],
  handling: [["handling=strict", "a preference that is not understood is an error"]],
  "max-affected": [["handling=strict, max-affected=1", "an error where more rows would be changed"]],
};

export type PreferKind = "read" | "insert" | "update" | "delete" | "upsert" | "restore" | "call";

/** `Prefer` (RFC 7240) of one kind of request. `sent`: what clients made from the document send where nothing is said. */
export function preferParameter(components: Components, kind: PreferKind, sent?: string): ReferenceObject {
  const examples = [...heeded[kind]].flatMap((name) => preferenceNotes[name]);
  const name = `Prefer${kind.charAt(0).toUpperCase()}${kind.slice(1)}${sent === undefined ? "" : "Rows"}`;
  return components.parameter(name, {
    name: "Prefer",
    in: "header",
    description: `How to answer (RFC 7240), several separated by commas.${sent === undefined ? "" : ` Clients that are made from this document send \`${sent}\` unless they are told otherwise; the server by itself answers without rows.`}`,
    schema: { type: "string", ...(sent === undefined ? {} : { default: sent }) },
    examples: Object.fromEntries(examples.map(([value, summary]): [string, ExampleObject] => [value, { summary, value }])),
  });
}

export type SharedParameter =
  | "And"
  | "Or"
  | "Offset"
  | "Limit"
  | "After"
  | "OnConflict"
  | "AsOf"
  | "DeletedRows"
  | "Range"
  | "IfNoneMatch"
  | "IfMatch"
  | "IfAbsent"
  | "Rollback"
  | "IdempotencyKey";

/** A parameter that is the same wherever it is. */
const shared: Readonly<Record<SharedParameter, ParameterObject>> = {
  And: query("and", "Conditions that must all hold, in brackets; `not.and` for the opposite.", "(id.not.is.null)"),
  Or: query("or", "Conditions of which one must hold, in brackets; `not.or` for the opposite.", "(id.not.is.null)"),
  Offset: {
    name: "offset",
    in: "query",
    description: "How many rows to pass over. For deep pages `after` is faster.",
    schema: { type: "integer", minimum: 0 },
  },
  Limit: {
    name: "limit",
    in: "query",
    description: "How many rows at the most. More than the server's own limit are cut to it.",
    schema: { type: "integer", minimum: 0 },
  },
  After: {
    name: "after",
    in: "query",
    description:
      "Pages by cursor: empty for the first one, then what `Next-Cursor` of the page before says. The rest of the query stays the same.",
    allowEmptyValue: true,
    schema: { type: "string" },
  },
  OnConflict: query(
    "on_conflict",
    "The unique fields by which a row is there already, with `Prefer: resolution=...`. By default `id`.",
    "id",
  ),
  AsOf: query("asOf", "Rows as they were at this moment.", "2026-11-25T12:00:00Z", { format: "date-time" }),
  DeletedRows: query("deletedRows", "Also rows that were deleted, or only those.", "only", { enum: ["include", "only"] }),
  Range: {
    name: "Range",
    in: "header",
    description: "Which rows, from 0: `0-19`. As `offset` and `limit` say it too.",
    schema: { type: "string", pattern: "^\\d+-\\d*$" },
  },
  IfNoneMatch: header("If-None-Match", "The `ETag` of an answer that is there already: 304 where nothing has changed."),
  IfMatch: header("If-Match", 'The row\'s `ETag`, its version as `"3"`, or `*`: 412 where it has been changed since.'),
  IfAbsent: header("If-None-Match", "`*`: only where there is no such row yet."),
  Rollback: header("Prefer", "`tx=rollback`: all is done, answered, and undone (RFC 7240)."),
  IdempotencyKey: {
    ...header(
      "Idempotency-Key",
      "Something unique to this write. Sent again with the same key, it is not done again, and answered alike.",
    ),
    schema: { type: "string", minLength: 1, maxLength: 255 },
  },
};

export function sharedParameter(name: SharedParameter): ParameterObject {
  return shared[name];
}

export function sharedParameters(components: Components, ...names: readonly SharedParameter[]): readonly ReferenceObject[] {
  return names.map((name) => components.parameter(name, shared[name]));
}

function query(name: string, description: string, example: string, more: object = {}): ParameterObject {
  return { name, in: "query", description, schema: { type: "string", ...more }, examples: { example: { value: example } } };
}

function header(name: string, description: string): ParameterObject {
  return { name, in: "header", description, schema: { type: "string" } };
}

/** What of a row is answered, and in which order: in the names of one table. */
export function selectParameter({ shown, relations }: TableReach): ParameterObject {
  const columns = shown.map(({ column }) => column.name);
  const named = relations.flatMap(({ name, target }) => (name === undefined ? [] : [`\`${name}\` (of \`${target}\`)`]));
  const [relation] = relations.flatMap(({ name }) => name ?? []);
  return {
    name: "select",
    in: "query",
    description:
      `The fields that are answered, separated by commas; by default all: ${columns.map((name) => `\`${name}\``).join(", ")}. ` +
      `\`new_name:field\` renames one.${named.length === 0 ? "" : ` Rows of relations come with them in brackets, under a name of their own, as \`*,own_name:relation(*)\`: ${named.join(", ")}.`} ` +
      "A client with types knows rows with all of their fields: let it ask for `*` and more.",
    schema: { type: "string" },
    examples: { all: { value: "*" }, ...(relation === undefined ? {} : { more: { value: `*,its_${relation}:${relation}(*)` } }) },
  };
}

export function orderParameter({ shown }: TableReach): ParameterObject {
  const first = shown.find(({ column: { kind } }) => kind.scalar !== "json" && kind.scalar !== "bytes")?.column;
  return {
    name: "order",
    in: "query",
    description: "Fields to order by, separated by commas, each with `.asc` or `.desc`, and `.nullsfirst` or `.nullslast`.",
    schema: { type: "string" },
    examples: { descending: { value: `${first?.name ?? "id"}.desc` } },
  };
}
