import { AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { MediaType } from "../headers/accept.ts";
import { writeCsv } from "../body/csv-writer.ts";
import { entityTag, matchesTag } from "../headers/entity-tag.ts";

/** What of a request an answer under `/rest/v1` may depend on. */
export const vary = "Accept, Accept-Profile, Authorization, Cookie, Prefer, Range";

/** Rows in the form that was asked for. `json` is an array of objects; throws `singleRowExpected`. */
export function renderRows(json: string, rows: number, mediaType: MediaType): string {
  if (mediaType.single) {
    if (rows !== 1) throw singleRowExpected(rows);
    return json.slice(1, -1);
  }
  return mediaType.format === "csv" ? writeCsv(json) : json;
}

export function singleRowExpected(rows: number): AppError {
  return new AppError("singleRowExpected", { details: `The result contains ${rows} rows` });
}

/** An answer to a read, `rowTag` being the tag of one row: 304 without a body where the caller has it already. */
export function answerRead(
  exchange: Exchange,
  status: 200 | 206,
  body: string,
  headers: Readonly<Record<string, string>>,
  rowTag?: string,
): Answer {
  const range = headers["content-range"];
  // The same rows of another total are another answer.
  const tag = rowTag ?? entityTag(range === undefined || range.endsWith("*") ? body : `${body}${range}`);
  if (matchesTag(exchange.header("if-none-match"), tag)) {
    const { "content-type": _, ...kept } = headers;
    return { status: 304, headers: { ...kept, etag: tag, vary }, body: undefined };
  }
  return { status, headers: { ...headers, etag: tag, vary }, body };
}
