import type { ReadResult } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { chooseMediaType } from "../headers/accept.ts";
import { answerRead, renderRows } from "./answer-rows.ts";
import { nextPage } from "./next-page.ts";
import { parseRead } from "../grammar/parse-read.ts";
import { heeded, parsePrefer, preferenceApplied } from "../headers/prefer.ts";
import { contentRange, rangeStatus } from "../headers/range.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

/** GET and HEAD of `/rest/v1/<table>`. */
export async function readTable({ records, limits }: RestPorts, { exchange, caller, name }: RestRequest): Promise<Answer> {
  const mediaType = chooseMediaType(exchange.header("accept"));
  const preferences = parsePrefer(exchange.header("prefer"));
  const { query, offset } = parseRead(name, exchange.search, {
    limits,
    // RFC 9110 section 14.2: a range is for GET alone.
    range: exchange.method === "GET" ? rangeHeader(exchange.header("range-unit"), exchange.header("range")) : undefined,
    count: preferences.count,
    stripNulls: mediaType.stripNulls,
  });
  const result = await records.read(query, caller, exchange);
  const isPageByCursor = query.after !== undefined;
  const status = isPageByCursor ? 200 : rangeStatus(rowRange(result, offset));
  const headers = {
    "content-type": mediaType.contentType,
    ...(isPageByCursor ? countedRange(result) : { "content-range": contentRange(rowRange(result, offset)) }),
    ...preferenceApplied(preferences, heeded.read),
    ...(isPageByCursor ? nextPage(exchange.search, result.next ?? null) : undefined),
  };
  return answerRead(exchange, status, renderRows(result.json, result.rows, mediaType), headers);
}

/** Where a page by cursor stands among all rows nobody knows; a count was asked for. */
function countedRange({ total }: ReadResult): Readonly<Record<string, string>> {
  return total === undefined ? {} : { "content-range": `*/${total.count}` };
}

function rowRange(result: ReadResult, offset: number): Parameters<typeof contentRange>[0] {
  return { offset, rows: result.rows, total: result.total?.count };
}

function rangeHeader(unit: string | undefined, range: string | undefined): string | undefined {
  return unit === undefined || unit === "items" ? range : undefined;
}
