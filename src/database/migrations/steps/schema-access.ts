import type { Connection } from "../../driver.ts";
import { searchTable } from "../../sqlite/dialect/full-text.ts";
import { type HiddenEntry, hiddenTable, readHidden } from "../../sqlite/definition/hidden.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaConnection, SchemaEdit } from "../../sqlite/schema-connection.ts";
import type { SchemaObject } from "../../sqlite/definition/schema-object.ts";
import { mentions, readTable, type TableText, writeTable } from "../../sqlite/definition/table-text.ts";
import { MigrationError } from "../errors.ts";
import { renameIndex, stateOf, type TableState } from "../schema-state.ts";

/** One table and all that belongs to it, as the database has it now; undefined where it is not there. */
export async function findTable(connection: Connection, table: string): Promise<TableState | undefined> {
  const rows = await connection.all(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND (tbl_name = ? OR tbl_name = ?)",
    [table, searchTable(table)],
  );
  const objects = rows.map(([type, name, owner, sql]) => ({
    type: String(type) as SchemaObject["type"],
    name: String(name),
    table: String(owner),
    sql: String(sql),
  }));
  return stateOf(objects).tables.get(table);
}

export async function needTable(connection: Connection, table: string): Promise<TableState> {
  const state = await findTable(connection, table);
  if (state === undefined) throw new MigrationError(`The table '${table}' is not in the database.`);
  return state;
}

export async function hasObject(connection: Connection, name: string): Promise<boolean> {
  return (await connection.get("SELECT 1 FROM sqlite_schema WHERE name = ?", [name])) !== undefined;
}

