import type { DeleteQuery, UpdateQuery } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { answerWrite, readWriteHeaders } from "./answer-write.ts";
import { countOf } from "./insert-rows.ts";
import { parseTarget } from "../grammar/parse-target.ts";
import { maxAffected, preferenceApplied } from "../headers/prefer.ts";
import { contentRange } from "../headers/range.ts";
import type { RestPorts, RestRequest } from "../rest-request.ts";

/** What an update and a delete say alike. */
export type ChangeTarget = Omit<DeleteQuery, "type">;

/** One way to change rows that are there. */
export interface Change {
  readonly heeded: Parameters<typeof preferenceApplied>[1];
  /** `columns` are those that the parameter of that name gives. */
  query(target: ChangeTarget, columns: readonly string[] | undefined): UpdateQuery | DeleteQuery | Promise<UpdateQuery>;
  /** How many rows `Content-Range` speaks of. */
  rowsLeft(affected: number): number;
}

/**
 * A change of the rows at `/rest/v1/<table>`, or of the one at `/rest/v1/<table>/<id>`. Throws `unfilteredMutation` where neither
 * a filter nor a bound says which are meant, and `notFound` where the address of a row leads to none.
 */
export async function changeRows(
  { records, limits }: RestPorts,
  { exchange, caller, name, id }: RestRequest,
  change: Change,
): Promise<Answer> {
  const headers = readWriteHeaders(exchange, id === "" ? undefined : id);
  const { preferences, returnsRows } = headers;
  const { target, returning, values, columns } = parseTarget(exchange.search, id, limits);
  const bound = maxAffected(preferences);
  if (target.where === undefined && bound === undefined) {
    throw new AppError("unfilteredMutation", {
      hint: "Add a filter. To mean every row, send 'Prefer: handling=strict, max-affected=<how many rows at most>'.",
    });
  }
  const common: ChangeTarget = {
    table: name,
    ...target,
    values,
    form: "text",
    ...headers.options,
    ...(returnsRows ? { returning } : undefined),
    ...(bound === undefined ? undefined : { maxAffected: bound }),
  };
  const result = await records.write(await change.query(common, columns), caller, {
    signal: exchange.signal,
    requestId: exchange.requestId,
  });
  if (id !== "" && result.affected === 0) throw new AppError("notFound");
  const range = { offset: 0, rows: change.rowsLeft(result.affected), total: countOf(preferences, result.affected) };
  return answerWrite(headers, {
    result,
    headers: { "content-range": contentRange(range), ...preferenceApplied(preferences, change.heeded) },
    statuses: [200, 204],
    isRow: id !== "",
  });
}
