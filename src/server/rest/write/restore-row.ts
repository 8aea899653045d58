import type { RestoreQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { parseParameters, refusePast } from "../grammar/parse-parameters.ts";
import { heeded, preferenceApplied } from "../headers/prefer.ts";
import { contentTypeOf, parseJson, readText } from "../body/request-body.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";
import { refuseRowParameters } from "../row-address.ts";

const forRestore: ReadonlySet<"json"> = new Set(["json"]);

/**
 * POST of `/rest/v1/<table>/<id>/restore`: brings back a deleted row, or with `{"version": n}` in its body makes the row what it was then.
 * Throws `notFound`.
 */
export async function restoreRow(ports: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const { records, limits } = ports;
  const headers = readWriteHeaders(exchange, id);
  const { preferences, returnsRows } = headers;
  const parameters = parseParameters(exchange.search, limits);
  const { context, selection: draft, columns } = parameters;
  refuseRowParameters(parameters);
  refusePast(parameters);
  if (columns !== undefined) throw new AppError("invalidQuery", { message: "A restore takes no columns." });
  contentTypeOf(exchange, forRestore);
  const version = readVersion(await readText(exchange, limits), ports);
  const key = context.add(id);
  const query: RestoreQuery = {
    type: "restore",
    table: name,
    key,
    values: context.values,
    form: "text",
    ...headers.options,
    ...(version === undefined ? undefined : { version }),
    ...(returnsRows ? { returning: draft.finish(context) } : undefined),
  };
  const result = await records.write(query, caller, { signal: exchange.signal, requestId: exchange.requestId });
  if (result.affected === 0) throw new AppError("notFound");
  return answerWrite(headers, {
    result,
    headers: preferenceApplied(preferences, heeded.restore),
    statuses: [(result.inserted ?? 0) > 0 ? 201 : 200, 204],
    isRow: true,
  });
}

/** Undefined where the body is empty or names none. */
function readVersion(text: string, { limits }: RestPorts): number | undefined {
  if (text.trim() === "") return undefined;
  const body = parseJson(text, limits);
  const refuse = (message: string): AppError =>
    new AppError("invalidBody", { message, hint: 'Send {"version": 3}, or no body for a row that was deleted.' });
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw refuse("The body of a restore must be an object.");
  const { version, ...others } = body as Readonly<Record<string, unknown>>;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined)
    throw refuse(`The body of a restore has 'version' alone, not '${stranger.slice(0, 60).toWellFormed()}'.`);
  if (version !== undefined && !Number.isSafeInteger(version)) throw refuse("'version' must be a whole number.");
  return version as number | undefined;
}
