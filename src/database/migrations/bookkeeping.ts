import type { Connection } from "../driver.ts";
import type { Definition } from "../sqlite/definition/definition.ts";
import { hiddenTable } from "../sqlite/definition/hidden.ts";
import type { MigrationRecord, MigrationState } from "./apply/apply-types.ts";
import type { Migration } from "./written/migration.ts";

/** Where a database remembers its migrations, with their steps: so they can be gone on with and rolled back without their files. */
const migrationsTable = "_chassis_migrations";

/** How far a migration is: what it does next. Written in the transaction that did what came before. */
export interface Position {
  /** Steps that are done. */
  readonly step: number;
  /** Parts of the step under way that are done. */
  readonly phase: number;
  /** Of a part in batches: the number of the last row that is done. */
  readonly cursor: number | undefined;
  /** Rows done in this part, for showing. */
  readonly done: number;
  /** Rolling back: how many of the migration's steps are being undone. */
  readonly undone?: number;
}

export const start: Position = { step: 0, phase: 0, cursor: undefined, done: 0 };

export interface StoredMigration {
  readonly record: MigrationRecord;
  readonly migration: Migration;
  readonly position: Position;
  /** What values meant before. */
  readonly kindsBefore: Readonly<Record<string, string>>;
}

const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ${migrationsTable} (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, state TEXT NOT NULL, position TEXT NOT NULL, steps INTEGER NOT NULL,
    from_schema TEXT NOT NULL, to_schema TEXT NOT NULL, migration TEXT NOT NULL, kinds_before TEXT NOT NULL,
    started TEXT NOT NULL, finished TEXT) STRICT`,
  `CREATE TABLE IF NOT EXISTS ${hiddenTable} (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, tbl TEXT NOT NULL, col TEXT NOT NULL, stored TEXT NOT NULL, definition TEXT NOT NULL,
    constraints TEXT NOT NULL, migration TEXT NOT NULL, since TEXT NOT NULL) STRICT`,
  // Versions of the definition that this database has had, and whether each still works on it as it is.
  `CREATE TABLE IF NOT EXISTS _chassis_definitions (
    fingerprint TEXT PRIMARY KEY, definition TEXT NOT NULL, compatible INTEGER NOT NULL, breaks TEXT NOT NULL) STRICT`,
  // The number of the last row that a step in batches is done with, where triggers can see it.
  "CREATE TABLE IF NOT EXISTS _chassis_progress (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT",
];

export async function createBookkeeping(connection: Connection): Promise<void> {
  for (const sql of tables) await connection.run(sql, []);
}

async function hasBookkeeping(connection: Connection): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE name = ?", [migrationsTable])) !== undefined;
}

const columns = "id, name, checksum, state, position, steps, from_schema, to_schema, migration, kinds_before, started, finished";

/** All of them, in the order of their ids. */
export async function readStored(connection: Connection): Promise<readonly StoredMigration[]> {
  if (!(await hasBookkeeping(connection))) return [];
  const rows = await connection.all(`SELECT ${columns} FROM ${migrationsTable} ORDER BY started, rowid`, []);
  return rows.map((row) => {
    const [id, name, checksum, state, positionText, steps, from, to, migration, kindsBefore, started, finished] = row;
    const position = JSON.parse(String(positionText)) as Position;
    return {
      record: {
        id: String(id),
        name: String(name),
        state: String(state) as MigrationState,
        step: position.step,
        steps: Number(steps),
        checksum: String(checksum),
        from: String(from),
        to: String(to),
        started: String(started),
        finished: finished === null || finished === undefined ? undefined : String(finished),
      },
      migration: JSON.parse(String(migration)) as Migration,
      position,
      kindsBefore: JSON.parse(String(kindsBefore)) as Readonly<Record<string, string>>,
    };
  });
}

export async function readRecords(connection: Connection): Promise<readonly MigrationRecord[]> {
  return (await readStored(connection)).map(({ record }) => record);
}

export interface NewRecord {
  readonly id: string;
  readonly migration: Migration;
  readonly checksum: string;
  readonly kindsBefore: Readonly<Record<string, string>>;
  readonly now: string;
}

/** Begins a migration; one that was rolled back begins anew. */
export async function insertRecord(
  connection: Connection,
  { id, migration, checksum, kindsBefore, now }: NewRecord,
): Promise<void> {
  await connection.run(
    `INSERT OR REPLACE INTO ${migrationsTable}(${columns}) VALUES (?, ?, ?, 'applying', ?, ?, ?, ?, ?, ?, ?, NULL)`,
    [
      id,
      migration.name,
      checksum,
      JSON.stringify(start),
      migration.steps.length,
      migration.from,
      migration.to,
      JSON.stringify(migration),
      JSON.stringify(kindsBefore),
      now,
    ],
  );
}

export async function writePosition(connection: Connection, id: string, position: Position): Promise<void> {
  await connection.run(`UPDATE ${migrationsTable} SET position = ? WHERE id = ?`, [JSON.stringify(position), id]);
}

export interface NewState {
  readonly state: MigrationState;
  readonly position?: Position;
  readonly steps?: number;
  readonly finished?: string;
}

export async function writeState(
  connection: Connection,
  id: string,
  { state, position, steps, finished }: NewState,
): Promise<void> {
  await connection.run(
    `UPDATE ${migrationsTable} SET state = ?, finished = ?, position = ifnull(?, position), steps = ifnull(?, steps) WHERE id = ?`,
    [state, finished ?? null, position === undefined ? null : JSON.stringify(position), steps ?? null, id],
  );
}

/** A definition that this database has had, with whether it works on what is there now. */
export interface KnownDefinition {
  readonly fingerprint: string;
  readonly definition: Definition;
  readonly isCompatible: boolean;
  readonly breaks: readonly string[];
}

export async function readDefinitions(connection: Connection): Promise<readonly KnownDefinition[]> {
  if ((await connection.get("SELECT 1 FROM sqlite_schema WHERE name = '_chassis_definitions'", [])) === undefined) return [];
  const rows = await connection.all(
    "SELECT fingerprint, definition, compatible, breaks FROM _chassis_definitions ORDER BY rowid",
    [],
  );
  return rows.map(([fingerprint, definition, compatible, breaks]) => ({
    fingerprint: String(fingerprint),
    definition: JSON.parse(String(definition)) as Definition,
    isCompatible: compatible === 1,
    breaks: JSON.parse(String(breaks)) as readonly string[],
  }));
}

export async function writeKnownDefinition(connection: Connection, known: KnownDefinition): Promise<void> {
  await connection.run(
    "INSERT OR REPLACE INTO _chassis_definitions(fingerprint, definition, compatible, breaks) VALUES (?, ?, ?, ?)",
    [known.fingerprint, JSON.stringify(known.definition), known.isCompatible ? 1 : 0, JSON.stringify(known.breaks)],
  );
}
