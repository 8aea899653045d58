import type { Stored } from "#contract";
import type { Connection } from "#database";
import { putDelivery } from "./delivery-table.ts";
import { listReceivers, textOrNull } from "./endpoint-table.ts";
import { DELIVERIES, EVENTS } from "./webhook-tables.ts";

/** What is sent again: one event, all since a moment, or all that was given up or dropped and not taken since. */
export type ReplayOf = { readonly event: string } | { readonly since: Date } | { readonly failed: true };

export interface ReplayBatch {
  /** Of one endpoint alone; undefined for all that are enabled. */
  readonly endpoint: string | undefined;
  /** Goes on after this, as the batch before gave it. */
  readonly after: number;
  /** Deliveries, at most, but for those of one event. */
  readonly limit: number;
  readonly now: number;
}

/** Where the next batch begins; undefined where there is none. */
export interface Replayed {
  readonly count: number;
  readonly next: number | undefined;
}

/**
 * Sends a batch of what is kept once more, under the same message ids, to endpoints that take it: at the end of its line. What is on its way
 * already is sent now, and not twice.
 */
export async function replayBatch(connection: Connection, what: ReplayOf, batch: ReplayBatch): Promise<Replayed> {
  return "failed" in what ? replayFailed(connection, batch) : replayEvents(connection, what, batch);
}

async function replayEvents(
  connection: Connection,
  what: Exclude<ReplayOf, { readonly failed: true }>,
  { endpoint, after, limit: deliveries, now }: ReplayBatch,
): Promise<Replayed> {
  const receivers = (await listReceivers(connection)).filter(({ id }) => endpoint === undefined || id === endpoint);
  const limit = Math.max(1, Math.floor(deliveries / Math.max(1, receivers.length)));
  const [condition, value]: [string, Stored] = "event" in what ? ["id = ?", what.event] : ["at >= ?", what.since.getTime()];
  const events = await connection.all(
    `SELECT sequence, type, line FROM ${EVENTS} WHERE ${condition} AND sequence > ? AND fanned = 1 ORDER BY sequence LIMIT CAST(? AS INTEGER)`,
    [value, after, limit],
  );
  let count = 0;
  for (const [sequence, type, line] of events) {
    for (const { id, types } of receivers) {
      // What was sent to one endpoint to try it out is no other's.
      const isTaken = types === null || types.includes(String(type)) || (await wasSent(connection, Number(sequence), id));
      if (!isTaken || (await isForAnother(connection, Number(sequence), String(type), id))) continue;
      await sendAgain(connection, { event: Number(sequence), endpoint: id, line: textOrNull(line) }, now);
      count += 1;
    }
  }
  return { count, next: events.length < limit ? undefined : Number(events.at(-1)?.[0]) };
}

async function wasSent(connection: Connection, event: number, endpoint: string): Promise<boolean> {
  const row = await connection.get(`SELECT 1 FROM ${DELIVERIES} WHERE event = ? AND endpoint = ? LIMIT 1`, [event, endpoint]);
  return row !== undefined;
}

async function isForAnother(connection: Connection, event: number, type: string, endpoint: string): Promise<boolean> {
  return type === "webhook.test" && !(await wasSent(connection, event, endpoint));
}

async function replayFailed(connection: Connection, { endpoint, after, limit, now }: ReplayBatch): Promise<Replayed> {
  const enabled = new Set((await listReceivers(connection)).map(({ id }) => id));
  const rows = await connection.all(
    `SELECT id, event, endpoint, line FROM ${DELIVERIES} AS lost WHERE state IN ('failed', 'dropped') AND id > ?
      AND NOT EXISTS (SELECT 1 FROM ${DELIVERIES} AS other WHERE other.event = lost.event AND other.endpoint = lost.endpoint AND other.id > lost.id)
      ORDER BY id LIMIT CAST(? AS INTEGER)`,
    [after, limit],
  );
  let count = 0;
  for (const [, event, to, line] of rows) {
    const id = String(to);
    if (!enabled.has(id) || (endpoint !== undefined && id !== endpoint)) continue;
    await sendAgain(connection, { event: Number(event), endpoint: id, line: textOrNull(line) }, now);
    count += 1;
  }
  return { count, next: rows.length < limit ? undefined : Number(rows.at(-1)?.[0]) };
}

interface Sending {
  readonly event: number;
  readonly endpoint: string;
  readonly line: string | null;
}

async function sendAgain(connection: Connection, sending: Sending, now: number): Promise<void> {
  const { event, endpoint } = sending;
  const open = await connection.get(
    `SELECT id FROM ${DELIVERIES} WHERE event = ? AND endpoint = ? AND state IN ('waiting', 'queued') LIMIT 1`,
    [event, endpoint],
  );
  if (open === undefined) return putDelivery(connection, sending, now);
  await connection.run(`UPDATE ${DELIVERIES} SET next_at = min(next_at, ?), attempt = 0 WHERE id = ? AND state = 'waiting'`, [
    now,
    open[0] ?? null,
  ]);
}
