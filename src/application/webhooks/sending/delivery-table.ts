import type { Stored } from "#contract";
import type { Connection } from "#database";
import { momentOf, readOldSecrets, type SealedSecrets, textOrNull } from "./endpoint-table.ts";
import { ATTEMPTS, DELIVERIES, type DeliveryState, ENDPOINTS, EVENTS } from "./webhook-tables.ts";

export interface NewDelivery {
  readonly event: number;
  readonly endpoint: string;
  readonly line: string | null;
}

/** Goes out at once, or behind what stands in its line. */
export async function putDelivery(connection: Connection, { event, endpoint, line }: NewDelivery, now: number): Promise<void> {
  const isBehind =
    line !== null &&
    (await connection.get(
      `SELECT 1 FROM ${DELIVERIES} WHERE endpoint = ? AND line = ? AND state IN ('waiting', 'queued') LIMIT 1`,
      [endpoint, line],
    )) !== undefined;
  await connection.run(`INSERT INTO ${DELIVERIES} (event, endpoint, line, state, next_at) VALUES (?, ?, ?, ?, ?)`, [
    event,
    endpoint,
    line,
    isBehind ? "queued" : "waiting",
    now,
  ]);
}

/** When the next delivery to each endpoint is due that is enabled and has any, the longest due first: so none is passed over for ever. */
export async function listDue(
  connection: Pick<Connection, "all">,
): Promise<readonly { readonly endpoint: string; readonly at: number; readonly failing: boolean }[]> {
  const rows = await connection.all(
    `SELECT id, failing_since, (SELECT min(next_at) FROM ${DELIVERIES} WHERE endpoint = ${ENDPOINTS}.id AND state = 'waiting') AS due
      FROM ${ENDPOINTS} WHERE enabled = 1 AND due IS NOT NULL ORDER BY due, id`,
    [],
  );
  return rows.map(([id, failing, at]) => ({ endpoint: String(id), at: Number(at), failing: failing !== null }));
}

/** A delivery that is to be sent now. */
export interface DueDelivery extends SealedSecrets {
  readonly id: number;
  readonly endpoint: string;
  readonly line: string | null;
  /** Attempts that were made. */
  readonly attempts: number;
  readonly url: string;
  readonly message: string;
  readonly type: string;
  readonly payload: string;
}

export interface DueQuery {
  readonly endpoint: string;
  readonly now: number;
  /** Deliveries that are under way, dropped ones too. */
  readonly underWay: readonly number[];
  readonly limit: number;
}

/**
 * What is due at one endpoint, the longest due first. Not what is under way there already, as another delivery of the same message, nor what
 * would pass one of its line: a delivery that was dropped may still be on its way while the same message is replayed, or the next of its line comes.
 */
export async function takeDue(
  connection: Pick<Connection, "all">,
  { endpoint, now, underWay, limit }: DueQuery,
): Promise<readonly DueDelivery[]> {
  const rows = await connection.all(
    `SELECT d.id, d.line, d.attempt, p.url, p.secret, p.old_secret, p.old_until, e.id, e.type, e.payload
      FROM ${DELIVERIES} AS d JOIN ${ENDPOINTS} AS p ON p.id = d.endpoint JOIN ${EVENTS} AS e ON e.sequence = d.event
      WHERE d.endpoint = ? AND d.state = 'waiting' AND d.next_at <= ?
        AND d.event NOT IN (SELECT event FROM ${DELIVERIES} WHERE id IN (SELECT value FROM json_each(?)))
        AND (d.line IS NULL OR d.line NOT IN
          (SELECT line FROM ${DELIVERIES} WHERE line IS NOT NULL AND id IN (SELECT value FROM json_each(?))))
      ORDER BY d.next_at, d.id LIMIT CAST(? AS INTEGER)`,
    [endpoint, now, JSON.stringify(underWay), JSON.stringify(underWay), limit],
  );
  return rows.map(([id, line, attempts, url, secret, oldSecret, oldUntil, message, type, payload]) => ({
    id: Number(id),
    endpoint,
    line: textOrNull(line),
    attempts: Number(attempts),
    url: String(url),
    secret: String(secret),
    oldSecrets: readOldSecrets(oldSecret, oldUntil),
    message: String(message),
    type: String(type),
    payload: String(payload),
  }));
}

/** What is planned for later than it can be, because the clock stood far ahead then, is due now. */
export function mendPlans(connection: Connection, now: number, latest: number): Promise<number> {
  return connection.run(`UPDATE ${DELIVERIES} SET next_at = ? WHERE state = 'waiting' AND next_at > ?`, [now, latest]);
}

/** How one attempt went. */
export interface AttemptNote {
  readonly at: number;
  /** Milliseconds. */
  readonly took: number;
  readonly status: number | null;
  readonly error: string | null;
  /** The first bytes of the answer, as text. */
  readonly answer: string | null;
}

export type AfterAttempt = { readonly state: "delivered" | "failed" } | { readonly state: "waiting"; readonly nextAt: number };

/**
 * Notes an attempt and what follows from it. What has ended lets the next of its line go on, in the same transaction: what comes into the line
 * before it stands behind, what comes after it is first. False where it was not open any more: dropped while it was under way.
 */
