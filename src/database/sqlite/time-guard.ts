import type { DatabaseSync } from "node:sqlite";
import { AppError } from "#contract";
import { raw, type Sql } from "../sql/sql.ts";

const functionName = "chassis_in_time";

/**
 * A condition that is always true, and ends the statement once its time is over: node:sqlite cannot interrupt a statement, but
 * what a function throws does. Stands in the WHERE of what callers ask. Every 64th row looks at the clock; for the others
 * a random number in SQLite is all that it costs (measured: 25 ns a row).
 */
export const timeGuard: Sql = raw(`(random() & 63 OR ${functionName}())`);

/** The time that the statement under way on one connection has left. */
export interface Deadline {
  /** Before each statement. */
  start(): void;
}

/** Registers the guard's function on a connection; `limit` is in milliseconds, and undefined is no limit. */
export function registerTimeGuard(database: DatabaseSync, limit: number | undefined): Deadline {
  let end = Number.POSITIVE_INFINITY;
  database.function(functionName, { deterministic: false }, () => {
    if (performance.now() <= end) return 1;
    throw new AppError("timeout", {
      message: `The query took longer than ${limit} ms and was stopped.`,
      hint: "Ask for fewer rows or relations, or filter and order by columns that have an index.",
    });
  });
  return limit === undefined ? { start() {} } : { start: () => void (end = performance.now() + limit) };
}
