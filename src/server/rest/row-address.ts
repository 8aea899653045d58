import type { Comparison, Selection, ValueIndex } from "#application";
import { AppError } from "#contract";
import { type Parameters, parseParameters } from "./grammar/parse-parameters.ts";
import type { RestLimits } from "./rest-limits.ts";

/** The column that numbers the rows of every table. */
export const keyColumn = "id";

export function keyCondition(value: ValueIndex): Comparison {
  return { type: "compare", path: { column: keyColumn, json: [] }, operator: "eq", value };
}

/**
 * What the query string of a row's address says: `select`, which row of the past, and the parameters of embedded relations.
 */
export function parseRowParameters(
  search: string,
  id: string,
  limits: RestLimits,
): { readonly selection: Selection; readonly values: readonly unknown[]; readonly past: Parameters["past"] } {
  const parameters = parseParameters(search, limits);
  refuseRowParameters(parameters);
  const { context, selection: draft, past } = parameters;
  draft.conditions.push(keyCondition(context.add(id)));
  return { selection: draft.finish(context), values: context.values, past };
}

/** The row is named by the path alone: filters, order, limit and offset of its own are refused (`invalidQuery`). */
export function refuseRowParameters({ selection: { conditions, order, limit, offset }, onConflict, after }: Parameters): void {
  if (conditions.length === 0 && [order, limit, offset, onConflict, after].every((part) => part === undefined)) return;
  throw new AppError("invalidQuery", {
    message: "A row's address takes select and the parameters of embedded relations, no filter, order or page of its own.",
    hint: "Filter the table's address instead.",
  });
}
