import type { Stored } from "#contract";
import type { Connection, ResultRow } from "#database";
import { DELIVERIES, ENDPOINTS, EVENTS } from "./webhook-tables.ts";

/** Who receives webhooks. */
export interface WebhookEndpoint {
  /** `ep_` and letters. */
  readonly id: string;
  readonly url: string;
  /** The types that it takes; null for all. */
  readonly types: readonly string[] | null;
  readonly description: string | null;
  readonly enabled: boolean;
  /** Why it is disabled, where that was not asked for. */
  readonly reason: string | null;
  /** The address of who hears of it when it is disabled for failing. */
  readonly notify: string | null;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Since when nothing that was sent to it has been taken; null where the last was, or nothing was sent. */
  readonly failingSince: string | null;
}

/** A secret that was replaced, encrypted. */
export interface OldSecret {
  readonly secret: string;
  /** It signs until then, beside the others. Milliseconds since 1970. */
  readonly until: number;
}

/** Its secrets, encrypted. */
export interface SealedSecrets {
  readonly secret: string;
  readonly oldSecrets: readonly OldSecret[];
}

const shown = "id, url, types, description, enabled, reason, notify, created, failing_since";

export interface NewEndpoint {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[] | null;
  readonly description: string | null;
  readonly notify: string | null;
  readonly secret: string;
}

/** It is sent what happens from now on. */
export async function insertEndpoint(connection: Connection, endpoint: NewEndpoint, now: number): Promise<void> {
  const { id, url, types, description, notify, secret } = endpoint;
  await connection.run(
    `INSERT INTO ${ENDPOINTS} (id, url, types, description, secret, enabled, notify, created, after_event)
      VALUES (?, ?, ?, ?, ?, 1, ?, ?, (SELECT coalesce(max(sequence), 0) FROM ${EVENTS}))`,
    [id, url, types === null ? null : JSON.stringify(types), description, secret, notify, now],
  );
}

export async function listEndpoints(connection: Pick<Connection, "all">): Promise<readonly WebhookEndpoint[]> {
  return (await connection.all(`SELECT ${shown} FROM ${ENDPOINTS} ORDER BY id`, [])).map(readEndpoint);
}

export async function findEndpoint(connection: Pick<Connection, "get">, id: string): Promise<WebhookEndpoint | undefined> {
  const row = await connection.get(`SELECT ${shown} FROM ${ENDPOINTS} WHERE id = ?`, [id]);
  return row === undefined ? undefined : readEndpoint(row);
}

export type EndpointChange = Partial<Pick<NewEndpoint, "url" | "types" | "description" | "notify">>;

/** Changes what is given. */
export async function updateEndpoint(connection: Connection, id: string, change: EndpointChange): Promise<void> {
  const { types, ...others } = change;
  const columns: readonly (readonly [string, Stored])[] = [
    ...Object.entries(others),
    ...(types === undefined ? [] : [["types", types === null ? null : JSON.stringify(types)] as const]),
  ];
  for (const [column, value] of columns) await connection.run(`UPDATE ${ENDPOINTS} SET ${column} = ? WHERE id = ?`, [value, id]);
}

