import type { Clock } from "#base";
import type { Database } from "#database";

/** The tokens that were revoked before they expired: all of them in memory, so that asking costs nothing. */
export interface Revocations {
  has(id: string): boolean;
  /**
   * Holds from the moment of the call, and durably once it resolves. `expires` is when the token would have ended by itself, in
   * milliseconds since 1970; undefined where that is not known, and then it is kept for good.
   */
  revoke(id: string, expires: number | undefined): Promise<void>;
}

const TABLE = "_chassis_revoked_tokens";

/** Reads what was revoked. The table is made by the first revocation: most back ends never have one. */
export async function openRevocations(database: Database, clock: Clock): Promise<Revocations> {
  const now = new Date(clock.now()).toISOString();
  const exists = await database.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [TABLE]);
  const rows =
    exists === undefined ? [] : await database.all(`SELECT id FROM ${TABLE} WHERE expires IS NULL OR expires > ?`, [now]);
  const revoked = new Set(rows.map(([id]) => String(id)));
  return {
    has: (id) => revoked.has(id),
    async revoke(id, expires) {
      // First here: should the disk refuse it, the token is at least refused until the process ends, and the caller is told.
      revoked.add(id);
      const revokedAt = new Date(clock.now()).toISOString();
      await database.transaction(async (connection) => {
        await connection.run(
          `CREATE TABLE IF NOT EXISTS ${TABLE} (id TEXT NOT NULL PRIMARY KEY, expires TEXT, revoked TEXT NOT NULL) STRICT, WITHOUT ROWID`,
          [],
        );
        await connection.run(`DELETE FROM ${TABLE} WHERE expires < ?`, [revokedAt]);
        await connection.run(`INSERT INTO ${TABLE} (id, expires, revoked) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`, [
          id,
          expires === undefined ? null : new Date(expires).toISOString(),
          revokedAt,
        ]);
      });
    },
  };
}
