import type { Connection } from "#database";
import { listReceivers } from "./endpoint-table.ts";
import { putDelivery } from "./delivery-table.ts";
import { EVENTS } from "./webhook-tables.ts";

export interface NewEvent {
  /** The id of its message: the same in every attempt, at every endpoint, and when it is replayed. */
  readonly id: string;
  readonly type: string;
  /** The body as it is sent, byte for byte. */
  readonly payload: string;
  readonly line: string | null;
  readonly at: number;
}

export async function insertEvent(connection: Connection, event: NewEvent): Promise<void> {
  const { id, type, payload, line, at } = event;
  await connection.run(`INSERT INTO ${EVENTS} (id, type, payload, line, at, fanned) VALUES (?, ?, ?, ?, ?, 0)`, [
    id,
    type,
    payload,
    line,
    at,
  ]);
}

/** One that is for one endpoint alone. */
export async function insertEventFor(connection: Connection, endpoint: string, event: NewEvent): Promise<void> {
  const { id, type, payload, at } = event;
  const row = await connection.get(
    `INSERT INTO ${EVENTS} (id, type, payload, line, at, fanned) VALUES (?, ?, ?, NULL, ?, 1) RETURNING sequence`,
    [id, type, payload, at],
  );
  await putDelivery(connection, { event: Number(row?.[0]), endpoint, line: null }, at);
}

/** Deliveries that one transaction makes at most, but for those of its last event: others wait for it. */
const FANNED_AT_ONCE = 500;

/**
 * Makes the deliveries of events that have none yet, in the order in which these were committed, and gives how many events that were; 0
 * where there are none left. Beside the transaction that an event comes from, so that this one costs the same however many endpoints there are.
 */
export async function fanOut(connection: Connection, now: number): Promise<number> {
  const receivers = await listReceivers(connection);
  const limit = Math.max(1, Math.floor(FANNED_AT_ONCE / Math.max(1, receivers.length)));
  const events = await connection.all(
    `SELECT sequence, type, line FROM ${EVENTS} WHERE fanned = 0 ORDER BY sequence LIMIT CAST(? AS INTEGER)`,
    [limit],
  );
  for (const [sequence, type, line] of events) {
    const event = Number(sequence);
    for (const { id, types, after } of receivers) {
      if (event <= after || (types !== null && !types.includes(String(type)))) continue;
      await putDelivery(connection, { event, endpoint: id, line: typeof line === "string" ? line : null }, now);
    }
    await connection.run(`UPDATE ${EVENTS} SET fanned = 1 WHERE sequence = ?`, [event]);
  }
  return events.length;
}

export async function hasFresh(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get(`SELECT 1 FROM ${EVENTS} WHERE fanned = 0 LIMIT 1`, [])) !== undefined;
}
