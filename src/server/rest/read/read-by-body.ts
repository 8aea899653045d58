import { AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { PassedOn } from "../../http/passed-on.ts";
import { checkProfile } from "../headers/profile.ts";
import { readTable } from "./read-table.ts";
import { contentTypeOf } from "../body/request-body.ts";
import { forBodies, overLimit } from "../rest-limits.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

const forms: ReadonlySet<"form"> = new Set(["form"]);

/**
 * POST of `/rest/v1/<table>/query`: what GET of `/rest/v1/<table>` answers, the query string being the body, for queries that are too long for an
 * address (`queryBytes`). It has no ETag and no `Link`: nothing that an answer to a POST says leads to the same again.
 */
export async function readByBody(ports: RestPorts, request: RestRequest): Promise<Answer> {
  const { exchange } = request;
  if (exchange.search !== "")
    throw new AppError("invalidQuery", { message: "The parameters of this query stand in its body, and none in its address." });
  if (contentTypeOf(exchange, forms) !== "form")
    throw new AppError("unsupportedMediaType", {
      message: "The body of a query is its query string.",
      hint: "Send 'Content-Type: application/x-www-form-urlencoded'.",
    });
  const search = await receiveSearch(exchange, ports);
  const query = new QueryExchange(exchange, search);
  checkProfile(query);
  const answer = await readTable({ ...ports, limits: forBodies(ports.limits) }, { ...request, exchange: query });
  const { etag: _, link: _l, ...headers } = answer.headers;
  return { ...answer, headers };
}

/** A query string is ASCII: the grammar refuses the rest, whatever it was. */
async function receiveSearch(exchange: Exchange, { limits }: RestPorts): Promise<string> {
  const decoder = new TextDecoder();
  let search = "";
  for await (const chunk of exchange.stream(limits.queryBytes, "queryBytes")) search += decoder.decode(chunk, { stream: true });
  search += decoder.decode();
  if (search.length > limits.queryBytes) throw overLimit(limits, "queryBytes", "The query is too long");
  return search;
}

/** The GET that it stands for. */
class QueryExchange extends PassedOn {
  constructor(exchange: Exchange, search: string) {
    super(exchange, { method: "GET", segments: exchange.segments.slice(0, -1), search });
  }

  override header(name: string): string | undefined {
    return name === "if-none-match" ? undefined : super.header(name);
  }

  async *stream(): AsyncGenerator<Uint8Array> {}

  async body(): Promise<Uint8Array> {
    return new Uint8Array();
  }
}
