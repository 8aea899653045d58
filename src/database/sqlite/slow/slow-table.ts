import type { Clock, Logger } from "#base";
import type { Connection, Database } from "../../driver.ts";
import type { SlowStatement } from "./slow-statements.ts";

const TABLE = "_chassis_slow_statements";
/** Rows kept at most: those that were slow last. */
const MAX_ROWS = 100;

export interface SlowTableOptions {
  readonly database: Database & { slowStatements(): readonly SlowStatement[] };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between two times that it writes. Default 600,000. */
  readonly interval?: number;
}

/** A slow statement as the database has it, over all runs of the server. */
export interface RecordedSlowStatement extends SlowStatement {
  /** When it was noted last: ISO 8601, UTC. */
  readonly last: string;
}

/** Writes now and then, and at the end, which statements were slow: `chassis doctor` reads it beside the server or after it. */
export class SlowTable {
  readonly #options: SlowTableOptions;
  readonly #timer: NodeJS.Timeout;
  /** What was written of each already. */
  #written: ReadonlyMap<string, number> = new Map();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SlowTableOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#write(), options.interval ?? 600_000).unref();
  }

  /** Writes a last time; the database must be open still. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#writing = this.#writing.then(() => this.#add());
  }

  async #add(): Promise<void> {
    const { database, clock, logger } = this.#options;
    const found = database.slowStatements();
    const fresh = found.flatMap((statement) => {
      const before = this.#written.get(statement.sql) ?? 0;
      // One that was forgotten meanwhile is counted from 1 again.
      const count = statement.count >= before ? statement.count - before : statement.count;
      return count === 0 ? [] : [{ ...statement, count }];
    });
    if (fresh.length === 0 || !database.state.writable) return;
    try {
      await database.transaction((connection) => addStatements(connection, fresh, new Date(clock.now()).toISOString()));
      this.#written = new Map(found.map(({ sql, count }) => [sql, count]));
    } catch (error) {
      logger.warn({ err: error }, "Which statements were slow could not be noted for `chassis doctor`.");
    }
  }
}

async function addStatements(connection: Connection, statements: readonly SlowStatement[], now: string): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (
      statement TEXT PRIMARY KEY, count INTEGER NOT NULL, longest REAL NOT NULL, last TEXT NOT NULL) STRICT`,
    [],
  );
  for (const { sql, count, longest } of statements)
    await connection.run(
      `INSERT INTO ${TABLE} VALUES (?, ?, ?, ?) ON CONFLICT (statement) DO UPDATE
        SET count = count + excluded.count, longest = max(longest, excluded.longest), last = excluded.last`,
      [sql, count, longest, now],
    );
  await connection.run(
    `DELETE FROM ${TABLE} WHERE rowid NOT IN (SELECT rowid FROM ${TABLE} ORDER BY last DESC, longest DESC LIMIT ${MAX_ROWS})`,
    [],
  );
}

/** The worst first; none where no server has written any. */
export async function readSlowStatements(connection: Connection): Promise<readonly RecordedSlowStatement[]> {
  if ((await connection.get("SELECT 1 FROM sqlite_schema WHERE name = ?", [TABLE])) === undefined) return [];
  const rows = await connection.all(
    `SELECT statement, count, longest, last FROM ${TABLE} ORDER BY count * longest DESC LIMIT ${MAX_ROWS}`,
    [],
  );
  return rows.map(([sql, count, longest, last]) => ({
    sql: String(sql),
    count: Number(count),
    longest: Number(longest),
    last: String(last),
  }));
}
