import type { Clock } from "#base";
import { AppError } from "#contract";
import type { Connection } from "#database";

/** A request that carries an Idempotency-Key. */
export interface KeptRequest {
  /** The id of who asks: two callers may use the same key. */
  readonly caller: string;
  readonly key: string;
  /** Equal for two requests that ask the same. */
  readonly fingerprint: string;
}

/** As much of an answer as must be the same when it is given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface IdempotencyOptions {
  readonly clock: Clock;
  /** Milliseconds that an answer is kept at least. Default a day. */
  readonly retention?: number;
}

/** The answers that were given under a key, kept in the same transaction as what they tell of. */
export interface Idempotency {
  /**
   * The answer that was given to this request, to be called first thing in the transaction: whoever came before with the same key has
   * then ended. Undefined where the work is still to be done. Throws `idempotencyKeyReused` where the key was used for another request.
   */
  find(connection: Connection, request: KeptRequest): Promise<KeptAnswer | undefined>;
  /** Keeps an answer: it becomes durable with the work, or is undone with it. */
  keep(connection: Connection, request: KeptRequest, answer: KeptAnswer): Promise<void>;
}

const TABLE = "_chassis_idempotency";

/** Each answer that is kept makes room by forgetting as many as these that are over their time: so the table shrinks faster than it grows. */
const forgottenAtOnce = 20;

/** Forgets what was answered to a caller: it has something of what they asked. */
export async function forgetAnswersTo(connection: Connection, caller: string): Promise<void> {
  if ((await connection.get(`SELECT 1 FROM sqlite_schema WHERE name = '${TABLE}'`, [])) === undefined) return;
  await connection.run(`DELETE FROM ${TABLE} WHERE caller = ?`, [caller]);
}

export function createIdempotency({ clock, retention = 86_400_000 }: IdempotencyOptions): Idempotency {
  /** The table is made by the first answer that is kept: most back ends never have one. */
  async function prepare(connection: Connection): Promise<void> {
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (
        caller TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, body TEXT,
        expires TEXT NOT NULL, replays INTEGER NOT NULL DEFAULT 0, UNIQUE (caller, key)) STRICT`,
      [],
    );
    await connection.run(`CREATE INDEX IF NOT EXISTS ${TABLE}_expires ON ${TABLE} (expires)`, []);
  }

  const moment = (milliseconds: number): string => new Date(milliseconds).toISOString();

  return {
    async find(connection, { caller, key, fingerprint }) {
      // Only reads, so that what the work then looks for may be looked for off the event loop, as without a key.
      if ((await connection.get(`SELECT 1 FROM sqlite_schema WHERE name = '${TABLE}'`, [])) === undefined) return undefined;
      const row = await connection.get(
        `SELECT fingerprint, status, headers, body FROM ${TABLE} WHERE caller = ? AND key = ? AND expires > ?`,
        [caller, key, moment(clock.now())],
      );
      if (row === undefined) return undefined;
      const [kept, status, headers, body] = row;
      if (kept !== fingerprint) {
        throw new AppError("idempotencyKeyReused", {
          hint: "A key belongs to one request: method, address, headers and body. Make a new one for every new request.",
        });
      }
      // A write, so that the answer leaves only once all that was committed before is on the disk: that of the first request too.
      await connection.run(`UPDATE ${TABLE} SET replays = replays + 1 WHERE caller = ? AND key = ?`, [caller, key]);
      return {
        status: Number(status),
        headers: JSON.parse(String(headers)) as KeptAnswer["headers"],
        body: typeof body === "string" ? body : undefined,
      };
    },

    async keep(connection, { caller, key, fingerprint }, { status, headers, body }) {
      const now = clock.now();
      await prepare(connection);
      await connection.run(
        `DELETE FROM ${TABLE} WHERE rowid IN (SELECT rowid FROM ${TABLE} WHERE expires <= ? ORDER BY expires LIMIT ${forgottenAtOnce})`,
        [moment(now)],
      );
      await connection.run(
        `INSERT OR REPLACE INTO ${TABLE} (caller, key, fingerprint, status, headers, body, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [caller, key, fingerprint, status, JSON.stringify(headers), body ?? null, moment(now + retention)],
      );
    },
  };
}
