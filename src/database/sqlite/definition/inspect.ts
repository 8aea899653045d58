import { didYouMean } from "#base";
import type { Connection } from "../../driver.ts";
import type { Model } from "../../model/model.ts";
import { schemaObjects } from "./create-tables.ts";
import { readDefinition, type TableDefinition } from "./read-definition.ts";
import { readHidden, withoutHidden } from "./hidden.ts";
import type { SchemaObject } from "./schema-object.ts";
import { canonical, readTable, sameTable } from "./table-text.ts";

/**
 * What stands in the database, in the order of its making: not SQLite's own tables, nor ours, nor those that FTS5 keeps for itself, nor
 * what migrations have hidden.
 */
export async function inspectDatabase(connection: Connection): Promise<readonly SchemaObject[]> {
  return withoutHidden(await inspectEverything(connection), await readHidden(connection));
}

/** The same with what migrations have hidden. */
export async function inspectEverything(connection: Connection): Promise<readonly SchemaObject[]> {
  const rows = await connection.all(
    `SELECT s.type, s.name, s.tbl_name, s.sql FROM sqlite_schema AS s
      WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.tbl_name NOT LIKE '\\_chassis%' ESCAPE '\\'
        AND s.name NOT LIKE '\\_chassis%' ESCAPE '\\'
        AND s.tbl_name NOT IN (SELECT t.name FROM pragma_table_list AS t WHERE t.schema = 'main' AND t.type = 'shadow')
      ORDER BY s.rowid`,
    [],
  );
  return rows.map(([type, name, table, sql]) => ({
    type: String(type) as SchemaObject["type"],
    name: String(name),
    table: String(table),
    sql: String(sql),
  }));
}

/** How the database differs from what the model asks for, one difference a line, in words; empty when it does not. */
export async function differences(model: Model, connection: Connection): Promise<readonly string[]> {
  return compareSchemas(schemaObjects(model), await inspectDatabase(connection));
}

/** The same, of two lists of objects. `wanted` is the definition's. */
export function compareSchemas(wanted: readonly SchemaObject[], found: readonly SchemaObject[]): readonly string[] {
  const wantedByName = byName(wanted);
  const foundByName = byName(found);
  const missing = [...wantedByName.values()].filter((object) => !foundByName.has(keyOf(object)));
  const extra = [...foundByName.values()].filter((object) => !wantedByName.has(keyOf(object)));
  // What belongs to a table that is missing or extra as a whole goes without saying.
  const whole = new Set([...missing, ...extra].filter((object) => object.type === "table").map((object) => object.name));
  const spoken = (object: SchemaObject): boolean => object.type === "table" || !whole.has(object.table);
  return [
    ...missing
      .filter(spoken)
      .map((object) => `${describe(object)} is missing${object.type === "table" ? nearName(object, extra) : ""}`),
    ...extra.filter(spoken).map((object) => `${describe(object)} is in the database and not in the definition`),
    ...wanted.flatMap((object) => {
      const other = foundByName.get(keyOf(object));
      return other === undefined || isSame(object, other) ? [] : explain(object, other);
    }),
  ];
}

/** The same to the letter, or but for spaces and the order of columns, which a column that was added later has at the end. */
function isSame(wanted: SchemaObject, found: SchemaObject): boolean {
  if (wanted.sql === found.sql) return true;
  const [left, right] = [readTable(wanted.sql), readTable(found.sql)];
  return left !== undefined && right !== undefined ? sameTable(left, right) : canonical(wanted.sql) === canonical(found.sql);
}

function nearName(object: SchemaObject, extra: readonly SchemaObject[]): string {
  const tables = extra.filter((other) => other.type === "table").map((other) => other.name);
  return didYouMean(object.name, tables).replace("did you mean", "is it now").replace(/\?$/, " there?");
}

function keyOf(object: SchemaObject): string {
  return `${object.type} ${object.name}`;
}

function byName(objects: readonly SchemaObject[]): ReadonlyMap<string, SchemaObject> {
  return new Map(objects.map((object) => [keyOf(object), object]));
}

function describe(object: SchemaObject): string {
  const unique = object.type === "index" && object.sql.startsWith("CREATE UNIQUE") ? "unique " : "";
  return object.type === "table" ? `table '${object.name}'` : `table '${object.table}': ${unique}${object.type} '${object.name}'`;
}

function explain(wanted: SchemaObject, found: SchemaObject): readonly string[] {
  const definitions = [readDefinition(wanted.sql), readDefinition(found.sql)] as const;
  const [definition, database] = definitions;
  const words =
    definition === undefined || database === undefined ? [] : explainTable(`table '${wanted.name}'`, definition, database);
  if (words.length > 0) return words;
  return [`${describe(wanted)} is ${oneLine(found.sql)}; the definition says ${oneLine(wanted.sql)}`];
}

function explainTable(table: string, wanted: TableDefinition, found: TableDefinition): readonly string[] {
  const words: string[] = [];
  for (const [name, column] of wanted.columns) {
    const other = found.columns.get(name);
    if (other === undefined) {
      words.push(`${table}: column '${name}' is missing`);
      continue;
    }
    if (other.text === column.text) continue;
    const before = words.length;
    if (other.type !== column.type)
      words.push(`${table}: column '${name}' has type ${other.type}, the definition says ${column.type}`);
    if (other.nullable !== column.nullable) {
      words.push(
        `${table}: column '${name}' ${other.nullable ? "may be empty, the definition requires it" : "is required, by the definition it may be empty"}`,
      );
    }
    if (other.default !== column.default) {
      words.push(
        `${table}: column '${name}' has ${defaultWords(other.default)}, the definition says ${defaultWords(column.default)}`,
      );
    }
    if (words.length === before) words.push(`${table}: column '${name}' is ${other.text}, the definition says ${column.text}`);
  }
  for (const name of found.columns.keys()) {
    if (!wanted.columns.has(name)) words.push(`${table}: column '${name}' is in the database and not in the definition`);
  }
  // What is said of a column that is missing or extra goes without saying.
  const alone = [...wanted.columns.keys(), ...found.columns.keys()].filter(
    (name) => !wanted.columns.has(name) || !found.columns.has(name),
  );
  const spoken = (constraints: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...constraints].filter(([, text]) => !alone.some((name) => text.includes(`"${name}"`))));
  words.push(...explainConstraints(table, spoken(wanted.constraints), spoken(found.constraints)));
  if (wanted.options !== found.options)
    words.push(`${table}: is ${found.options || "not STRICT"}, the definition says ${wanted.options}`);
  return words;
}

function explainConstraints(
  table: string,
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const words: string[] = [];
  for (const [name, text] of wanted) {
    const other = found.get(name);
    if (other === undefined) words.push(`${table}: constraint '${name}' is missing: ${text}`);
    else if (other !== text) words.push(`${table}: constraint '${name}' is ${other}, the definition says ${text}`);
  }
  for (const name of found.keys()) {
    if (!wanted.has(name)) words.push(`${table}: constraint '${name}' is in the database and not in the definition`);
  }
  return words;
}

function defaultWords(text: string | undefined): string {
  return text === undefined ? "no default" : `default ${text}`;
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, " ");
}
