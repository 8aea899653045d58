import type { Connection, ResultRow } from "#database";
import { accountTable } from "../auth-tables.ts";

export const invitationTable = "_chassis_invitations";
const invitationMailTable = "_chassis_invitation_mails";

/**
 * Invitations, and when mails went out for them. Times are milliseconds since 1970; tokens are kept as hashes alone. Whether the organisation and
 * whoever invited are still there is asked of their own tables.
 */
export async function createOrganisationTables(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${invitationTable} (
      id TEXT NOT NULL PRIMARY KEY, hash BLOB NOT NULL UNIQUE, organisation TEXT NOT NULL, address TEXT NOT NULL, address_key TEXT NOT NULL,
      role TEXT NOT NULL, invited_by TEXT NOT NULL, created INTEGER NOT NULL, sent INTEGER NOT NULL, expires INTEGER NOT NULL,
      declined INTEGER, UNIQUE (organisation, address_key)) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${invitationTable}_expires ON ${invitationTable} (expires)`,
    `CREATE INDEX IF NOT EXISTS ${invitationTable}_invited_by ON ${invitationTable} (invited_by)`,
    `CREATE TABLE IF NOT EXISTS ${invitationMailTable} (address_key TEXT NOT NULL, sent INTEGER NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${invitationMailTable}_address ON ${invitationMailTable} (address_key, sent)`,
    `CREATE INDEX IF NOT EXISTS ${invitationMailTable}_sent ON ${invitationMailTable} (sent)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Mails with invitations that one address gets at the most, whoever sends them and from how many organisations. */
const MOST_AN_HOUR = 5;
const MOST_A_DAY = 10;

/** Writes down that a mail goes to the address. False where that would be too many: nobody is to be buried in mail by strangers. */
export async function takeInvitationMail(connection: Connection, addressKey: string, now: number): Promise<boolean> {
  const row = await connection.get(
    `SELECT count(*), coalesce(sum(sent > ?), 0) FROM ${invitationMailTable} WHERE address_key = ? AND sent > ?`,
    [now - HOUR, addressKey, now - DAY],
  );
  const [today = 0, thisHour = 0] = row ?? [];
  if (Number(today) >= MOST_A_DAY || Number(thisHour) >= MOST_AN_HOUR) return false;
  await connection.run(`INSERT INTO ${invitationMailTable} (address_key, sent) VALUES (?, ?)`, [addressKey, now]);
  return true;
}

/** What waits for an address, as its owner may know it. */
export interface ReceivedInvitation {
  readonly organisation: string;
  readonly role: string;
  /** ISO 8601, UTC, as all times here. */
  readonly created: string;
  readonly expires: string;
}

export interface MadeInvitation extends ReceivedInvitation {
  readonly address: string;
}

/** Those to an address that whoever has the account has confirmed, declined or not, and those that they made. */
export async function invitationsOf(
  connection: Pick<Connection, "all">,
  { user, now }: { readonly user: string; readonly now: number },
): Promise<{ readonly received: readonly ReceivedInvitation[]; readonly made: readonly MadeInvitation[] }> {
  const select = `SELECT organisation, role, created, expires, address FROM ${invitationTable} WHERE expires > ?`;
  const order = "ORDER BY created DESC, id";
  const own = `(SELECT address_key FROM ${accountTable} WHERE user = ? AND verified IS NOT NULL)`;
  const received = await connection.all(`${select} AND address_key = ${own} ${order}`, [now, user]);
  const made = await connection.all(`${select} AND invited_by = ? ${order}`, [now, user]);
  return {
    received: received.map(readReceived),
    made: made.map((row) => ({ ...readReceived(row), address: String(row[4]) })),
  };
}

function readReceived([organisation, role, created, expires]: ResultRow): ReceivedInvitation {
  const moment = (value: unknown): string => new Date(Number(value)).toISOString();
  return { organisation: String(organisation), role: String(role), created: moment(created), expires: moment(expires) };
}

/** Ends those to the address of an account that goes, and those that its user made; and forgets when mails went there. */
export async function endInvitationsOf(connection: Connection, user: string): Promise<void> {
  const own = `(SELECT address_key FROM ${accountTable} WHERE user = ?)`;
  await connection.run(`DELETE FROM ${invitationTable} WHERE address_key = ${own} OR invited_by = ?`, [user, user]);
  await connection.run(`DELETE FROM ${invitationMailTable} WHERE address_key = ${own}`, [user]);
}

/** Forgets invitations whose time is over, and mails that do not count any more, at most `limit` of each, and gives their number. */
export async function forgetInvitations(
  connection: Connection,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  const few = "LIMIT CAST(? AS INTEGER)";
  const invitations = `DELETE FROM ${invitationTable} WHERE id IN (SELECT id FROM ${invitationTable} WHERE expires <= ? ${few})`;
  const mails = `DELETE FROM ${invitationMailTable} WHERE rowid IN (SELECT rowid FROM ${invitationMailTable} WHERE sent <= ? ${few})`;
  return (await connection.run(invitations, [now, limit])) + (await connection.run(mails, [now - DAY, limit]));
}
