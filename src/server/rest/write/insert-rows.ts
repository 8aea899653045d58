import type { InsertQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { vary } from "../read/answer-rows.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { parseParameters, refusePast } from "../grammar/parse-parameters.ts";
import { heeded, type Preferences, preferenceApplied } from "../headers/prefer.ts";
import { contentRange } from "../headers/range.ts";
import { withRows } from "./rows-of-insert.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";
import { keyColumn } from "../row-address.ts";

/** POST of `/rest/v1/<table>`: inserts one row or many, or merges them with those that are there. All of them or none. */
export async function insertRows(ports: RestPorts, { exchange, caller, name }: RestRequest): Promise<Answer> {
  const { limits } = ports;
  const headers = readWriteHeaders(exchange, undefined);
  const { preferences, returnsRows } = headers;
  const parameters = parseParameters(exchange.search, limits);
  refusePast(parameters);
  const { context, selection: draft, columns, onConflict, after } = parameters;
  if (draft.conditions.length > 0 || after !== undefined) {
    throw new AppError("invalidQuery", {
      message: "An insert takes no filter and no cursor.",
      hint: "To change rows that are there, use PATCH.",
    });
  }
  const returning = returnsRows ? draft.finish(context) : undefined;
  const query: Omit<InsertQuery, "rows" | "rowForm"> = {
    type: "insert",
    table: name,
    missing: preferences.missing ?? "null",
    values: context.values,
    form: "text",
    ...headers.options,
    ...(columns === undefined ? undefined : { columns }),
    ...(returning === undefined ? undefined : { returning }),
    ...conflict(preferences, onConflict),
  };
  const options = { signal: exchange.signal, requestId: exchange.requestId };
  const result = await withRows(ports, { exchange, caller, name }, (rows) =>
    ports.records.write({ ...query, ...rows }, caller, options),
  );
  const isMergeOnly = query.onConflict?.resolution === "merge" && (result.inserted ?? result.affected) === 0;
  const status = isMergeOnly ? 200 : 201;
  const answered = {
    ...location(name, preferences, result.keys),
    "content-range": contentRange({ offset: 0, rows: 0, total: countOf(preferences, result.affected) }),
    ...preferenceApplied(preferences, heeded.insert),
  };
  if (preferences.return === "ids") {
    const body = JSON.stringify(result.keys ?? []);
    return { status, headers: { "content-type": "application/json; charset=utf-8", ...answered, vary }, body };
  }
  return answerWrite(headers, { result, headers: answered, statuses: [status, status], isRow: false });
}

function conflict(
  { resolution }: Preferences,
  columns: readonly string[] | undefined,
): Pick<InsertQuery, "onConflict"> | undefined {
  if (resolution === undefined) return undefined;
  return {
    onConflict: {
      resolution: resolution === "merge-duplicates" ? "merge" : "ignore",
      ...(columns === undefined ? undefined : { columns }),
    },
  };
}

function location(
  table: string,
  preferences: Preferences,
  keys: readonly (string | number)[] = [],
): Readonly<Record<string, string>> {
  const [key] = keys;
  if (preferences.return !== "headers-only" || key === undefined || keys.length > 1) return {};
  return { location: `/rest/v1/${encodeURIComponent(table)}?${keyColumn}=eq.${encodeURIComponent(key)}` };
}

/** How many rows were changed, where that was asked for; a guess of it is no use. */
export function countOf({ count }: Preferences, affected: number): number | undefined {
  return count === "exact" || count === "estimated" ? affected : undefined;
}