export async function noteAttempt(
  connection: Connection,
  { id, endpoint, line }: Pick<DueDelivery, "id" | "endpoint" | "line">,
  { note, after, now }: { readonly note: AttemptNote; readonly after: AfterAttempt; readonly now: number },
): Promise<boolean> {
  const { at, took, status, error, answer } = note;
  await connection.run(`INSERT INTO ${ATTEMPTS} (delivery, at, took, status, error, answer) VALUES (?, ?, ?, ?, ?, ?)`, [
    id,
    at,
    took,
    status,
    error,
    answer,
  ]);
  // What was dropped while it was under way stays so, unless it was taken.
  const open = after.state === "delivered" ? "state IN ('waiting', 'dropped')" : "state = 'waiting'";
  const changed = await connection.run(
    `UPDATE ${DELIVERIES} SET state = ?, attempt = attempt + 1, next_at = ?, finished = ? WHERE id = ? AND ${open}`,
    [after.state, after.state === "waiting" ? after.nextAt : now, after.state === "waiting" ? null : now, id],
  );
  if (after.state !== "waiting" && line !== null) await moveUp(connection, endpoint, line, now);
  return changed > 0;
}

/** Lets the first of a line go, where none of it is on its way. */
async function moveUp(connection: Connection, endpoint: string, line: string, now: number): Promise<void> {
  const first = await connection.get(
    `SELECT id, state FROM ${DELIVERIES} WHERE endpoint = ? AND line = ? AND state IN ('waiting', 'queued') ORDER BY id LIMIT 1`,
    [endpoint, line],
  );
  if (first?.[1] === "queued")
    await connection.run(`UPDATE ${DELIVERIES} SET state = 'waiting', next_at = ? WHERE id = ?`, [now, first[0] ?? null]);
}

/** What can be seen of a delivery: of one event, to one endpoint. */
export interface WebhookDelivery {
  readonly id: number;
  /** The id of its message. */
  readonly event: string;
  readonly type: string;
  readonly endpoint: string;
  readonly state: DeliveryState;
  /** Attempts that were made. */
  readonly attempts: number;
  /** When the event happened. ISO 8601, UTC, as all that follow. */
  readonly at: string;
  /** When it is sent again; null where it is not. */
  readonly nextAt: string | null;
  readonly finished: string | null;
  /** Of the last attempt. */
  readonly last: WebhookAttempt | null;
}

/** One attempt to send something. */
export interface WebhookAttempt {
  readonly at: string;
  /** Milliseconds. */
  readonly took: number;
  /** Of the answer; null where none came. */
  readonly status: number | null;
  /** Why none came. */
  readonly error: string | null;
  /** Its first bytes, as text. */
  readonly answer: string | null;
}

/** Which deliveries are listed: those that fit everything that is said. */
export interface DeliveryFilter {
  readonly endpoint?: string;
  /** The id of a message. */
  readonly event?: string;
  readonly state?: DeliveryState;
  /** Only those with a lower id: for pages, newest first. */
  readonly before?: number;
  /** Default 50. */
  readonly limit?: number;
}

/** Deliveries, newest first. */
export async function listDeliveries(connection: Connection, filter: DeliveryFilter = {}): Promise<readonly WebhookDelivery[]> {
  const { endpoint, event, state, before, limit = 50 } = filter;
  const wanted: readonly (readonly [string, Stored | undefined])[] = [
    ["d.endpoint = ?", endpoint],
    [`d.event = (SELECT sequence FROM ${EVENTS} WHERE id = ?)`, event],
    ["d.state = ?", state],
    ["d.id < ?", before],
  ];
  const given = wanted.filter(([, value]) => value !== undefined);
  const where = given.length === 0 ? "" : `WHERE ${given.map(([condition]) => condition).join(" AND ")}`;
  const rows = await connection.all(
    `SELECT d.id, e.id, e.type, d.endpoint, d.state, d.attempt, e.at, d.next_at, d.finished, a.at, a.took, a.status, a.error, a.answer
      FROM ${DELIVERIES} AS d JOIN ${EVENTS} AS e ON e.sequence = d.event
      LEFT JOIN ${ATTEMPTS} AS a ON a.id = (SELECT max(id) FROM ${ATTEMPTS} WHERE delivery = d.id)
      ${where} ORDER BY d.id DESC LIMIT CAST(? AS INTEGER)`,
    [...given.map(([, value]) => value ?? null), limit],
  );
  return rows.map((row) => {
    const [id, message, type, to, state, attempts, at, nextAt, finished, ...last] = row;
    return {
      id: Number(id),
      event: String(message),
      type: String(type),
      endpoint: String(to),
      state: String(state) as DeliveryState,
      attempts: Number(attempts),
      at: momentOf(at),
      nextAt: state === "waiting" ? momentOf(nextAt) : null,
      finished: finished === null || finished === undefined ? null : momentOf(finished),
      last: last[0] === null ? null : readAttempt(last),
    };
  });
}

/** All attempts of one delivery, the first first. */
export async function listAttempts(connection: Connection, delivery: number): Promise<readonly WebhookAttempt[]> {
  const rows = await connection.all(`SELECT at, took, status, error, answer FROM ${ATTEMPTS} WHERE delivery = ? ORDER BY id`, [
    delivery,
  ]);
  return rows.map(readAttempt);
}

function readAttempt([at, took, status, error, answer]: readonly Stored[]): WebhookAttempt {
  return {
    at: momentOf(at),
    took: Number(took),
    status: status === null || status === undefined ? null : Number(status),
    error: textOrNull(error),
    answer: textOrNull(answer),
  };
}
