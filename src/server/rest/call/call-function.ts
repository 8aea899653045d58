import { type Caller, type CallOptions, hintOf, scopeOf } from "#application";
import { didYouMean } from "#base";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { chooseMediaType, type MediaType } from "../headers/accept.ts";
import { answerRead, singleRowExpected, vary } from "../read/answer-rows.ts";
import { type CallParameters, parseCallParameters, rereadArguments } from "./call-arguments.ts";
import { renderResult, rowsOf } from "./call-result.ts";
import { readCsvRows } from "../body/csv-rows.ts";
import { heeded, maxAffected, type Preferences, parsePrefer, preferenceApplied } from "../headers/prefer.ts";
import { applyRange, contentRange, rangeStatus } from "../headers/range.ts";
import { type ContentType, contentTypeOf, parseJson, readBytes, readForm, readText } from "../body/request-body.ts";
import type { RestLimits } from "../rest-limits.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";
import { answerOptions } from "../table-options.ts";

/** What a function is called by. */
export const functionMethods = { query: "OPTIONS,GET,HEAD,POST", mutation: "OPTIONS,POST" } as const;
const inputTypes: ReadonlySet<ContentType> = new Set(["json", "form", "csv", "text", "bytes"]);

/** `/rest/v1/rpc/<function>`: queries by GET, HEAD and POST, mutations by POST. */
export async function callFunction(ports: RestPorts, { exchange, caller, name }: RestRequest): Promise<Answer> {
  const found = ports.functions.find(name, caller);
  if (found === undefined) throw unknownFunction(name, ports.functions.names(caller), caller);
  const allow = functionMethods[found.type];
  const { method } = exchange;
  if (method === "OPTIONS") return answerOptions(allow);
  if (!allow.split(",").includes(method)) throw new AppError("functionMethodNotAllowed", { headers: { allow } });

  const mediaType = chooseMediaType(exchange.header("accept"));
  const preferences = parsePrefer(exchange.header("prefer"));
  const isRead = method !== "POST";
  const parameters = parseCallParameters(exchange.search, isRead, ports.limits);
  const range = method === "GET" ? exchange.header("range") : undefined;
  if (range !== undefined) applyRange(parameters, range);
  const options = callOptions(exchange, preferences, mediaType);
  const result = isRead
    ? await callByAddress(ports, name, parameters, { caller, options })
    : await ports.functions.call(name, await readInput(exchange, ports.limits), caller, options);
  return answerCall({ exchange, name, mediaType, preferences, parameters, isRead }, result);
}

/** `known` are those that the caller may call: of others not even the name is told. */
function unknownFunction(name: string, known: readonly string[], caller: Caller): AppError {
  return new AppError("unknownFunction", {
    message: `There is no function '${name}', or you may not call it${didYouMean(name, known) || "."}`,
    ...hintOf(scopeOf(caller), "functions"),
  });
}

function callOptions(exchange: Exchange, preferences: Preferences, mediaType: MediaType): CallOptions {
  const bound = maxAffected(preferences);
  const verify = (result: unknown): void => {
    const rows = rowsOf(result);
    if (bound !== undefined && rows > bound)
      throw new AppError("maxAffectedExceeded", { details: `The query affects ${rows} rows` });
    if (mediaType.single && rows !== 1) throw singleRowExpected(rows);
  };
  return {
    signal: exchange.signal,
    requestId: exchange.requestId,
    ...(bound !== undefined || mediaType.single ? { verify } : undefined),
    ...(preferences.tx === "rollback" ? { dryRun: true } : undefined),
  };
}

/**
 * An address has texts alone, and which of them are numbers only the function's own validation knows. So the arguments are
 * first given as texts; those that it refuses are read as what else they may be, and given again. Only queries are
 * called so: they change nothing, however often they run.
 */
async function callByAddress(
  { functions, limits }: RestPorts,
  name: string,
  parameters: CallParameters,
  { caller, options }: { readonly caller: Caller; readonly options: CallOptions },
): Promise<unknown> {
  let { input } = parameters;
  for (;;) {
    try {
      return await functions.call(name, input, caller, options);
    } catch (error) {
      if (!(error instanceof AppError) || error.error !== "validationFailed" || error.fields === undefined) throw error;
      const next = rereadArguments(input, error.fields, limits);
      if (next === undefined) throw error;
      input = next;
    }
  }
}

/** JSON of any kind, a form, rows of CSV, a text or bytes. Nothing at all is no arguments: `{}`. */
async function readInput(exchange: Exchange, limits: RestLimits): Promise<unknown> {
  const type = contentTypeOf(exchange, inputTypes);
  if (type === "bytes") return readBytes(exchange, limits);
  const text = await readText(exchange, limits);
  if (type === "text") return text;
  if (type === "csv") return readCsvRows(text, limits);
  if (type === "form") return readForm(text, limits);
  return text === "" ? {} : parseJson(text, limits);
}

interface Call {
  readonly exchange: Exchange;
  readonly name: string;
  readonly mediaType: MediaType;
  readonly preferences: Preferences;
  readonly parameters: CallParameters;
  readonly isRead: boolean;
}

function answerCall({ exchange, name, mediaType, preferences, parameters, isRead }: Call, result: unknown): Answer {
  const applied = preferenceApplied(preferences, heeded.call);
  if (result === undefined) return { status: 204, headers: { ...applied, vary }, body: undefined };
  const { offset = 0, limit } = parameters;
  const total = rowsOf(result);
  const page: unknown = Array.isArray(result) ? result.slice(offset, limit === undefined ? undefined : offset + limit) : result;
  const range = { offset, rows: rowsOf(page), total: preferences.count === undefined ? undefined : total };
  const status = rangeStatus(range);
  const headers = { "content-type": mediaType.contentType, "content-range": contentRange(range), ...applied };
  if (!isRead && preferences.return === "minimal") {
    return { status: 204, headers: { "content-range": headers["content-range"], ...applied, vary }, body: undefined };
  }
  const body = renderResult(name, page, mediaType);
  return isRead ? answerRead(exchange, status, body, headers) : { status, headers: { ...headers, vary }, body };
}
