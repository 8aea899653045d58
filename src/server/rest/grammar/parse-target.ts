import type { Condition, OrderTerm, Selection, ValueIndex } from "#application";
import { AppError } from "#contract";
import { parseParameters, refusePast } from "./parse-parameters.ts";
import type { RestLimits } from "../rest-limits.ts";
import { keyCondition, refuseRowParameters } from "../row-address.ts";
import { allOf } from "./selection-draft.ts";

/** Which rows an update or a delete is about, and what to answer of them. */
export interface Target {
  readonly where?: Condition;
  readonly limit?: ValueIndex;
  readonly order?: readonly OrderTerm[];
}

export interface ParsedTarget {
  readonly target: Target;
  readonly returning: Selection;
  readonly values: readonly unknown[];
  readonly columns: readonly string[] | undefined;
}

/**
 * The rows that a PATCH or DELETE names: by the filters of its query string, or by the id of its path where that is not empty.
 * `limit` (with `order`) bounds the change itself, not only what is answered of it.
 */
export function parseTarget(search: string, id: string, limits: RestLimits): ParsedTarget {
  const parameters = parseParameters(search, limits);
  refusePast(parameters);
  const { context, selection: draft, columns, onConflict, after } = parameters;
  if (id !== "") {
    refuseRowParameters(parameters);
    const where = keyCondition(context.add(id));
    return { target: { where }, returning: draft.finish(context), values: context.values, columns };
  }
  if (draft.offset !== undefined || onConflict !== undefined || after !== undefined) {
    throw new AppError("invalidQuery", {
      message: "A change takes filters, order and limit, but no offset, on_conflict or after.",
    });
  }
  const where = allOf(draft.conditions.splice(0));
  const target: Target = { ...(where === undefined ? undefined : { where }), ...takeLimit(draft, context) };
  return { target, returning: draft.finish(context), values: context.values, columns };
}

function takeLimit(
  draft: { limit: number | undefined; order: readonly OrderTerm[] | undefined },
  context: { add(value: unknown): ValueIndex },
): Pick<Target, "limit" | "order"> | undefined {
  const { limit, order } = draft;
  if (limit === undefined) return undefined;
  if (order?.some((term) => term.embed !== undefined) === true) {
    throw new AppError("invalidQuery", { message: "A change with a limit is ordered by columns of its own table alone." });
  }
  draft.limit = undefined;
  return { limit: context.add(String(limit)), ...(order === undefined ? undefined : { order }) };
}
