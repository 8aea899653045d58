import type { Components } from "./components.ts";
import type { Content, JsonSchema } from "./openapi.ts";
import type { RowSchemas } from "./row-schemas.ts";

/** Rows in the forms that `Accept` may ask for. */
export function rowContent(row: JsonSchema): Content {
  return {
    "application/json": { schema: { type: "array", items: row } },
    "application/vnd.pgrst.object+json": { schema: row },
    "text/csv": { schema: { type: "string" } },
  };
}

/** One row. */
export function singleContent(row: JsonSchema): Content {
  return { "application/json": { schema: row }, "text/csv": { schema: { type: "string" } } };
}

/** What a row has been: `RowVersion` of src/application/records/query.ts. */
export function versionSchema(row: JsonSchema): JsonSchema {
  return {
    type: "object",
    properties: {
      version: { type: ["integer", "null"], description: "The row's `version` then; null where it was deleted for good." },
      operation: {
        type: ["string", "null"],
        enum: ["create", "update", "delete", "restore", null],
        description: "What made it so.",
      },
      from: { type: "string", format: "date-time", description: "Since when." },
      until: { type: ["string", "null"], format: "date-time", description: "Until when; null for what is so now." },
      author: { type: ["string", "integer", "null"], description: "The id of who made it so." },
      system: { type: "boolean", description: "The back end's own code made it so." },
      values: { anyOf: [row, { type: "null" }] },
    },
    required: ["version", "operation", "from", "until", "author", "system", "values"],
  };
}

export function addHeaders(components: Components): void {
  const text = (description: string): { description: string; schema: JsonSchema } => ({
    description,
    schema: { type: "string" },
  });
  components.header("ContentRange", text("Which rows these are, and of how many, where that was asked for: `0-19/100`."));
  components.header("NextCursor", text("What `after` is for the next page; missing on the last."));
  components.header("Link", text('The address of the next page by cursor, as `rel="next"` (RFC 8288).'));
  components.header("PreferenceApplied", text("Which preferences were heeded (RFC 7240)."));
  components.header("ETag", text("What these rows are known by: for `If-None-Match`, and of one row for `If-Match`."));
  components.header("Location", text("Where the new row is, with `Prefer: return=headers-only`."));
  components.header("IdempotencyReplayed", text("`true` where this is the answer that was given before."));
  components.header("RequestId", text("What this request is called in the server's log."));
  components.header("RetryAfter", { description: "Seconds until it makes sense to try again.", schema: { type: "integer" } });
}

/** A list alone, though one row by itself is taken: makers of clients do badly with either-or. */
export function insertContent(create: JsonSchema, example: RowSchemas["example"]): Content {
  const examples = example === undefined ? {} : { examples: { least: { summary: "As little as will do", value: [example] } } };
  return {
    "application/json": { schema: { type: "array", items: create }, ...examples },
    "application/x-ndjson": { schema: { type: "string" } },
    "text/csv": { schema: { type: "string" } },
  };
}

export function changeContent(row: JsonSchema): Content {
  return { "application/json": { schema: row } };
}
