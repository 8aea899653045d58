import { type Clock, during, type Logger } from "#base";
import type { Connection, Database } from "#database";
import type { CronDefinition } from "./build-crons.ts";
import type { Enqueuer } from "./enqueue.ts";

export interface CronSchedulerOptions {
  readonly database: Database;
  readonly crons: readonly CronDefinition[];
  readonly enqueuer: Enqueuer;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TABLE = "_chassis_crons";
/** Milliseconds between two looks at the clock at most: it may be set, and the machine may sleep. */
const LONGEST_WAIT = 30_000;
/** A run that is later than so many milliseconds was missed. */
const LATE = 60_000;
const MAX_MISSED = 100;
/** Milliseconds that a clock may be set back without a run being planned anew: until then none runs twice. */
const AHEAD = 2 * 86_400_000;

/** Hands over the jobs whose time has come. When each is next due is kept in the database, so that nothing is forgotten while no server runs. */
export class CronScheduler {
  readonly #options: CronSchedulerOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: CronSchedulerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { database, crons } = this.#options;
    if (crons.length === 0 && !(await hasTable(database))) return;
    await database.transaction(async (connection) => {
      await connection.run(
        `CREATE TABLE IF NOT EXISTS ${TABLE} (name TEXT NOT NULL PRIMARY KEY, schedule TEXT NOT NULL, next_at INTEGER) STRICT, WITHOUT ROWID`,
        [],
      );
      // One that is taken out, and put back after a year, has missed nothing.
      await connection.run(`DELETE FROM ${TABLE} WHERE name NOT IN (SELECT value FROM json_each(?))`, [
        JSON.stringify(crons.map(({ name }) => name)),
      ]);
      for (const each of crons) {
        const known = await connection.get(`SELECT schedule FROM ${TABLE} WHERE name = ?`, [each.name]);
        if (known?.[0] !== each.schedule) await this.#plan(connection, each);
      }
    });
    if (crons.length > 0) await this.#look();
  }

  /** Looks now, because the clock was set say, and hands over what is due. */
  async lookNow(): Promise<void> {
    await this.#looking;
    if (this.#timer === undefined || this.#closed) return;
    clearTimeout(this.#timer);
    await this.#look();
  }

  /** When the next one is due: milliseconds since 1970. */
  async nextDue(): Promise<number | undefined> {
    const { database, crons } = this.#options;
    if (crons.length === 0) return undefined;
    const [next = null] = (await database.get(`SELECT min(next_at) FROM ${TABLE}`, [])) ?? [];
    return next === null ? undefined : Number(next);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #plan(connection: Connection, { name, schedule, next }: CronDefinition): Promise<void> {
    const first = next(new Date(this.#options.clock.now()))?.getTime() ?? null;
    await connection.run(`INSERT OR REPLACE INTO ${TABLE} (name, schedule, next_at) VALUES (?, ?, ?)`, [name, schedule, first]);
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookAndRest();
    return this.#looking;
  }

  async #lookAndRest(): Promise<void> {
    let wait = 10_000;
    try {
      wait = await this.#lookOnce();
    } catch (error) {
      this.#options.logger.error({ err: error }, "Jobs by the clock could not be handed over. Trying again.");
    }
    this.#looking = undefined;
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), wait).unref();
  }

  /** Hands over what is due, each in a transaction of its own; gives the time until the next look. */
  async #lookOnce(): Promise<number> {
    const { database, crons, clock, logger } = this.#options;
    let soonest = Number.POSITIVE_INFINITY;
    for (const each of crons) {
      let row = await database.get(`SELECT next_at FROM ${TABLE} WHERE name = ?`, [each.name]);
      if (row === undefined) {
        // A server of another version was started that does not know it.
        await database.transaction((connection) => this.#plan(connection, each));
        row = await database.get(`SELECT next_at FROM ${TABLE} WHERE name = ?`, [each.name]);
      }
      const [nextAt = null] = row ?? [];
      if (nextAt === null) continue;
      let due = Number(nextAt);
      const planned = due - clock.now() > AHEAD ? each.next(new Date(clock.now()))?.getTime() : undefined;
      if (planned !== undefined && due - planned > AHEAD) {
        // The clock stood far in the future when that was planned. Else it would not run until then.
        logger.warn(
          { cron: each.name, next: new Date(planned).toISOString() },
          "The clock was set back by days: a job by the clock is planned anew.",
        );
        await database.run(`UPDATE ${TABLE} SET next_at = ? WHERE name = ?`, [planned, each.name]);
        due = planned;
      }
      if (due <= clock.now()) {
        try {
          due = (await database.transaction((connection) => this.#handOver(connection, each))) ?? Number.POSITIVE_INFINITY;
        } catch (error) {
          // Input that does not fit, say: one of them must not keep the others from their time.
          logger.error({ err: error, cron: each.name }, "A job by the clock could not be handed over. Trying again.");
          due = clock.now() + 10_000;
        }
      }
      soonest = Math.min(soonest, due);
    }
    return Math.max(1, Math.min(LONGEST_WAIT, soonest - clock.now()));
  }

  /** Gives when it is next due. Looks again whether it is due: with several servers, another may have been first. */
  async #handOver(connection: Connection, { name, job, missed, inputFor, next }: CronDefinition): Promise<number | undefined> {
    const { clock, enqueuer } = this.#options;
    const now = clock.now();
    const [nextAt = null] = (await connection.get(`SELECT next_at FROM ${TABLE} WHERE name = ?`, [name])) ?? [];
    if (nextAt === null || Number(nextAt) > now) return nextAt === null ? undefined : Number(nextAt);
    const enqueue = enqueuer((work) => work(connection));
    const planned = latestUntil(next, now, { first: Number(nextAt), most: missed === "run-all" ? MAX_MISSED : 1 });
    const last = planned.at(-1)?.getTime() ?? now;
    const wanted = missed === "skip" && now - last > LATE ? [] : planned;
    for (const moment of wanted) {
      const input = during({ name: `cron ${name}`, fail: () => {} }, () => inputFor(moment));
      await enqueue(job as never, input as never, { unique: `cron ${name} ${moment.toISOString()}` });
    }
    const following = next(new Date(Math.max(now, last)));
    await connection.run(`UPDATE ${TABLE} SET next_at = ? WHERE name = ?`, [following?.getTime() ?? null, name]);
    return following?.getTime();
  }
}

async function hasTable(connection: Pick<Connection, "get">): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [TABLE])) !== undefined;
}

/**
 * The last planned moments until now, at most so many, none before the first that was missed. Found without going through all of those,
 * which may be millions: forwards from a while ago, and from longer ago where that was too short.
 */
function latestUntil(
  next: CronDefinition["next"],
  now: number,
  { first, most }: { readonly first: number; readonly most: number },
): readonly Date[] {
  for (let step = 60_000; ; step *= 4) {
    const from = Math.max(first - 1, now - step);
    const planned: Date[] = [];
    for (let each = next(new Date(from)); each !== undefined && each.getTime() <= now; each = next(each)) planned.push(each);
    if (planned.length >= most || from === first - 1) return planned.slice(-most);
  }
}
