import type { Connection } from "#database";

export const ENDPOINTS = "_chassis_webhook_endpoints";
export const EVENTS = "_chassis_webhook_events";
export const DELIVERIES = "_chassis_webhook_deliveries";
export const ATTEMPTS = "_chassis_webhook_attempts";

/** A delivery that is `waiting` is sent when its time has come; one that is `queued` stands in a line behind another. */
export type DeliveryState = "waiting" | "queued" | "delivered" | "failed" | "dropped";

/**
 * What is kept of webhooks: who receives, what happened, what is sent to whom, and how that went. Plain SQL. Moments are milliseconds since
 * 1970. At most one delivery of a line is `waiting`.
 */
export async function createWebhookTables(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${ENDPOINTS} (
      id TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, types TEXT, description TEXT, secret TEXT NOT NULL, old_secret TEXT,
      old_until INTEGER, enabled INTEGER NOT NULL, reason TEXT, notify TEXT, created INTEGER NOT NULL, failing_since INTEGER,
      after_event INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${EVENTS} (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, payload TEXT NOT NULL,
      line TEXT, at INTEGER NOT NULL, fanned INTEGER NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${EVENTS}_fresh ON ${EVENTS} (sequence) WHERE fanned = 0`,
    `CREATE INDEX IF NOT EXISTS ${EVENTS}_at ON ${EVENTS} (at)`,
    `CREATE TABLE IF NOT EXISTS ${DELIVERIES} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL, endpoint TEXT NOT NULL, line TEXT,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'delivered', 'failed', 'dropped')),
      attempt INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, finished INTEGER) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${DELIVERIES}_due ON ${DELIVERIES} (endpoint, next_at) WHERE state = 'waiting'`,
    `CREATE INDEX IF NOT EXISTS ${DELIVERIES}_line ON ${DELIVERIES} (endpoint, line, id) WHERE line IS NOT NULL AND state IN ('waiting', 'queued')`,
    `CREATE INDEX IF NOT EXISTS ${DELIVERIES}_event ON ${DELIVERIES} (event, endpoint)`,
    `CREATE INDEX IF NOT EXISTS ${DELIVERIES}_lost ON ${DELIVERIES} (id) WHERE state IN ('failed', 'dropped')`,
    `CREATE INDEX IF NOT EXISTS ${DELIVERIES}_endpoint ON ${DELIVERIES} (endpoint, id)`,
    `CREATE TABLE IF NOT EXISTS ${ATTEMPTS} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, delivery INTEGER NOT NULL, at INTEGER NOT NULL, took INTEGER NOT NULL, status INTEGER,
      error TEXT, answer TEXT) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${ATTEMPTS}_delivery ON ${ATTEMPTS} (delivery, id)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there are webhooks here: a database may be older than the first of its back end. */
export async function hasWebhookTables(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [ATTEMPTS])) !== undefined;
}
