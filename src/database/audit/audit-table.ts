import type { Stored } from "#contract";
import type { Connection, Database, ResultRow } from "../driver.ts";
import type { AuditEntry, AuditHead } from "./audit-entry.ts";
import { noEntries } from "./audit-entry.ts";

export const auditTable = "_chassis_audit";

const columns = "sequence, moment, author, system, request, operation, table_name, row_id, changes, hash, impersonator";

/** What a statement that breaks the log is answered with. */
const refusal = "The audit log is only added to: what it says is not changed or removed.";

/** As SQLite keeps their text. */
const definitions: ReadonlyMap<string, string> = new Map([
  [
    auditTable,
    `CREATE TABLE ${auditTable} (
  sequence INTEGER PRIMARY KEY,
  moment TEXT NOT NULL,
  author TEXT,
  system INTEGER NOT NULL,
  request TEXT,
  operation TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_id TEXT,
  changes TEXT NOT NULL,
  hash TEXT NOT NULL
, impersonator TEXT) STRICT`,
  ],
  ...["UPDATE", "DELETE"].map((operation): [string, string] => {
    const name = `${auditTable}_no_${operation.toLowerCase()}`;
    return [name, `CREATE TRIGGER ${name} BEFORE ${operation} ON ${auditTable} BEGIN SELECT RAISE(ABORT, '${refusal}'); END`];
  }),
  [
    `${auditTable}_in_order`,
    `CREATE TRIGGER ${auditTable}_in_order BEFORE INSERT ON ${auditTable}
  WHEN new.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM ${auditTable})
  BEGIN SELECT RAISE(ABORT, '${refusal} The next entry has the next number.'); END`,
  ],
]);

export async function hasAuditTable(connection: Connection): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [auditTable])) !== undefined;
}

/** The names of what belongs to the log and is missing, or is not as it should be. */
export async function missingParts(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.all("SELECT name, sql FROM sqlite_schema WHERE tbl_name = ?", [auditTable]);
  const found = new Map(rows.map(([name, sql]) => [name, sql]));
  return [...definitions].filter(([name, sql]) => found.get(name) !== sql).map(([name]) => name);
}

/** Makes the log, or what is missing of it. It stays when nothing is audited any more. */
export async function prepareAudit(database: Database): Promise<void> {
  if ((await missingParts(database)).length === 0) return;
  await database.transaction(async (connection) => {
    await addImpersonator(connection);
    for (const name of await missingParts(connection)) {
      // A table that is another one has entries, and stays.
      if (name === auditTable && (await hasAuditTable(connection))) continue;
      if (name !== auditTable) await connection.run(`DROP TRIGGER IF EXISTS ${name}`, []);
      await connection.run(definitions.get(name) ?? "", []);
    }
  });
}

/** A log from before says nothing of administrators who act as somebody: its entries stay as they are, and so do their hashes. */
async function addImpersonator(connection: Connection): Promise<void> {
  const row = await connection.get("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [auditTable]);
  const before = definitions.get(auditTable)?.replace(", impersonator TEXT)", ")");
  if (row?.[0] === before) await connection.run(`ALTER TABLE ${auditTable} ADD COLUMN impersonator TEXT`, []);
}

/** The last entry, or `noEntries`. The log must be there. */
export async function readAuditHead(connection: Connection): Promise<AuditHead> {
  const row = await connection.get(`SELECT sequence, hash FROM ${auditTable} ORDER BY sequence DESC LIMIT 1`, []);
  return row === undefined ? noEntries : { sequence: Number(row[0]), hash: String(row[1]) };
}

export async function addEntry(connection: Connection, entry: AuditEntry, hash: string): Promise<void> {
  const { sequence, moment, author, system, requestId, impersonator, operation, table, row, changes } = entry;
  await connection.run(`INSERT INTO ${auditTable} (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
    sequence,
    moment,
    author,
    system ? 1 : 0,
    requestId,
    operation,
    table,
    row,
    changes,
    hash,
    impersonator,
  ]);
}

export interface StoredEntry {
  readonly entry: AuditEntry;
  readonly hash: string;
}

/** Entries as they are stored, by the rest of a SELECT: what is wrong with one of them is for who verifies to find. */
export async function readEntries(
  connection: Connection,
  rest: string,
  parameters: readonly (string | number)[],
): Promise<readonly StoredEntry[]> {
  return (await connection.all(`SELECT ${columns} FROM ${auditTable} ${rest}`, parameters)).map(toEntry);
}

function toEntry(values: ResultRow): StoredEntry {
  const [sequence, moment, author, system, request, operation, table, row, changes, hash, impersonator] = values;
  const text = (value: Stored | undefined): string | null => (value === null || value === undefined ? null : String(value));
  const entry: AuditEntry = {
    sequence: Number(sequence),
    moment: String(moment),
    author: text(author),
    // What is neither was not written by us: it is kept as it is, so that it does not pass for what was.
    system: system === 1 || (system === 0 ? false : (system as unknown as boolean)),
    requestId: text(request),
    impersonator: text(impersonator),
    operation: String(operation) as AuditEntry["operation"],
    table: String(table),
    row: text(row),
    changes: String(changes),
  };
  return { entry, hash: String(hash) };
}
