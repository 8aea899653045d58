import { createHmac } from "node:crypto";
import type { Clock } from "#base";
import type { Connection, Database } from "#database";
import type { RateStore, Taken } from "./rate-store.ts";

const rateTable = "_chassis_rates";

/** Takes from one look for rows that are over to the next, and how many of them go then: more than can have come. */
const SWEEP_EVERY = 64;
const SWEPT = 128;
/** Refusals that a node remembers. */
const MOST_KNOWN = 10_000;
/** How far the clocks of nodes may be apart, in microseconds. */
const SKEW = 60_000_000;

/** One row a key: until when what it took is not back, in microseconds since 1970. Whole numbers, so that no sum of fractions is one too few. */
export async function createRateTable(connection: Connection): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${rateTable} (caller BLOB NOT NULL PRIMARY KEY, back INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    [],
  );
  await connection.run(`CREATE INDEX IF NOT EXISTS ${rateTable}_back ON ${rateTable} (back)`, []);
}

/**
 * What was taken before, as far as it counts now. A time that no take can have left was written by a clock that has been set back since: it
 * would shut somebody out for as long as the clock was wrong.
 */
const owedFrom = `CASE WHEN ${rateTable}.back > ? AND ${rateTable}.back <= ? THEN ${rateTable}.back ELSE ? END`;

const take = `INSERT INTO ${rateTable} (caller, back) VALUES (?, ?)
  ON CONFLICT (caller) DO UPDATE SET back = ${owedFrom} + ? WHERE ${owedFrom} + ? <= ?
  RETURNING back`;
const find = `SELECT back FROM ${rateTable} WHERE caller = ?`;
const sweep = `DELETE FROM ${rateTable} WHERE caller IN (SELECT caller FROM ${rateTable} WHERE back <= ? LIMIT ${SWEPT})`;

export interface DatabaseRateStoreOptions {
  readonly database: Pick<Database, "transaction">;
  /** 32 bytes, the same for all who share the limits. Another one starts all limits anew. */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

/**
 * Limits in a table, for all who have that database and over restarts. A take is one statement in a brief transaction, which shares its commit
 * with others, and is on the disk when it is told: not for what must be fast, but for what is tried seldom. Must not be asked within a
 * transaction, whose end it would wait for.
 *
 * Whoever is refused is so from memory until something has come back, so a flood of them writes nothing. Where the database takes no writes,
 * `take` rejects as every write does: what cannot be counted is not let through.
 */
export function createDatabaseRateStore({ database, key, clock }: DatabaseRateStoreOptions): RateStore {
  /** Until when what was taken is not back: it may be later by now, and is never earlier. */
  const known = new Map<string, number>();
  let takes = 0;

  return {
    async take(limit, caller, { amount, per }, cost) {
      const now = clock.now() * 1000;
      const all = per * 1000;
      const spacing = Math.max(Math.floor(all / amount), 1);
      const wanted = Math.min(cost, amount) * spacing;
      const taken = (back: number): Taken => ({
        taken: true,
        remaining: Math.max(Math.floor((now + all - back) / spacing), 0),
        retryAfter: 0,
      });
      const refused = (back: number): Taken => ({
        taken: false,
        remaining: Math.max(Math.floor((now + all - back) / spacing), 0),
        retryAfter: (back + wanted - now - all) / 1000,
      });

      // With the rate, so that another setting starts anew: what a longer one left would be taken for a mistake of the clock.
      const hash = createHmac("sha256", key).update(`${limit}\n${amount}/${per}\n${caller}`).digest();
      const name = hash.toString("latin1");
      const before = known.get(name);
      if (before !== undefined) {
        if (before > now && before <= now + all + SKEW && before + wanted > now + all) return refused(before);
        known.delete(name);
      }
      const owed = [now, now + all + SKEW, now];
      const isSweeping = takes++ % SWEEP_EVERY === 0;
      const [row, found] = await database.transaction(
        async (connection) => {
          if (isSweeping) await connection.run(sweep, [now]);
          const given = await connection.get(take, [hash, now + wanted, ...owed, wanted, ...owed, wanted, now + all]);
          return [given, given ?? (await connection.get(find, [hash]))];
        },
        { brief: true },
      );
      const back = Number(found?.[0]);
      if (row !== undefined) return taken(back);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(name, back);
      return refused(back);
    },
  };
}
