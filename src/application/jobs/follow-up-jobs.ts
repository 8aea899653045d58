import type { Connection } from "#database";
import { TABLE } from "./job-table.ts";

/** That of a key which nobody waits for or runs any more. */
const free = `state = 'behind' AND NOT EXISTS (SELECT 1 FROM ${TABLE} AS ahead
  WHERE ahead.name = behind.name AND ahead.unique_key = behind.unique_key AND ahead.state IN ('scheduled', 'ready', 'running'))`;

export async function hasFollowUps(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get(`SELECT 1 FROM ${TABLE} AS behind WHERE ${free} LIMIT 1`, [])) !== undefined;
}

/** Lets jobs go that waited behind one of their key which has ended, at most `limit` of them, and gives the number. */
export function releaseFollowUps(connection: Connection, limit: number): Promise<number> {
  return connection.run(
    `UPDATE ${TABLE} SET state = 'scheduled' WHERE id IN (SELECT id FROM ${TABLE} AS behind WHERE ${free} LIMIT CAST(? AS INTEGER))`,
    [limit],
  );
}
