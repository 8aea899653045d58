import type { DeleteQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../http/exchange.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { countOf } from "./insert-rows.ts";
import { parseTarget } from "./parse-target.ts";
import { heeded, maxAffected, preferenceApplied } from "./prefer.ts";
import { contentRange } from "./range.ts";
import type { RestPorts, RestRequest } from "./rest-request.ts";
import { unfiltered } from "./update-rows.ts";

/** DELETE of `/rest/v1/<table>` and of `/rest/v1/<table>/<id>`. Throws `unfilteredMutation`; of a row's address `notFound`. */
export async function deleteRows({ records, limits }: RestPorts, { exchange, caller, name, id }: RestRequest): Promise<Answer> {
  const headers = readWriteHeaders(exchange);
  const { preferences, returnsRows } = headers;
  const { target, returning, values, columns } = parseTarget(exchange.search, id, limits);
  if (columns !== undefined) throw new AppError("invalidQuery", { message: "A delete takes no columns." });
  const bound = maxAffected(preferences);
  if (target.where === undefined && bound === undefined) throw unfiltered();
  const query: DeleteQuery = {
    type: "delete",
    table: name,
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
      "content-range": contentRange({ offset: 0, rows: 0, total: countOf(preferences, result.affected) }),
      ...preferenceApplied(preferences, heeded.delete),
    },
    statuses: [200, 204],
    isRow: id !== "",
  });
}
