import type { Clock } from "#base";
import type { Connection, Database, ResultRow } from "#database";
import { mailboxTable } from "./mail-tables.ts";

/** A message as it would have been sent, in its parts. */
export interface ComposedMessage {
  /** With its angle brackets: the same whenever the same mail is sent again. */
  readonly messageId: string;
  /** The mail's name among the back end's `mails`. */
  readonly mail: string;
  /** The envelope's address alone. */
  readonly from: string;
  /** The envelope's address alone. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** RFC 5322: all of it, headers and parts, byte for byte as a server would have been given it. */
  readonly raw: Uint8Array;
}

/** What a list of messages shows of one. */
export interface MessageSummary {
  readonly id: number;
  /** When it would have been sent: ISO 8601, UTC. */
  readonly moment: string;
  readonly mail: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
}

export interface KeptMessage extends MessageSummary {
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly raw: Uint8Array;
}

export interface MessageFilter {
  /** Only to this address, in any case. */
  readonly to?: string;
  /** Only those with a lower id: for pages, newest first. */
  readonly before?: number;
  /** Default 50. */
  readonly limit?: number;
}

/** Where mails go while there is no server to send them: in development and in tests. */
export interface Mailbox {
  /** Keeps one, and forgets the oldest past 500. A message that is there already is not kept twice. */
  put(message: ComposedMessage): Promise<void>;
  /** Newest first. */
  list(filter?: MessageFilter): Promise<readonly MessageSummary[]>;
  find(id: number): Promise<KeptMessage | undefined>;
  /** Deletes all of them, and gives their number. */
  clear(): Promise<number>;
}

/** Messages that are kept; the oldest go. */
export const mailboxSize = 500;

export function createMailbox(database: Database, clock: Clock): Mailbox {
  return {
    put: (message) => database.transaction((connection) => insertMessage(connection, message, clock.now()), { brief: true }),
    async list({ to, before, limit = 50 } = {}) {
      const rows = await database.all(
        `SELECT id, moment, mail, sender, recipient, subject FROM ${mailboxTable}
          WHERE (?1 IS NULL OR lower(recipient) = lower(?1)) AND id < ?2 ORDER BY id DESC LIMIT CAST(?3 AS INTEGER)`,
        [to ?? null, before ?? Number.MAX_SAFE_INTEGER, limit],
      );
      return rows.map(readSummary);
    },
    async find(id) {
      const row = await database.get(
        `SELECT id, moment, mail, sender, recipient, subject, message_id, body_text, body_html, raw FROM ${mailboxTable} WHERE id = ?`,
        [id],
      );
      if (row === undefined) return undefined;
      const [messageId, text, html, raw] = row.slice(6);
      return {
        ...readSummary(row),
        messageId: String(messageId),
        text: String(text),
        html: String(html),
        raw: raw instanceof Uint8Array ? raw : new Uint8Array(),
      };
    },
    clear: () => database.transaction((connection) => connection.run(`DELETE FROM ${mailboxTable}`, []), { brief: true }),
  };
}

async function insertMessage(connection: Connection, message: ComposedMessage, now: number): Promise<void> {
  const { messageId, mail, from, to, subject, text, html, raw } = message;
  const row = await connection.get(
    `INSERT INTO ${mailboxTable} (message_id, moment, mail, sender, recipient, subject, body_text, body_html, raw)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING RETURNING id`,
    [messageId, new Date(now).toISOString(), mail, from, to, subject, text, html, raw],
  );
  if (row !== undefined) await connection.run(`DELETE FROM ${mailboxTable} WHERE id <= ?`, [Number(row[0]) - mailboxSize]);
}

function readSummary([id, moment, mail, from, to, subject]: ResultRow): MessageSummary {
  return {
    id: Number(id),
    moment: String(moment),
    mail: String(mail),
    from: String(from),
    to: String(to),
    subject: String(subject),
  };
}
