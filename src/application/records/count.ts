import {
  compileBoundedCount,
  compileCount,
  compileSample,
  type CompileContext,
  type ResultRow,
  type SelectPlan,
  type Sql,
} from "#database";
import { type CompiledStatement, run } from "./compiled.ts";
import type { ReadQuery, ReadResult } from "./query.ts";
import type { Session } from "./session.ts";

/** How the rows of a query are counted, apart from reading a page of them. */
export interface Counting {
  readonly mode: NonNullable<ReadQuery["count"]>;
  /** The page's own statement brings the exact count as the last value of each row. */
  readonly inPage: boolean;
  readonly exact: Sql;
  /** Counts no further than one past `countedExactly`. */
  readonly bounded: Sql;
  readonly sample: Sql;
}

/** `count=estimated` is exact up to this many rows. */
const countedExactly = 10_000;
/** A guess looks at this many of the oldest rows and as many of the newest. */
const sampleHalf = 500;

export function compileCounting(
  query: ReadQuery,
  plan: SelectPlan,
  context: CompileContext,
  ruled: boolean,
): Counting | undefined {
  if (query.count === undefined) return undefined;
  return {
    // A guess rests on how many rows the table has: to whom a rule hides some, it would tell how many.
    mode: plan.grouped || ruled ? "exact" : query.count,
    inPage: query.count === "exact" && !plan.grouped,
    exact: compileCount(plan, context),
    bounded: compileBoundedCount(plan, context, countedExactly + 1),
    sample: compileSample(plan, context, sampleHalf),
  };
}

/** The number of rows without limit and offset: `first` is the page's first row, if it has any. */
export async function countRows(
  session: Session,
  page: CompiledStatement,
  counting: Counting,
  values: readonly unknown[],
  first: ResultRow | undefined,
): Promise<NonNullable<ReadResult["total"]>> {
  const ask = async (statement: Sql): Promise<readonly number[]> => {
    const { rows } = await run(session, { ...page, sql: statement.text, bindings: statement.bindings, single: true }, values);
    return (rows[0] ?? []).map(Number);
  };
  if (counting.mode === "exact") {
    if (counting.inPage && first !== undefined) return { count: Number(first.at(-1)), exact: true };
    const [count = 0] = await ask(counting.exact);
    return { count, exact: true };
  }
  if (counting.mode === "estimated") {
    const [count = 0] = await ask(counting.bounded);
    if (count <= countedExactly) return { count, exact: true };
  }
  const [taken = 0, sampled = 0, reach = 0] = await ask(counting.sample);
  const sampledAll = sampled < 2 * sampleHalf;
  return sampledAll ? { count: taken, exact: true } : { count: Math.round((taken / sampled) * reach), exact: false };
}
