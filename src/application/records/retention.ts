import { setTimeout as wait } from "node:timers/promises";
import type { Clock, Logger } from "#base";
import {
  constant,
  type Database,
  type Dialect,
  historyColumns,
  historyTable,
  identifier,
  type Model,
  sql,
  type Table,
} from "#database";
import { constants } from "./write/change.ts";
import { type PurgeBatch, purgeBatch, type PurgeSource } from "./write/purge.ts";

export interface RetentionOptions {
  readonly database: Database;
  readonly model: Model;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds until it first looks. Default a minute: so that a process that is started every hour looks too. */
  readonly delay?: number;
  /** Milliseconds from one look to the next. Default an hour. */
  readonly interval?: number;
  /** Rows that one transaction removes at the most: others wait for it. Default 500. */
  readonly batch?: number;
}

/** What went: deleted rows for good, and old versions. */
export interface Swept {
  readonly rows: number;
  readonly versions: number;
}

/** Removes what a table keeps only for a time, once that is over. */
export interface Retention {
  /** Looks now. Transactions of others come in between. */
  sweep(): Promise<Swept>;
  /** Looks no more; waits for the transaction under way. */
  close(): Promise<void>;
}

/**
 * Starts to look, time and again, for deleted rows and old versions that have been kept as long as the schema says. What fails is logged
 * and tried again the next time. Nothing runs where no table has a `keep`.
 */
export function startRetention(options: RetentionOptions): Retention {
  const { model, logger, delay = 60_000, interval = 3_600_000 } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const sweep = async (): Promise<Swept> => {
    const swept = { rows: 0, versions: 0 };
    for (const table of model.tables.values()) {
      const { softDelete, history } = table;
      if (softDelete?.keep !== undefined)
        swept.rows += await sweepTable(options, signal, { table, remove: purgeDeleted, keep: softDelete.keep });
      if (history?.keep !== undefined)
        swept.versions += await sweepTable(options, signal, { table, remove: pruneVersions, keep: history.keep });
    }
    if (swept.rows + swept.versions > 0) logger.info({ ...swept }, "removed what was kept long enough");
    return swept;
  };
  const isNeeded = [...model.tables.values()].some((table) => (table.softDelete?.keep ?? table.history?.keep) !== undefined);
  const running = isNeeded ? repeat() : Promise.resolve();

  async function repeat(): Promise<void> {
    for (let pause = delay; await waited(pause, signal); pause = interval) {
      try {
        await sweep();
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error }, "what was kept long enough could not be removed");
      }
    }
  }

  return {
    sweep,
    async close() {
      stop.abort();
      await running;
    },
  };
}

async function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}

/** Removes one batch and gives how many rows that were. */
type Remove = (source: PurgeSource, table: Table, batch: PurgeBatch) => Promise<number>;

/** Batch after batch, until one finds nothing. */
async function sweepTable(
  { database, model, dialect, clock, batch = 500 }: RetentionOptions,
  signal: AbortSignal,
  { table, remove, keep }: { readonly table: Table; readonly remove: Remove; readonly keep: number },
): Promise<number> {
  const before = new Date(clock.now() - keep).toISOString();
  let total = 0;
  while (!signal.aborted) {
    const removed = await database.transaction((connection) =>
      remove({ connection, model, dialect }, table, { before, limit: batch }),
    );
    total += removed;
    if (removed === 0) break;
  }
  return total;
}

const purgeDeleted: Remove = purgeBatch;

const pruneVersions: Remove = ({ connection }, table, { before, limit }) => {
  const history = identifier(historyTable(table.name));
  const sequence = identifier(historyColumns.sequence);
  const until = identifier(historyColumns.until);
  const statement = sql`DELETE FROM ${history} WHERE ${sequence} IN (SELECT ${sequence} FROM ${history} WHERE ${until} < ${constant(before)} ORDER BY ${until} LIMIT CAST(${constant(limit)} AS INTEGER))`;
  return connection.run(statement.text, constants(statement));
};
