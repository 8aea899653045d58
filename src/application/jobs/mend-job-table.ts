import type { Connection } from "#database";

export interface MendedTable {
  readonly name: string;
  /** Its columns and constraints as they are to be: what follows CREATE TABLE and the name. */
  readonly definition: string;
  /** What is in its SQL since this build, and in none before. */
  readonly mark: string;
}

/**
 * Gives a table that an earlier build made the form of this one: SQLite changes no CHECK, so the rows are copied into a new table
 * (https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"). Its indexes are gone then, and to be made anew. In the
 * transaction of the start; where the table is as it is to be, or not there, nothing happens.
 */
export async function mendJobTable(connection: Connection, { name, definition, mark }: MendedTable): Promise<void> {
  const found = await connection.get("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [name]);
  if (found === undefined || String(found[0]).includes(mark)) return;
  const mended = `${name}_mended`;
  await connection.run(`CREATE TABLE ${mended} ${definition}`, []);
  const columns = await sharedColumns(connection, name, mended);
  await connection.run(`INSERT INTO ${mended} (${columns}) SELECT ${columns} FROM ${name}`, []);
  // Ids of jobs that are gone are not given again: others know jobs by them.
  await connection.run("DELETE FROM sqlite_sequence WHERE name = ?", [mended]);
  await connection.run("INSERT INTO sqlite_sequence (name, seq) SELECT ?, seq FROM sqlite_sequence WHERE name = ?", [
    mended,
    name,
  ]);
  await connection.run(`DROP TABLE ${name}`, []);
  await connection.run(`ALTER TABLE ${mended} RENAME TO ${name}`, []);
}

async function sharedColumns(connection: Connection, one: string, other: string): Promise<string> {
  const rows = await connection.all(
    "SELECT name FROM pragma_table_info(?) WHERE name IN (SELECT name FROM pragma_table_info(?)) ORDER BY cid",
    [one, other],
  );
  return rows.map(([column]) => String(column)).join(", ");
}
