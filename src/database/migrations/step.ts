import type { SchemaObject } from "../sqlite/definition/schema-object.ts";

/**
 * One step of a migration: plain data, so that it can stand in a file, be read by a person and be sent to a server that runs.
 * Each is done in one transaction, or in many short ones with its progress kept in the database; either way a step that was
 * interrupted goes on where it stopped. Column and constraint texts are those of CREATE TABLE, without the name: `TEXT NOT NULL`,
 * `CHECK ("stars" >= 1)`.
 */
export type Step =
  | CreateTable
  | RenameTable
  | HideTable
  | ShowTable
  | AddColumn
  | RenameColumn
  | ChangeColumn
  | ConvertColumn
  | HideColumn
  | ShowColumn
  | AddConstraint
  | DropConstraint
  | CreateIndex
  | DropIndex
  | CreateSearch
  | DropSearch
  | ChangeSearch
  | RenameObjects
  | CreateTrigger
  | DropTrigger
  | UpdateRows
  | RunSql
  | RebuildTable;

export type StepType = Step["type"];

/** A step together with what undoes it, in the order in which it runs. `sql` carries its own. */
export type PlannedStep = Step & { readonly undo: readonly Step[] };

/** A new table with all that belongs to it: indexes, search, triggers. Undone by hiding it. */
export interface CreateTable {
  readonly type: "createTable";
  readonly table: string;
  readonly objects: readonly SchemaObject[];
}

/** At once, whatever the size; indexes, search and constraints are renamed with it. */
export interface RenameTable {
  readonly type: "renameTable";
  readonly from: string;
  readonly to: string;
}

/**
 * The table is kept under its own name, with its rows, and no longer counts: the version before can still use it, and undoing is
 * immediate. Its foreign keys are taken off, so that they keep nobody from deleting the rows that it refers to.
 */
export interface HideTable {
  readonly type: "hideTable";
  readonly table: string;
}

/**
 * Brings a hidden table back with its rows. `constraints` are the foreign keys that were taken off: rows that refer to what was deleted
 * meanwhile get what the key says (set null, cascade).
 */
export interface ShowTable {
  readonly type: "showTable";
  readonly table: string;
  readonly constraints?: Readonly<Record<string, string>> | undefined;
}

/**
 * `definition` is what the column is in the end. Where it is required and has no default, `fill` (an SQL expression over the row) gives
 * the rows that are there their value, in batches, before it is made required. `fill` may be given for any other column as well.
 */
export interface AddColumn {
  readonly type: "addColumn";
  readonly table: string;
  readonly column: string;
  readonly definition: string;
  readonly fill?: string | undefined;
}

/** At once, whatever the size; indexes, search and constraints follow. */
export interface RenameColumn {
  readonly type: "renameColumn";
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** Another default, or required where it was optional, or the other way round. The type stays. All rows are read, in batches. */
export interface ChangeColumn {
  readonly type: "changeColumn";
  readonly table: string;
  readonly column: string;
  readonly from: string;
  readonly to: string;
  /** The value of rows that have none, where the column becomes required: an SQL expression over the row. */
  readonly fill?: string | undefined;
}

/**
 * Another type, or the same type with another meaning (the scale of a decimal). A second column is filled in batches by `convert`, an SQL
 * expression over the row, while triggers keep it in step; then the two change places. The old values stay hidden, and
 * undoing gives them back exactly; what was written since goes through `revert`.
 */
export interface ConvertColumn {
  readonly type: "convertColumn";
  readonly table: string;
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly convert: string;
  readonly revert: string;
}

/**
 * The column is kept under its own name with its values, made optional, its foreign key taken off; it no longer counts. The
 * version before can still use it, and undoing is immediate.
 */
export interface HideColumn {
  readonly type: "hideColumn";
  readonly table: string;
  readonly column: string;
}

/**
 * Brings a hidden column back with its values. `fill` is the value of rows that were made meanwhile, where it is required;
 * `constraints` are the foreign keys that were taken off.
 */
export interface ShowColumn {
  readonly type: "showColumn";
  readonly table: string;
  readonly column: string;
  readonly definition: string;
  readonly constraints?: Readonly<Record<string, string>> | undefined;
  readonly fill?: string | undefined;
}

/** A check or a foreign key: it holds for new rows at once, then the others are read in batches. A row that breaks it undoes the step. */
export interface AddConstraint {
  readonly type: "addConstraint";
  readonly table: string;
  readonly name: string;
  readonly constraint: string;
  /** What it says until now, where it is there already. */
  readonly replaces?: string | undefined;
}

export interface DropConstraint {
  readonly type: "dropConstraint";
  readonly table: string;
  readonly name: string;
  readonly constraint: string;
}

/** One statement: writes wait until SQLite has read the table. */
export interface CreateIndex {
  readonly type: "createIndex";
  readonly table: string;
  readonly name: string;
  readonly sql: string;
}

export interface DropIndex {
  readonly type: "dropIndex";
  readonly table: string;
  readonly name: string;
  readonly sql: string;
}

/** A full-text index and the triggers that keep it; filled in batches while the table is written to. */
export interface CreateSearch {
  readonly type: "createSearch";
  readonly table: string;
  /** The column that numbers the rows. */
  readonly rowKey: string;
  readonly columns: readonly string[];
  readonly objects: readonly SchemaObject[];
}

export interface DropSearch {
  readonly type: "dropSearch";
  readonly table: string;
  readonly rowKey: string;
  readonly columns: readonly string[];
  readonly objects: readonly SchemaObject[];
}

/** The same full-text index under other names: after a table or a column was renamed. At once. */
export interface ChangeSearch {
  readonly type: "changeSearch";
  readonly table: string;
  readonly from: readonly SchemaObject[];
  readonly to: readonly SchemaObject[];
}

/** Constraints and indexes that say the same under another name: after a table or a column was renamed. At once. */
export interface RenameObjects {
  readonly type: "renameObjects";
  readonly table: string;
  readonly constraints: Readonly<Record<string, string>>;
  readonly indexes: Readonly<Record<string, string>>;
}

export interface CreateTrigger {
  readonly type: "createTrigger";
  readonly table: string;
  readonly name: string;
  readonly sql: string;
}

export interface DropTrigger {
  readonly type: "dropTrigger";
  readonly table: string;
  readonly name: string;
  readonly sql: string;
}

/** A data step: sets columns to SQL expressions over the row, in batches by the row's number. Must give the same when done twice. */
export interface UpdateRows {
  readonly type: "updateRows";
  readonly table: string;
  readonly set: Readonly<Record<string, string>>;
  readonly where?: string | undefined;
}

/** Statements of one's own, each ended by a semicolon, in one transaction: for what no other step does. */
export interface RunSql {
  readonly type: "sql";
  readonly sql: string;
  /** What undoes it; without it the migration cannot be rolled back beyond this step. An empty text: nothing needs to be undone. */
  readonly down?: string | undefined;
}

/**
 * A new table beside the old one, filled in batches while triggers carry every write over, then put in its place in one short
 * transaction. For what cannot be changed where it stands: a table that is not STRICT, another key.
 */
export interface RebuildTable {
  readonly type: "rebuildTable";
  readonly table: string;
  /** The table as it becomes, with all that belongs to it. */
  readonly objects: readonly SchemaObject[];
  /** Each column of the new table as an SQL expression over the old row. */
  readonly copy: Readonly<Record<string, string>>;
  /** The old one, for undoing. */
  readonly oldObjects: readonly SchemaObject[];
  readonly revert: Readonly<Record<string, string>>;
}
