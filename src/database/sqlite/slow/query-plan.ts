import type { Connection } from "../../driver.ts";

/** What SQLite means to do for a statement. */
export interface QueryPlan {
  /** It sorts rows itself, because no index gives the order. */
  readonly sorts: boolean;
  /** The tables (or aliases) that it reads from end to end. */
  readonly scans: readonly string[];
}

/** Asks the planner; the statement is not run, and needs no parameters. */
export async function explainStatement(connection: Connection, statement: string): Promise<QueryPlan> {
  const rows = await connection.all(`EXPLAIN QUERY PLAN ${statement}`, []);
  const details = rows.map((row) => String(row[3]));
  return {
    sorts: details.some((detail) => /USE TEMP B-TREE FOR (?:LAST .* OF |RIGHT PART OF )?ORDER BY/.test(detail)),
    scans: details.flatMap((detail) => /^SCAN (\S+)$/.exec(detail)?.[1] ?? []),
  };
}