/** From now on: what happened while it was disabled is not sent. False where it was enabled. */
export async function enableEndpoint(connection: Connection, id: string): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE ${ENDPOINTS} SET enabled = 1, reason = NULL, failing_since = NULL,
      after_event = (SELECT coalesce(max(sequence), 0) FROM ${EVENTS}) WHERE id = ? AND enabled = 0`,
    [id],
  );
  return changed > 0;
}

/** Nothing more is sent to it: what waits is dropped. False where it was disabled. */
export async function disableEndpoint(connection: Connection, id: string, reason: string | null, now: number): Promise<boolean> {
  const changed = await connection.run(`UPDATE ${ENDPOINTS} SET enabled = 0, reason = ? WHERE id = ? AND enabled = 1`, [
    reason,
    id,
  ]);
  if (changed > 0) await dropWaiting(connection, id, now);
  return changed > 0;
}

/** False where there is none. What was sent to it stays to be seen for its time. */
export async function removeEndpoint(connection: Connection, id: string, now: number): Promise<boolean> {
  const removed = await connection.run(`DELETE FROM ${ENDPOINTS} WHERE id = ?`, [id]);
  if (removed > 0) await dropWaiting(connection, id, now);
  return removed > 0;
}

async function dropWaiting(connection: Connection, id: string, now: number): Promise<void> {
  await connection.run(
    `UPDATE ${DELIVERIES} SET state = 'dropped', finished = ? WHERE endpoint = ? AND state IN ('waiting', 'queued')`,
    [now, id],
  );
}

/** Secrets that sign beside the newest one, at most: each is a part of a header. */
const OLD_SECRETS = 9;

export interface Replacement {
  readonly secret: string;
  readonly now: number;
  /** The one that is replaced stays good until then, beside the new one. */
  readonly oldUntil: number;
}

/** What was replaced before stays good as long as was said then. False where too many would be good at once. */
export async function replaceSecret(
  connection: Connection,
  id: string,
  { secret, now, oldUntil }: Replacement,
): Promise<boolean> {
  const row = await connection.get(`SELECT secret, old_secret, old_until FROM ${ENDPOINTS} WHERE id = ?`, [id]);
  const good = readOldSecrets(row?.[1], row?.[2]).filter(({ until }) => until > now);
  if (good.length === OLD_SECRETS) return false;
  const old: readonly OldSecret[] = [...good, { secret: String(row?.[0]), until: oldUntil }];
  await connection.run(`UPDATE ${ENDPOINTS} SET secret = ?, old_secret = ?, old_until = ? WHERE id = ?`, [
    secret,
    JSON.stringify(old),
    Math.max(...old.map(({ until }) => until)),
    id,
  ]);
  return true;
}

/** JSON text, and when the last of it ends. An earlier build kept one secret there, and its end. */
export function readOldSecrets(text: Stored | undefined, until: Stored | undefined): readonly OldSecret[] {
  if (typeof text !== "string") return [];
  return text.startsWith("[") ? (JSON.parse(text) as readonly OldSecret[]) : [{ secret: text, until: Number(until) }];
}

/** Something was taken, or not: gives since when nothing has been. */
export async function noteHealth(connection: Connection, id: string, taken: boolean, at: number): Promise<number | undefined> {
  if (taken) {
    await connection.run(`UPDATE ${ENDPOINTS} SET failing_since = NULL WHERE id = ? AND failing_since IS NOT NULL`, [id]);
    return undefined;
  }
  const row = await connection.get(
    `UPDATE ${ENDPOINTS} SET failing_since = coalesce(failing_since, ?) WHERE id = ? RETURNING failing_since`,
    [at, id],
  );
  return row === undefined ? undefined : Number(row[0]);
}

/** The types for which there are endpoints, disabled ones too: what happens is kept for them, to be replayed. */
export async function wantedTypes(connection: Pick<Connection, "all">): Promise<ReadonlySet<string> | "all"> {
  const rows = await connection.all(`SELECT DISTINCT types FROM ${ENDPOINTS}`, []);
  if (rows.some(([types]) => types === null)) return "all";
  return new Set(rows.flatMap(([types]) => readTypes(types) ?? []));
}

/** Of endpoints that are sent to: what they take, and after which event. */
export interface Receiver {
  readonly id: string;
  readonly types: readonly string[] | null;
  readonly after: number;
}

export async function listReceivers(connection: Pick<Connection, "all">): Promise<readonly Receiver[]> {
  const rows = await connection.all(`SELECT id, types, after_event FROM ${ENDPOINTS} WHERE enabled = 1 ORDER BY id`, []);
  return rows.map(([id, types, after]) => ({ id: String(id), types: readTypes(types), after: Number(after) }));
}

function readTypes(types: Stored | undefined): readonly string[] | null {
  return typeof types === "string" ? (JSON.parse(types) as readonly string[]) : null;
}

function readEndpoint(row: ResultRow): WebhookEndpoint {
  const [id, url, types, description, enabled, reason, notify, created, failingSince] = row;
  return {
    id: String(id),
    url: String(url),
    types: readTypes(types),
    description: textOrNull(description),
    enabled: enabled === 1,
    reason: textOrNull(reason),
    notify: textOrNull(notify),
    created: momentOf(created),
    failingSince: failingSince === null || failingSince === undefined ? null : momentOf(failingSince),
  };
}

export function textOrNull(value: Stored | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function momentOf(value: Stored | undefined): string {
  return new Date(Number(value)).toISOString();
}
