import type { Connection } from "../driver.ts";
import type { SchemaObject } from "./definition/schema-object.ts";

/** One object of `sqlite_schema` as it becomes. Which columns a table stores and what an index covers must stay: only names and rules change. */
export interface SchemaEdit {
  readonly type: SchemaObject["type"];
  readonly name: string;
  readonly sql: string;
  /** Its new name: of an index alone. */
  readonly to?: string;
}

/** The connection of a transaction that may also change what tables say where SQLite has no statement for it. */
export interface SchemaConnection extends Connection {
  /**
   * Writes the texts of objects anew, at once and whatever the size of the table (sqlite.org/lang_altertable.html, section 7). Trap:
   * nothing is checked against the rows, and rows that lack a column added later have its *present* default.
   */
  rewriteSchema(edits: readonly SchemaEdit[]): Promise<void>;
}

/** The connection of a transaction of SQLite as one that may change the schema: for migrations alone. */
export function schemaConnection(connection: Connection): SchemaConnection {
  if (!("rewriteSchema" in connection)) throw new Error("This connection cannot change a schema.");
  return connection as SchemaConnection;
}
