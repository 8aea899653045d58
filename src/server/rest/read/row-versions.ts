import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { answerRead } from "./answer-rows.ts";
import { chooseMediaType } from "../headers/accept.ts";
import { parsePrefer } from "../headers/prefer.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

const nothing = { items: [] } as const;

/** GET and HEAD of `/rest/v1/<table>/<id>/versions`: what the row has been, newest first. Throws `notFound`. */
export async function readRowVersions({ records }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const mediaType = chooseMediaType(exchange.header("accept"));
  if (mediaType.format !== "json" || mediaType.single) {
    throw new AppError("notAcceptable", { message: "The versions of a row come as a JSON array." });
  }
  parsePrefer(exchange.header("prefer"));
  if (exchange.search !== "") {
    throw new AppError("invalidQuery", {
      message: "The versions of a row take no parameters: all that are kept come, 1000 at the most.",
      hint: "For the row at one moment, read /rest/v1/<table>/<id>?asOf=<moment>.",
    });
  }
  const query = { table: name, selection: nothing, values: [id], form: "text", versionsOf: 0 } as const;
  const { json, rows } = await records.read(query, caller, exchange);
  if (rows === 0) throw new AppError("notFound");
  return answerRead(exchange, 200, json, { "content-type": mediaType.contentType });
}
