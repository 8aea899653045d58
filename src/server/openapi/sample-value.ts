import type { Json, KindName } from "#contract";
import type { Column } from "#database";
import { jsonForm } from "./value-schema.ts";

const word = "text";

const samples: { readonly [K in KindName]: Json } = {
  uuid: "01980a5e-7c00-7000-8000-000000000000",
  text: word,
  email: "ann@example.org",
  url: "https://example.org/",
  enum: null,
  secret: word,
  integer: 1,
  decimal: "1",
  real: 1,
  bool: true,
  timestamp: "2026-11-25T18:00:00.000Z",
  date: "2026-11-25",
  json: {},
  bytes: "\\x00",
};

/** A value that the column takes; undefined where a pattern leaves only its author to know one. */
export function sampleValue(column: Column): Json | undefined {
  const { min, max, minLength = 0, maxLength, pattern } = column.limits;
  if (pattern !== undefined) return undefined;
  const { name } = column.kind;
  if (name === "enum") return column.options.values?.[0];
  if (min !== undefined) return jsonForm(column, min);
  if (max !== undefined) return jsonForm(column, max);
  const sample = samples[name];
  if (name === "bytes") return `\\x${"00".repeat(Math.max(minLength, 1))}`;
  if (name !== "text" && name !== "secret") return sample;
  return word.slice(0, maxLength).padEnd(minLength, word);
}
