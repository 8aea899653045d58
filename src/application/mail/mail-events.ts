import type { Clock } from "#base";
import type { Connection, Database } from "#database";
import { readMailbox } from "./address.ts";
import { mailEventTable } from "./mail-tables.ts";
import { addSuppression, type SuppressionReason } from "./suppressions.ts";

/** What a provider told of a mail. */
export interface MailEvent {
  /** The same whenever it is told again; each provider has its own. At most 300 characters count. */
  readonly id: string;
  /** To whom nothing may be sent any more. An address that is none is left out. */
  readonly suppress: readonly {
    readonly address: unknown;
    readonly reason: Extract<SuppressionReason, "bounce" | "complaint">;
    readonly detail: string | undefined;
  }[];
}

export interface MailEvents {
  /**
   * Does what the events say, each of them once, all in one transaction. Gives how many addresses are now suppressed that were not before. What an operator
   * took back since an event came stays taken back when the event comes again.
   */
  take(provider: string, events: readonly MailEvent[]): Promise<number>;
}

/** Milliseconds: longer than any provider tries again, and than any of their signatures is good. */
const RETENTION = 30 * 86_400_000;
/** Each message makes room by forgetting more old events than it brings: so the table shrinks faster than it grows. */
const FORGOTTEN_AT_LEAST = 20;

export function createMailEvents(database: Database, clock: Clock): MailEvents {
  return {
    async take(provider, events) {
      if (events.length === 0) return 0;
      const now = clock.now();
      return database.transaction(
        async (connection) => {
          await forget(connection, now - RETENTION, Math.max(FORGOTTEN_AT_LEAST, 2 * events.length));
          let count = 0;
          for (const event of events) count += await takeOne(connection, provider, event, now);
          return count;
        },
        { brief: true },
      );
    },
  };
}

async function takeOne(connection: Connection, provider: string, { id, suppress }: MailEvent, now: number): Promise<number> {
  const isNew = await connection.run(
    `INSERT INTO ${mailEventTable} (provider, id, moment) VALUES (?, ?, ?) ON CONFLICT (provider, id) DO NOTHING`,
    [provider, id.slice(0, 300), new Date(now).toISOString()],
  );
  if (isNew === 0) return 0;
  let count = 0;
  for (const { address, reason, detail } of suppress) {
    const read = readMailbox(address);
    if ("problem" in read) continue;
    if (await addSuppression(connection, read.address, { reason, now, ...(detail === undefined ? {} : { detail }) })) count += 1;
  }
  return count;
}

async function forget(connection: Connection, before: number, most: number): Promise<void> {
  await connection.run(
    `DELETE FROM ${mailEventTable} WHERE (provider, id) IN
      (SELECT provider, id FROM ${mailEventTable} WHERE moment < ? ORDER BY moment LIMIT CAST(? AS INTEGER))`,
    [new Date(before).toISOString(), most],
  );
}
