import type { InputRow, InsertQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { type Parameters, parseParameters, refusePast } from "../grammar/parse-parameters.ts";
import { heeded, preferenceApplied } from "../headers/prefer.ts";
import { readRow } from "../body/request-body.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";
import { keyColumn, refuseRowParameters } from "../row-address.ts";

/** PUT of `/rest/v1/<table>?id=eq.<id>` and of `/rest/v1/<table>/<id>`: makes that row be this one. */
export async function upsertRow({ records, limits }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const parameters = parseParameters(exchange.search, limits);
  refusePast(parameters);
  const { context, selection: draft, columns } = parameters;
  if (id !== "") refuseRowParameters(parameters);
  const key = id === "" ? takeKey(parameters) : id;
  const headers = readWriteHeaders(exchange, key, true);
  const { preferences, returnsRows } = headers;
  const { row, form: rowForm } = await readRow(exchange, limits);
  const query: InsertQuery = {
    type: "insert",
    table: name,
    rows: [withKey(row, key, id !== "")],
    rowForm,
    missing: preferences.missing ?? "null",
    // What must not be there is made and not merged: whoever makes it first, the other is refused.
    ...(headers.options.precondition?.row === "absent" ? undefined : { onConflict: { resolution: "merge" } }),
    values: context.values,
    form: "text",
    ...headers.options,
    ...(columns === undefined ? undefined : { columns }),
    ...(returnsRows ? { returning: draft.finish(context) } : undefined),
  };
  const result = await records.write(query, caller, { signal: exchange.signal, requestId: exchange.requestId });
  return answerWrite(headers, {
    result,
    headers: preferenceApplied(preferences, heeded.upsert),
    statuses: [(result.inserted ?? 0) > 0 ? 201 : 200, 204],
    isRow: id !== "",
  });
}

/** The id that the one filter names; throws `invalidPut` where there is another, and `putWithLimit`. */
function takeKey({ context, selection: draft, after, onConflict }: Parameters): string {
  if (draft.limit !== undefined || draft.offset !== undefined || after !== undefined) throw new AppError("putWithLimit");
  const [condition, ...others] = draft.conditions.splice(0);
  if (
    condition?.type !== "compare" ||
    others.length > 0 ||
    onConflict !== undefined ||
    condition.operator !== "eq" ||
    condition.quantifier !== undefined ||
    condition.path.column !== keyColumn ||
    condition.path.json.length > 0
  ) {
    throw new AppError("invalidPut", {
      message: "Filters must include all and only primary key columns with 'eq' operators",
      hint: `Name the row as ?${keyColumn}=eq.<id> and nothing else.`,
    });
  }
  return String(context.values[condition.value]);
}

function withKey(row: InputRow, key: string, mayLackKey: boolean): InputRow {
  if (mayLackKey && !Object.hasOwn(row, keyColumn)) {
    // An own property even for a row without a prototype, and even where a key is called `__proto__`.
    const complete: Record<string, unknown> = Object.create(null);
    for (const [name, value] of Object.entries(row)) complete[name] = value;
    // In JSON an integer key is a number; a UUID never consists of digits alone.
    complete[keyColumn] = /^\d{1,15}$/.test(key) ? Number(key) : key;
    return complete;
  }
  if (!Object.hasOwn(row, keyColumn) || String(row[keyColumn]).toLowerCase() !== key.toLowerCase())
    throw new AppError("putKeyMismatch");
  return row;
}
