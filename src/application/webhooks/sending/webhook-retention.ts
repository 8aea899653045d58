import type { Connection } from "#database";
import { ATTEMPTS, DELIVERIES, EVENTS } from "./webhook-tables.ts";

/**
 * Removes what happened before that moment and is on its way to nobody any more, with its deliveries and attempts: at most so many events,
 * whose number it gives.
 */
export async function forgetEvents(connection: Connection, before: number, limit: number): Promise<number> {
  const rows = await connection.all(
    `SELECT sequence FROM ${EVENTS} AS e WHERE at < ? AND fanned = 1
      AND NOT EXISTS (SELECT 1 FROM ${DELIVERIES} WHERE event = e.sequence AND state IN ('waiting', 'queued'))
      ORDER BY at LIMIT CAST(? AS INTEGER)`,
    [before, limit],
  );
  if (rows.length === 0) return 0;
  const events = JSON.stringify(rows.map(([sequence]) => Number(sequence)));
  const listed = "(SELECT value FROM json_each(?))";
  await connection.run(`DELETE FROM ${ATTEMPTS} WHERE delivery IN (SELECT id FROM ${DELIVERIES} WHERE event IN ${listed})`, [
    events,
  ]);
  await connection.run(`DELETE FROM ${DELIVERIES} WHERE event IN ${listed}`, [events]);
  await connection.run(`DELETE FROM ${EVENTS} WHERE sequence IN ${listed}`, [events]);
  return rows.length;
}
