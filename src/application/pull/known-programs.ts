import type { SourceDatabase, SourceTable } from "#database";
import type { ColumnHint, SourceHints } from "./pulled-schema.ts";

/** Tables in which a program notes which of its own changes it has made. Without that program they mean nothing. */
const bookkeeping: ReadonlyMap<string, string> = new Map([
  ["schema_migrations", "Rails"],
  ["ar_internal_metadata", "Rails"],
  ["django_migrations", "Django"],
  ["_prisma_migrations", "Prisma"],
  ["__drizzle_migrations", "Drizzle"],
  ["alembic_version", "Alembic"],
  ["knex_migrations", "Knex"],
  ["knex_migrations_lock", "Knex"],
  ["flyway_schema_history", "Flyway"],
  ["__efmigrationshistory", "Entity Framework"],
  ["d1_migrations", "Cloudflare D1"],
  ["_cf_kv", "Cloudflare D1"],
  ["_litestream_seq", "Litestream"],
  ["_litestream_lock", "Litestream"],
]);

/** What is known of a database by who made it. */
export function sourceHints(source: SourceDatabase): SourceHints {
  const pocketBase = readPocketBase(source);
  return {
    column: (table, column) => pocketBase?.get(table)?.get(column),
    ownTable(table) {
      const program = bookkeeping.get(table.name.toLowerCase());
      if (program !== undefined) return `${program} keeps its own migrations there`;
      return pocketBase !== undefined && table.name.startsWith("_")
        ? "PocketBase keeps its own settings and sign-in there"
        : undefined;
    },
  };
}

interface PocketBaseField {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly [option: string]: unknown;
}

/** PocketBase describes each table in `_collections`: kinds and relations of which the tables themselves say nothing. */
function readPocketBase(source: SourceDatabase): ReadonlyMap<string, ReadonlyMap<string, ColumnHint>> | undefined {
  const collections = source.schema.tables.find(({ name }) => name === "_collections");
  // "schema" until version 0.22, "fields" from 0.23 on.
  const fields = collections?.columns.find(({ name }) => name === "fields" || name === "schema")?.name;
  if (collections === undefined || fields === undefined || !hasColumns(collections, ["id", "name"])) return undefined;
  const rows = [...source.rows(collections, ["id", "name", fields])].map(([id, name, text]) => ({
    id: String(id),
    name: String(name),
    fields: parseFields(text),
  }));
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return new Map(
    rows.map(({ name, fields }) => [name, new Map(fields.map((field) => [String(field.name), pocketBaseHint(field, names)]))]),
  );
}

function hasColumns({ columns }: SourceTable, names: readonly string[]): boolean {
  return names.every((name) => columns.some((column) => column.name === name));
}

function parseFields(text: unknown): readonly PocketBaseField[] {
  try {
    const value: unknown = JSON.parse(String(text));
    return Array.isArray(value) ? value.filter((each): each is PocketBaseField => typeof each === "object" && each !== null) : [];
  } catch {
    return [];
  }
}

function pocketBaseHint(field: PocketBaseField, names: ReadonlyMap<string, string>): ColumnHint {
  const nested = typeof field["options"] === "object" && field["options"] !== null ? field["options"] : {};
  const options: Readonly<Record<string, unknown>> = { ...field, ...nested };
  const isMany = Number(options["maxSelect"] ?? 1) > 1;
  switch (field.type) {
    case "text":
    case "editor":
      // The key that signs a user's tokens is described as any other text.
      return field.name === "tokenKey"
        ? { kind: "secret", why: "a key of PocketBase: it is never read through the API" }
        : { kind: "text" };
    case "number":
      return options["onlyInt"] === true || options["noDecimal"] === true ? { kind: "integer" } : {};
    case "bool":
      return { kind: "bool" };
    case "email":
    case "url":
      return { kind: field.type };
    case "date":
    case "autodate":
      return { kind: "timestamp" };
    case "json":
    case "geoPoint":
      return { kind: "json" };
    case "password":
      return { kind: "secret", why: "a hash of PocketBase: it is never read through the API" };
    case "select": {
      const values = Array.isArray(options["values"]) ? options["values"].map(String) : [];
      return isMany || values.length === 0
        ? { kind: "json", why: `a list out of ${values.join(", ")}` }
        : { kind: "enum", values };
    }
    case "file":
      return isMany ? { kind: "json", why: "names of files" } : { kind: "text", why: "the name of a file" };
    case "relation": {
      const table = names.get(String(options["collectionId"]));
      if (isMany)
        return {
          kind: "json",
          why: `a list of ids of ${table ?? "another collection"}: a table of its own with two references would hold them better`,
        };
      return table === undefined
        ? { kind: "text" }
        : { references: { table, onDelete: options["cascadeDelete"] === true ? "CASCADE" : "NO ACTION" } };
    }
    default:
      return {};
  }
}
