import type { ReadQuery } from "#application";
import { AppError } from "#contract";
import { parseParameters } from "./parse-parameters.ts";
import { applyRange } from "../headers/range.ts";
import { defaultRestLimits, type RestLimits } from "../rest-limits.ts";

export interface ReadOptions {
  readonly limits?: RestLimits;
  /** The `Range` header, where the method honours it. */
  readonly range?: string | undefined;
  readonly count?: ReadQuery["count"];
  readonly stripNulls?: boolean;
}

/** A parsed read, and the number of rows that it skips: where its `Content-Range` starts. */
export interface ParsedRead {
  readonly query: ReadQuery;
  readonly offset: number;
}

/** The query that `GET /rest/v1/<table>?<search>` asks. Throws as `parseParameters` does. */
export function parseRead(table: string, search: string, options: ReadOptions = {}): ParsedRead {
  const { context, selection: draft, after, past } = parseParameters(search, options.limits ?? defaultRestLimits);
  if (options.range !== undefined) applyRange(draft, options.range);
  const offset = draft.offset ?? 0;
  if (after !== undefined && offset > 0) {
    throw new AppError("invalidQuery", { message: "'after' and 'offset' are two ways to page: use one of them." });
  }
  const selection = draft.finish(context);
  const query: ReadQuery = {
    table,
    selection,
    values: context.values,
    form: "text",
    ...(options.count === undefined ? undefined : { count: options.count }),
    ...(after === undefined ? undefined : { after }),
    ...past,
    ...(options.stripNulls === true ? { stripNulls: true } : undefined),
  };
  return { query, offset };
}
