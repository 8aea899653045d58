import type { ReadQuery, RowTag, Selection } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { chooseMediaType, type MediaType } from "../headers/accept.ts";
import { answerRead } from "./answer-rows.ts";
import { writeCsv } from "../body/csv-writer.ts";
import { parseEntityTags, rowEntityTag } from "../headers/entity-tag.ts";
import { keyCondition, parseRowParameters } from "../row-address.ts";
import { parsePrefer } from "../headers/prefer.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

/** One object for the commonest request of all: always the same, so that nothing is made anew for it. */
const wholeRow: Selection = Object.freeze<Selection>({ items: [{ type: "all" }], where: keyCondition(0) });

/** GET and HEAD of `/rest/v1/<table>/<id>`: the row itself, not an array. Throws `notFound`. */
export async function readRow({ records, limits }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const mediaType = chooseMediaType(exchange.header("accept"));
  parsePrefer(exchange.header("prefer"));
  const { search } = exchange;
  let query: ReadQuery;
  if (search === "") query = { table: name, selection: wholeRow, values: [id], form: "text", tagged: true };
  else {
    const { selection, values, past } = parseRowParameters(search, id, limits);
    query = { table: name, selection, values, form: "text", tagged: true, ...past };
  }
  const { json, rows, tag } = await records.read(mediaType.stripNulls ? { ...query, stripNulls: true } : query, caller, exchange);
  if (rows === 0) throw new AppError("notFound");
  const body = renderRow(json, mediaType);
  const etag = tag === undefined ? undefined : rowEntityTag(tag, body);
  refuseOtherState(exchange.header("if-match"), tag, etag);
  return answerRead(exchange, 200, body, { "content-type": mediaType.contentType }, etag);
}

/** RFC 9110 section 13.1.1, of a read: for callers who want the row as they know it or not at all. */
function refuseOtherState(header: string | undefined, tag: RowTag | undefined, etag: string | undefined): void {
  if (header === undefined) return;
  const tags = parseEntityTags("If-Match", header);
  if (tags === "*" || tags.some(({ weak, opaque }) => !weak && isState(opaque, tag, etag))) return;
  throw new AppError("preconditionFailed", etag === undefined ? {} : { headers: { etag } });
}

/** The whole tag of this form of the row, or its version alone. */
function isState(opaque: string, tag: RowTag | undefined, etag: string | undefined): boolean {
  return etag === `"${opaque}"` || (tag !== undefined && opaque === String(tag.version));
}

/** `json` is an array of one object. */
export function renderRow(json: string, mediaType: MediaType): string {
  return mediaType.format === "csv" ? writeCsv(json) : json.slice(1, -1);
}
