import { createHmac } from "node:crypto";
import type { Connection } from "#database";

const mailBudgetTable = "_chassis_mail_budget";

/**
 * Which mails were asked for lately: by the hash of address and kind, and that of whoever asked. No address can be read from it, nor tried out with a copy of
 * it; times are milliseconds since 1970.
 */
export async function createMailBudgetTable(connection: Connection): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${mailBudgetTable} (address BLOB NOT NULL, caller BLOB NOT NULL, asked INTEGER NOT NULL) STRICT`,
    [],
  );
  await connection.run(`CREATE INDEX IF NOT EXISTS ${mailBudgetTable}_address ON ${mailBudgetTable} (address, asked)`, []);
  await connection.run(`CREATE INDEX IF NOT EXISTS ${mailBudgetTable}_asked ON ${mailBudgetTable} (asked)`, []);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Milliseconds from one mail of a kind to an address until the next, for one who asks. */
export const mailDistance: number = MINUTE;

/**
 * Mails of one kind to one address in an hour: for one who asks, and for all together. Whoever asks gets a second one and more until there are `again`; from then on only who
 * has had none does, until there are `ofAll`. So it takes as many networks as are left to keep its owner from theirs who asks from nowhere known, and not three.
 */
const most = { ofOne: 5, again: 10, ofAll: 30, ofAllInAMinute: 3 };

export interface AskedMail {
  readonly addressKey: string;
  readonly kind: string;
  /** Who asks: an address, or the network of one. */
  readonly caller: string | undefined;
  /** Whoever asks is signed in to the account of that address, here or elsewhere from where they ask: what others ask for does not count against them. */
  readonly isOwner?: boolean | undefined;
  readonly now: number;
}

/**
 * Counts one mail, and gives whether it may go. Strangers use up no more than a part of what there is for an address, and nothing of what its owner has; all
 * together are not enough to bury anybody. Nothing is counted where it is false.
 */
export async function takeMail(
  connection: Connection,
  key: Uint8Array,
  { addressKey, kind, caller = "", isOwner = false, now }: AskedMail,
): Promise<boolean> {
  const digest = (...parts: readonly string[]): Uint8Array => createHmac("sha256", key).update(parts.join("\0")).digest();
  const address = digest("mail", kind, addressKey);
  const asking = digest("caller", kind, addressKey, caller);
  const row = await connection.get(
    `SELECT count(*), coalesce(sum(asked > ?1), 0), coalesce(sum(caller = ?2), 0), coalesce(sum(caller = ?2 AND asked > ?1), 0)
      FROM ${mailBudgetTable} WHERE address = ?3 AND asked > ?4`,
    [now - mailDistance, asking, address, now - HOUR],
  );
  const [all = 0, lately = 0, own = 0, ownLately = 0] = (row ?? []).map(Number);
  if (own >= most.ofOne || ownLately > 0) return false;
  if (!isOwner && (all >= (own === 0 ? most.ofAll : most.again) || lately >= most.ofAllInAMinute)) return false;
  await connection.run(`INSERT INTO ${mailBudgetTable} (address, caller, asked) VALUES (?, ?, ?)`, [address, asking, now]);
  return true;
}

/** Forgets what does not count any more, at most `limit`, and gives their number. */
export function forgetMails(connection: Connection, now: number, limit: number): Promise<number> {
  const old = `SELECT rowid FROM ${mailBudgetTable} WHERE asked <= ? LIMIT CAST(? AS INTEGER)`;
  return connection.run(`DELETE FROM ${mailBudgetTable} WHERE rowid IN (${old})`, [now - HOUR, limit]);
}
