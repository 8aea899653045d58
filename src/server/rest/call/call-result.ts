import type { MediaType } from "../headers/accept.ts";
import { singleRowExpected } from "../read/answer-rows.ts";
import { writeCsv } from "../body/csv-writer.ts";

/** How many rows a result counts as: a list its items, anything else one. */
export function rowsOf(result: unknown): number {
  return Array.isArray(result) ? result.length : 1;
}

/** What a function gave, in the form that was asked for. Throws `singleRowExpected`. */
export function renderResult(name: string, result: unknown, mediaType: MediaType): string {
  if (mediaType.format === "csv") {
    const rows = Array.isArray(result) ? result : [result];
    return writeCsv(JSON.stringify(rows.map((row) => (isObject(row) ? row : { [name]: row ?? null }))));
  }
  if (!mediaType.single || !Array.isArray(result)) return toJson(result, mediaType.stripNulls);
  if (result.length !== 1) throw singleRowExpected(result.length);
  return toJson(result[0], mediaType.stripNulls);
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function toJson(value: unknown, stripNulls: boolean): string {
  if (!stripNulls || value === null) return JSON.stringify(value) ?? "null";
  // As PostgreSQL's json_strip_nulls: the keys of objects go, the items of lists stay.
  return JSON.stringify(value, function (this: unknown, _key, item: unknown) {
    return item === null && !Array.isArray(this) ? undefined : item;
  });
}
