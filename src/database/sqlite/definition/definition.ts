import { createHash } from "node:crypto";
import type { Connection } from "../../driver.ts";
import { historyTable, storedColumns } from "../../model/history-table.ts";
import type { Column, Model } from "../../model/model.ts";
import { schemaObjects } from "./create-tables.ts";
import { inspectDatabase } from "./inspect.ts";
import type { SchemaObject } from "./schema-object.ts";
import { canonical, readTable } from "./table-text.ts";

/** A schema as a database can be held against it: its objects, and what the objects do not show. */
export interface Definition {
  readonly objects: readonly SchemaObject[];
  /** What stored values mean, by `table.column`: `text`, `timestamp`, `decimal(2)`. An integer column may hold any of four. */
  readonly kinds: Readonly<Record<string, string>>;
}

export function definitionOf(model: Model): Definition {
  const kinds = [...model.tables.values()].flatMap((table) =>
    storedColumns(table).flatMap((column) =>
      [table.name, ...(table.history === undefined ? [] : [historyTable(table.name)])].map(
        (name) => [`${name}.${column.name}`, kindOf(column)] as const,
      ),
    ),
  );
  return { objects: schemaObjects(model), kinds: Object.fromEntries(kinds) };
}

function kindOf({ type }: Column): string {
  return type.scalar === "decimal" ? `decimal(${type.scale})` : type.scalar;
}

const kindsName = "kinds";

/** What the database has, without what is hidden. Where it does not say what values mean (older ones do not), `kinds` is empty. */
export async function readDatabaseDefinition(connection: Connection): Promise<Definition> {
  return { objects: await inspectDatabase(connection), kinds: await readKinds(connection) };
}

async function readKinds(connection: Connection): Promise<Readonly<Record<string, string>>> {
  const ours = await connection.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_chassis'", []);
  const row = ours === undefined ? undefined : await connection.get("SELECT value FROM _chassis WHERE name = ?", [kindsName]);
  return row === undefined ? {} : (JSON.parse(String(row[0])) as Readonly<Record<string, string>>);
}

/** Notes what the values mean, and the schema's name. Inside a transaction. */
export async function writeDefinition(connection: Connection, definition: Definition): Promise<void> {
  const put = "INSERT INTO _chassis(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value";
  await connection.run(put, [kindsName, JSON.stringify(definition.kinds)]);
  await connection.run(put, ["schema", fingerprint(definition)]);
}

/** Columns whose values would mean something else, in words. Columns that the database says nothing of are taken for what they should be. */
export function kindDifferences(wanted: Definition, found: Definition): readonly string[] {
  return Object.entries(wanted.kinds).flatMap(([key, kind]) => {
    const other = found.kinds[key];
    const [table, column] = key.split(".");
    return other === undefined || other === kind
      ? []
      : [`table '${table}': column '${column}' holds values of type ${other}, the definition says ${kind}`];
  });
}

/** A short name for exactly this schema, whatever the order of its parts. */
export function fingerprint({ objects, kinds }: Definition): string {
  const lines = [...objects.map(objectText), ...Object.entries(kinds).map(([key, kind]) => `${key} ${kind}`)].sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

function objectText(object: SchemaObject): string {
  const table = readTable(object.sql);
  const head = `${object.type} ${object.name} `;
  if (table === undefined) return head + canonical(object.sql);
  const parts = [...table.columns, ...table.constraints].map(([name, text]) => `${name} ${canonical(text)}`).sort();
  return head + [...parts, canonical(table.options)].join("; ");
}
