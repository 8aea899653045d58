import type { Connection } from "../../driver.ts";
import { searchTable } from "../dialect/full-text.ts";
import type { SchemaObject } from "./schema-object.ts";
import { mentions, readTable, writeTable } from "./table-text.ts";

/** Where it is noted what was dropped from the definition and is still there. */
export const hiddenTable = "_chassis_hidden";

/** Names that begin so are ours and no part of anybody's schema. */
const ownPrefix = "_chassis";

/** A table or a column that no definition speaks of any more, kept so that it can come back. */
export interface HiddenEntry {
  readonly kind: "table" | "column";
  /** The table as it is called now; of a hidden table, as it was called. */
  readonly table: string;
  /** As it was called; empty for a table. */
  readonly column: string;
  /** What it is called in the database now: its own name, unless something new has taken that. */
  readonly stored: string;
  /** The column's definition as it was; empty for a table. */
  readonly definition: string;
  /** Foreign keys that were taken off, by name. */
  readonly constraints: Readonly<Record<string, string>>;
  readonly migration: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Everything that is hidden, oldest first; nothing where no migration ever hid anything. */
export async function readHidden(connection: Connection): Promise<readonly HiddenEntry[]> {
  const there = await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [hiddenTable]);
  if (there === undefined) return [];
  const rows = await connection.all(
    `SELECT kind, tbl, col, stored, definition, constraints, migration, since FROM ${hiddenTable} ORDER BY id`,
    [],
  );
  return rows.map(([kind, table, column, stored, definition, constraints, migration, since]) => ({
    kind: String(kind) as HiddenEntry["kind"],
    table: String(table),
    column: String(column),
    stored: String(stored),
    definition: String(definition),
    constraints: JSON.parse(String(constraints)) as Readonly<Record<string, string>>,
    migration: String(migration),
    since: String(since),
  }));
}

/** The schema as definitions see it: without what is hidden, and without the checks and indexes that speak of a hidden column. */
export function withoutHidden(objects: readonly SchemaObject[], hidden: readonly HiddenEntry[]): readonly SchemaObject[] {
  const tables = new Set(hidden.filter(({ kind }) => kind === "table").map(({ stored }) => stored));
  const columns = Map.groupBy(
    hidden.filter(({ kind }) => kind === "column"),
    ({ table }) => table,
  );
  const searches = new Set([...tables].map(searchTable));
  return objects
    .filter(({ table }) => !tables.has(table) && !searches.has(table) && !table.startsWith(ownPrefix))
    .flatMap((object) => {
      const names = (columns.get(object.table) ?? []).map(({ stored }) => stored);
      if (object.type === "table") return [tableWithout(object, names)];
      return object.type === "index" && names.some((name) => mentions(object.sql, name)) ? [] : [object];
    });
}

function tableWithout(object: SchemaObject, hidden: readonly string[]): SchemaObject {
  const text = hidden.length === 0 && !object.sql.includes(ownPrefix) ? undefined : readTable(object.sql);
  if (text === undefined) return object;
  const isHidden = (name: string): boolean => hidden.includes(name) || name.startsWith(ownPrefix);
  const gone = [...text.columns.keys()].filter(isHidden);
  const sql = writeTable({
    ...text,
    columns: new Map([...text.columns].filter(([name]) => !isHidden(name))),
    constraints: new Map(
      [...text.constraints].filter(
        ([name, constraint]) => !name.startsWith(ownPrefix) && !gone.some((column) => mentions(constraint, column)),
      ),
    ),
  });
  return { ...object, sql };
}