/** Writes a table's definition anew. Which columns it has, and their order, must stay. */
export async function rewriteTable(
  connection: SchemaConnection,
  table: string,
  change: (text: TableText) => TableText,
): Promise<void> {
  const row = await connection.get("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [table]);
  const text = row === undefined ? undefined : readTable(String(row[0]));
  if (text === undefined) throw new MigrationError(`The table '${table}' is not in the database, or is no ordinary table.`);
  await connection.rewriteSchema([{ type: "table", name: table, sql: writeTable(change({ ...text, name: table })) }]);
}

/**
 * A new last column. As ALTER TABLE ADD COLUMN leaves it, but that statement reads every row of a STRICT table to look for what
 * cannot be there (350 ms for a million).
 */
export function appendColumn(
  connection: SchemaConnection,
  table: string,
  column: { readonly name: string; readonly definition: string },
): Promise<void> {
  return rewriteTable(connection, table, (text) => {
    if (text.columns.has(column.name)) throw new MigrationError(`The table '${table}' has a column '${column.name}' already.`);
    return { ...text, columns: new Map([...text.columns, [column.name, column.definition]]) };
  });
}

export function withColumn(text: TableText, column: string, definition: string): TableText {
  return { ...text, columns: new Map([...text.columns].map(([name, old]) => [name, name === column ? definition : old])) };
}

export function withConstraint(text: TableText, name: string, constraint: string): TableText {
  return { ...text, constraints: new Map([...text.constraints, [name, constraint]]) };
}

export function withoutConstraints(text: TableText, names: Iterable<string>): TableText {
  const gone = new Set(names);
  return { ...text, constraints: new Map([...text.constraints].filter(([name]) => !gone.has(name))) };
}

export async function insertHidden(connection: Connection, entry: HiddenEntry): Promise<void> {
  await connection.run(
    `INSERT INTO ${hiddenTable}(kind, tbl, col, stored, definition, constraints, migration, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entry.kind,
      entry.table,
      entry.column,
      entry.stored,
      entry.definition,
      JSON.stringify(entry.constraints),
      entry.migration,
      entry.since,
    ],
  );
}

export async function deleteHidden(connection: Connection, entry: HiddenEntry): Promise<void> {
  await connection.run(`DELETE FROM ${hiddenTable} WHERE kind = ? AND tbl = ? AND stored = ?`, [
    entry.kind,
    entry.table,
    entry.stored,
  ]);
}

/** What is hidden of that name: what this migration hid before anything else, then the latest. */
export async function findHidden(
  connection: Connection,
  { table, column, migration }: { readonly table: string; readonly column?: string; readonly migration: string },
): Promise<HiddenEntry | undefined> {
  const found = (await readHidden(connection)).filter((entry) =>
    column === undefined
      ? entry.kind === "table" && entry.table === table
      : entry.kind === "column" && entry.table === table && entry.column === column,
  );
  return found.findLast((entry) => entry.migration === migration) ?? found.at(-1);
}

/** A free name for something that makes place for a new thing of its name. */
async function freeName(base: string, taken: (name: string) => Promise<boolean>): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `_chassis_${number}_${base}`;
    if (!(await taken(name))) return name;
  }
}

/** Gives a hidden column another name in the database, with its checks and indexes, so that its own is free. Nothing where none has it. */
export async function moveColumnAside(connection: SchemaConnection, table: string, column: string): Promise<void> {
  const entry = (await readHidden(connection)).find(
    (hidden) => hidden.kind === "column" && hidden.table === table && hidden.stored === column,
  );
  if (entry === undefined) return;
  const state = await needTable(connection, table);
  const name = await freeName(column, async (candidate) => state.text.columns.has(candidate));
  const prefix = name.slice(0, name.length - column.length);
  await connection.run(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(column)} TO ${quoteName(name)}`, []);
  await rewriteTable(connection, table, (text) => ({
    ...text,
    constraints: new Map(
      [...text.constraints].map(([key, constraint]) => [mentions(constraint, name) ? prefix + key : key, constraint]),
    ),
  }));
  const renamed = await needTable(connection, table);
  const edits: SchemaEdit[] = [...renamed.indexes]
    .filter(([, sql]) => mentions(sql, name))
    .map(([key, sql]) => ({ type: "index", name: key, to: prefix + key, sql: renameIndex(sql, prefix + key) }));
  if (edits.length > 0) await connection.rewriteSchema(edits);
  await connection.run(`UPDATE ${hiddenTable} SET stored = ? WHERE kind = 'column' AND tbl = ? AND stored = ?`, [
    name,
    table,
    column,
  ]);
}

/** Gives a hidden column its own name back. */
export async function moveColumnBack(connection: SchemaConnection, entry: HiddenEntry): Promise<void> {
  if (entry.stored === entry.column) return;
  const { table, column, stored } = entry;
  await moveColumnAside(connection, table, column);
  await connection.run(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(stored)} TO ${quoteName(column)}`, []);
  const bare = (name: string): string => name.replace(/^_chassis_\d+_/, "");
  await rewriteTable(connection, table, (text) => ({
    ...text,
    constraints: new Map(
      [...text.constraints].map(([key, constraint]) => [mentions(constraint, column) ? bare(key) : key, constraint]),
    ),
  }));
  const state = await needTable(connection, table);
  const edits: SchemaEdit[] = [...state.indexes]
    .filter(([key, sql]) => key !== bare(key) && mentions(sql, column))
    .map(([key, sql]) => ({ type: "index", name: key, to: bare(key), sql: renameIndex(sql, bare(key)) }));
  if (edits.length > 0) await connection.rewriteSchema(edits);
}

/** The same of a table. Its search index goes: it can be made anew from the rows. */
export async function moveTableAside(connection: SchemaConnection, table: string): Promise<void> {
  const entry = (await readHidden(connection)).find((hidden) => hidden.kind === "table" && hidden.stored === table);
  if (entry === undefined) return;
  await dropSearchOf(connection, table);
  const name = await freeName(table, (candidate) => hasObject(connection, candidate));
  const prefix = name.slice(0, name.length - table.length);
  await connection.run(`ALTER TABLE ${quoteName(table)} RENAME TO ${quoteName(name)}`, []);
  const state = await needTable(connection, name);
  for (const trigger of state.triggers.keys()) await connection.run(`DROP TRIGGER ${quoteName(trigger)}`, []);
  const edits: SchemaEdit[] = [...state.indexes].map(([key, sql]) => ({
    type: "index",
    name: key,
    to: prefix + key,
    sql: renameIndex(sql, prefix + key),
  }));
  if (edits.length > 0) await connection.rewriteSchema(edits);
  await connection.run(`UPDATE ${hiddenTable} SET stored = ? WHERE kind = 'table' AND stored = ?`, [name, table]);
}

export async function dropSearchOf(connection: SchemaConnection, table: string): Promise<void> {
  const state = await findTable(connection, table);
  for (const object of state?.search?.objects.slice(1) ?? []) await connection.run(`DROP TRIGGER ${quoteName(object.name)}`, []);
  if (state?.search !== undefined) await connection.run(`DROP TABLE ${quoteName(searchTable(table))}`, []);
}
