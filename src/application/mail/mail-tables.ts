import type { Connection } from "#database";

/** Messages that were not sent but kept, to be looked at. */
export const mailboxTable = "_chassis_mailbox";
/** To whom nothing is sent. */
export const suppressionTable = "_chassis_mail_suppressions";
/** What providers have told of mails: so that each event is taken once. */
export const mailEventTable = "_chassis_mail_events";

export async function createMailTables(connection: Connection): Promise<void> {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${mailboxTable} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL UNIQUE, moment TEXT NOT NULL, mail TEXT NOT NULL,
      sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, body_text TEXT NOT NULL, body_html TEXT NOT NULL,
      raw BLOB NOT NULL) STRICT`,
    // A list of '' is all mail.
    `CREATE TABLE IF NOT EXISTS ${suppressionTable} (
      address TEXT NOT NULL, list TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT, since TEXT NOT NULL,
      PRIMARY KEY (address, list)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${suppressionTable}_since ON ${suppressionTable} (since)`,
    `CREATE TABLE IF NOT EXISTS ${mailEventTable} (provider TEXT NOT NULL, id TEXT NOT NULL, moment TEXT NOT NULL,
      PRIMARY KEY (provider, id)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${mailEventTable}_moment ON ${mailEventTable} (moment)`,
  ];
  for (const statement of statements) await connection.run(statement, []);
}

/** Whether there ever were mails here: a database may be older than the first mail of its back end. */
export async function hasMailTables(connection: Pick<Connection, "get">): Promise<boolean> {
  const found = await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [suppressionTable]);
  return found !== undefined;
}
