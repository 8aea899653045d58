import type { InputRow, UpdateQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../http/exchange.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { countOf } from "./insert-rows.ts";
import { parseTarget } from "./parse-target.ts";
import { heeded, maxAffected, preferenceApplied } from "./prefer.ts";
import { contentRange } from "./range.ts";
import { readRow } from "./request-body.ts";
import type { RestPorts, RestRequest } from "./rest-request.ts";

/** PATCH of `/rest/v1/<table>` and of `/rest/v1/<table>/<id>`. Throws `unfilteredMutation`; of a row's address `notFound`. */
export async function updateRows({ records, limits }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const headers = readWriteHeaders(exchange);
  const { preferences, returnsRows } = headers;
  const { target, returning, values, columns } = parseTarget(exchange.search, id, limits);
  const bound = maxAffected(preferences);
  if (target.where === undefined && bound === undefined) throw unfiltered();
  const { row, form } = await readRow(exchange, limits);
  const query: UpdateQuery = {
    type: "update",
    table: name,
    set: columns === undefined ? row : pick(row, columns),
    ...(form === "json" ? undefined : { setForm: form }),
    ...target,
    values,
    form: "text",
    ...headers.options,
    ...(returnsRows ? { returning } : undefined),
    ...(bound === undefined ? undefined : { maxAffected: bound }),
  };
  const result = await records.write(query, caller, { signal: exchange.signal });
  if (id !== "" && result.affected === 0) throw new AppError("notFound");
  return answerWrite(headers, {
    result,
    headers: {
      "content-range": contentRange({ offset: 0, rows: result.affected, total: countOf(preferences, result.affected) }),
      ...preferenceApplied(preferences, heeded.update),
    },
    statuses: [200, 204],
    isRow: id !== "",
  });
}

/** Only the named keys of the row. */
function pick(row: InputRow, columns: readonly string[]): InputRow {
  const picked: Record<string, unknown> = Object.create(null);
  for (const column of columns) {
    if (Object.hasOwn(row, column)) picked[column] = row[column];
  }
  return picked;
}

export function unfiltered(): AppError {
  return new AppError("unfilteredMutation", {
    hint: "Add a filter. To mean every row, send 'Prefer: handling=strict, max-affected=<how many rows at most>'.",
  });
}
