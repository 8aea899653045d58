import type { Clock } from "#base";
import type { Connection, ResultRow, TransactionalDatabase } from "#database";
import { addressKey, readAddress } from "./address.ts";
import { suppressionTable } from "./mail-tables.ts";

/** Why nothing is sent to somebody. */
export type SuppressionReason = "bounce" | "complaint" | "unsubscribed" | "manual";

export interface Suppression {
  /** In lower case, its domain in ASCII. */
  readonly address: string;
  /** The list whose mails are not sent; null for every mail. */
  readonly list: string | null;
  readonly reason: SuppressionReason;
  /** What a server, a webhook or a person said of it. */
  readonly detail: string | null;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface NewSuppression {
  /** Only the mails of this list. By default every mail, also those of no list. */
  readonly list?: string;
  /** Default `manual`. */
  readonly reason?: SuppressionReason;
  /** At most 1,000 characters of it are kept. */
  readonly detail?: string;
}

export interface SuppressionFilter {
  /** Only of this address. */
  readonly address?: string;
  readonly list?: string;
  readonly reason?: SuppressionReason;
  /** Default 50. */
  readonly limit?: number;
}

/** To whom nothing is sent. Asked just before each sending. */
export interface Suppressions {
  /** False where it was there already: then it stays as it was. Throws TypeError where it is no address. */
  add(address: string, suppression?: NewSuppression): Promise<boolean>;
  /** Takes back the one of this list, or without a list the one of all mail. False where there was none. */
  remove(address: string, suppression?: { readonly list?: string }): Promise<boolean>;
  /** What keeps a mail of this list, or of none, from being sent to this address. */
  find(address: string, list?: string): Promise<Suppression | undefined>;
  /** Newest first. */
  list(filter?: SuppressionFilter): Promise<readonly Suppression[]>;
}

const MAX_DETAIL = 1000;
const columns = "address, list, reason, detail, since";

/** Where changes are made: in a transaction that is open, or in one of their own. */
type InTransaction = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** Each change in a transaction of its own. */
export function createSuppressions(database: TransactionalDatabase, clock: Clock): Suppressions {
  return suppressionsOf(database, (work) => database.transaction(work, { brief: true }), clock);
}

/** Within what is open already: a transaction's connection, or one that only reads. */
export type SuppressionsIn = (scope: { readonly connection: Connection; readonly writes: boolean }) => Suppressions;

export function createSuppressionsIn(clock: Clock): SuppressionsIn {
  return ({ connection, writes }) => suppressionsOf(connection, writes ? (work) => work(connection) : onlySees, clock);
}

/** Of a back end without mails. */
export function noSuppressions(): Suppressions {
  const refuse = (): Promise<never> =>
    Promise.reject(new TypeError("This back end has no mails: list them under `mails` of defineBackend."));
  return { add: refuse, remove: refuse, find: refuse, list: refuse };
}

function onlySees(): Promise<never> {
  return Promise.reject(new Error("A query function may only read: define it with mutation(...) to change suppressions."));
}

function suppressionsOf(reader: Pick<Connection, "all" | "get">, inTransaction: InTransaction, clock: Clock): Suppressions {
  return {
    add: (address, suppression) =>
      inTransaction((connection) => addSuppression(connection, address, { ...suppression, now: clock.now() })),
    remove: (address, { list } = {}) => inTransaction((connection) => removeSuppression(connection, address, list)),
    async find(address, list) {
      const row = await reader.get(
        `SELECT ${columns} FROM ${suppressionTable} WHERE address = ? AND list IN ('', ?) ORDER BY list LIMIT 1`,
        [addressKey(address), list ?? ""],
      );
      return row === undefined ? undefined : readSuppression(row);
    },
    list: (filter) => listSuppressions(reader, filter),
  };
}

export async function addSuppression(
  connection: Connection,
  address: string,
  { list, reason = "manual", detail, now }: NewSuppression & { readonly now: number },
): Promise<boolean> {
  const read = readAddress(address.trim());
  if ("problem" in read) throw new TypeError(`The address of a suppression ${read.problem}.`);
  const changed = await connection.run(
    `INSERT INTO ${suppressionTable} (${columns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (address, list) DO NOTHING`,
    [addressKey(address), list ?? "", reason, detail?.slice(0, MAX_DETAIL).toWellFormed() ?? null, new Date(now).toISOString()],
  );
  return changed > 0;
}

export async function removeSuppression(connection: Connection, address: string, list?: string): Promise<boolean> {
  const sql = `DELETE FROM ${suppressionTable} WHERE address = ? AND list = ?`;
  return (await connection.run(sql, [addressKey(address), list ?? ""])) > 0;
}

export async function listSuppressions(
  connection: Pick<Connection, "all">,
  { address, list, reason, limit = 50 }: SuppressionFilter = {},
): Promise<readonly Suppression[]> {
  const rows = await connection.all(
    `SELECT ${columns} FROM ${suppressionTable} WHERE (?1 IS NULL OR address = ?1) AND (?2 IS NULL OR list = ?2) AND (?3 IS NULL OR reason = ?3)
      ORDER BY since DESC, address, list LIMIT CAST(?4 AS INTEGER)`,
    [address === undefined ? null : addressKey(address), list ?? null, reason ?? null, limit],
  );
  return rows.map(readSuppression);
}

function readSuppression([address, list, reason, detail, since]: ResultRow): Suppression {
  return {
    address: String(address),
    list: list === "" ? null : String(list),
    reason: String(reason) as SuppressionReason,
    detail: detail === null || detail === undefined ? null : String(detail),
    since: String(since),
  };
}
