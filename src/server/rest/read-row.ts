import type { ReadQuery, Selection } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../http/exchange.ts";
import { chooseMediaType, type MediaType } from "./accept.ts";
import { answerRead } from "./answer-rows.ts";
import { writeCsv } from "./csv-writer.ts";
import { keyCondition, parseRowParameters } from "./row-address.ts";
import { parsePrefer } from "./prefer.ts";
import type { RestPorts, RestRequest } from "./rest-request.ts";

/** One object for the commonest request of all: always the same, so that nothing is made anew for it. */
const wholeRow: Selection = Object.freeze<Selection>({ items: [{ type: "all" }], where: keyCondition(0) });

/** GET and HEAD of `/rest/v1/<table>/<id>`: the row itself, not an array. Throws `notFound`. */
export async function readRow({ records, limits }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const mediaType = chooseMediaType(exchange.header("accept"));
  parsePrefer(exchange.header("prefer"));
  const { search } = exchange;
  let query: ReadQuery;
  if (search === "") query = { table: name, selection: wholeRow, values: [id], form: "text" };
  else {
    const { selection, values } = parseRowParameters(search, id, limits);
    query = { table: name, selection, values, form: "text" };
  }
  const { json, rows } = await records.read(mediaType.stripNulls ? { ...query, stripNulls: true } : query, caller, exchange);
  if (rows === 0) throw new AppError("notFound");
  return answerRead(exchange, 200, renderRow(json, mediaType), { "content-type": mediaType.contentType });
}

/** `json` is an array of one object. */
export function renderRow(json: string, mediaType: MediaType): string {
  return mediaType.format === "csv" ? writeCsv(json) : json.slice(1, -1);
}
