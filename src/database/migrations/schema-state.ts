import { searchTable } from "../sqlite/dialect/full-text.ts";
import type { SchemaObject } from "../sqlite/definition/schema-object.ts";
import { canonical, readTable, renameIn, type TableText, tokenise, unquote } from "../sqlite/definition/table-text.ts";

/** A table with all that belongs to it, taken apart. */
export interface TableState {
  readonly text: TableText;
  /** The statements that make them, by name. */
  readonly indexes: ReadonlyMap<string, string>;
  readonly triggers: ReadonlyMap<string, string>;
  readonly search: SearchState | undefined;
}

export interface SearchState {
  readonly columns: readonly string[];
  /** The virtual table, then its triggers. */
  readonly objects: readonly SchemaObject[];
}

/** A whole schema by table, and what is none of these: views, say. */
export interface SchemaState {
  readonly tables: ReadonlyMap<string, TableState>;
  readonly others: readonly SchemaObject[];
}

export function stateOf(objects: readonly SchemaObject[]): SchemaState {
  const tables = new Map<string, TableState>();
  const taken = new Set<SchemaObject>();
  const ofType = (type: SchemaObject["type"], table: string): readonly SchemaObject[] =>
    objects.filter((object) => object.type === type && object.table === table);
  for (const object of objects) {
    const text = object.type === "table" ? readTable(object.sql) : undefined;
    if (text === undefined) continue;
    const index = objects.find(({ type, name }) => type === "table" && name === searchTable(object.name));
    const isSearch = ({ name }: SchemaObject): boolean => index !== undefined && name.startsWith(`${index.name}_`);
    const triggers = ofType("trigger", object.name);
    const search =
      index === undefined || !isVirtual(index)
        ? undefined
        : { columns: searchColumns(index.sql), objects: [index, ...triggers.filter(isSearch)] };
    const indexes = ofType("index", object.name);
    tables.set(object.name, {
      text: { ...text, name: object.name },
      indexes: new Map(indexes.map(({ name, sql }) => [name, sql])),
      triggers: new Map(
        triggers.filter((trigger) => search === undefined || !isSearch(trigger)).map(({ name, sql }) => [name, sql]),
      ),
      search,
    });
    for (const part of [object, ...indexes, ...triggers, ...(search?.objects ?? [])]) taken.add(part);
  }
  return { tables, others: objects.filter((object) => !taken.has(object)) };
}

function isVirtual(object: SchemaObject): boolean {
  return /^create virtual table/i.test(object.sql.trimStart());
}

function searchColumns(sql: string): readonly string[] {
  const tokens = tokenise(sql.slice(sql.indexOf("(") + 1));
  const end = tokens.indexOf("content");
  return tokens
    .slice(0, end === -1 ? undefined : end)
    .filter((token) => token !== "," && token !== ")")
    .map(unquote);
}

/** The column that numbers a table's rows. */
export function rowKeyOf(text: TableText): string {
  for (const [name, definition] of text.columns) if (/^integer primary key\b/i.test(canonical(definition))) return name;
  return "rowid";
}

export interface ForeignKey {
  readonly column: string;
  readonly table: string;
  readonly target: string;
  readonly onDelete: string;
}

/** A foreign key over one column, in our own words; undefined for any other constraint. */
export function readForeignKey(constraint: string): ForeignKey | undefined {
  const match =
    /^FOREIGN KEY \( ("(?:[^"]|"")*") \) REFERENCES ("(?:[^"]|"")*") \( ("(?:[^"]|"")*") \)(?: ON DELETE (.*))?$/i.exec(
      canonical(constraint),
    );
  if (match === null) return undefined;
  const [, column = "", table = "", target = "", onDelete = "RESTRICT"] = match;
  return { column: unquote(column), table: unquote(table), target: unquote(target), onDelete };
}

function writeForeignKey({ column, table, target, onDelete }: ForeignKey): string {
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  return `FOREIGN KEY (${quote(column)}) REFERENCES ${quote(table)}(${quote(target)}) ON DELETE ${onDelete}`;
}

/** The condition of a check, without CHECK and its brackets; undefined for any other constraint. */
export function checkCondition(constraint: string): string | undefined {
  const match = /^\s*CHECK\s*\(([\s\S]*)\)\s*$/i.exec(constraint);
  return match?.[1]?.trim();
}

/** The schema once a table has another name: references to it follow, as SQLite makes them. Triggers and search are not followed. */
export function renameTable(tables: ReadonlyMap<string, TableState>, from: string, to: string): Map<string, TableState> {
  return new Map(
    [...tables].map(([name, state]) => {
      const constraints = mapValues(state.text.constraints, (text) => {
        const key = readForeignKey(text);
        return key?.table === from ? writeForeignKey({ ...key, table: to }) : text;
      });
      const isIt = name === from;
      return [
        isIt ? to : name,
        {
          ...state,
          text: { ...state.text, name: isIt ? to : name, constraints },
          indexes: isIt
            ? mapValues(state.indexes, (sql) => renameIndexed(sql, (part) => renameIn(part, from, to), "table"))
            : state.indexes,
        },
      ];
    }),
  );
}

/** The schema once a column has another name. */
export function renameColumn(
  tables: ReadonlyMap<string, TableState>,
  { table, from, to }: { readonly table: string; readonly from: string; readonly to: string },
): Map<string, TableState> {
  return new Map(
    [...tables].map(([name, state]) => {
      const isIt = name === table;
      const constraints = mapValues(state.text.constraints, (text) => {
        const key = readForeignKey(text);
        if (key === undefined) return isIt ? renameIn(text, from, to) : text;
        const column = isIt && key.column === from ? to : key.column;
        const target = key.table === table && key.target === from ? to : key.target;
        return writeForeignKey({ ...key, column, target });
      });
      const columns = isIt
        ? new Map([...state.text.columns].map(([column, text]) => [column === from ? to : column, text]))
        : state.text.columns;
      const indexes = isIt
        ? mapValues(state.indexes, (sql) => renameIndexed(sql, (part) => renameIn(part, from, to), "columns"))
        : state.indexes;
      const search =
        isIt && state.search !== undefined
          ? { ...state.search, columns: state.search.columns.map((column) => (column === from ? to : column)) }
          : state.search;
      return [name, { ...state, text: { ...state.text, columns, constraints }, indexes, search }];
    }),
  );
}

/** `CREATE INDEX name ON table(columns) WHERE ...`: changes the name of the table, or all that comes after it. */
function renameIndexed(sql: string, change: (part: string) => string, what: "table" | "columns"): string {
  const match = /^([\s\S]*?\bON\s+)("(?:[^"]|"")*"|\w+)([\s\S]*)$/i.exec(sql);
  if (match === null) return sql;
  const [, head = "", table = "", rest = ""] = match;
  return what === "table" ? head + change(table) + rest : head + table + change(rest);
}

/** An index under another name. */
export function renameIndex(sql: string, to: string): string {
  return sql.replace(
    /^(\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+)("(?:[^"]|"")*"|\w+)/i,
    (_all, head: string) => `${head}"${to.replaceAll('"', '""')}"`,
  );
}

/** What an index says, whatever it is called. */
export function indexBody(sql: string): string {
  return canonical(renameIndex(sql, "index"));
}

export function isUnique(indexSql: string): boolean {
  return /^\s*CREATE\s+UNIQUE\b/i.test(indexSql);
}

/** The columns (or expressions) of an index, and its condition. */
export function indexParts(sql: string): { readonly columns: readonly string[]; readonly where: string | undefined } {
  const match = /\bON\s+(?:"(?:[^"]|"")*"|\w+)\s*\(([^)]*)\)\s*(?:WHERE\s+([\s\S]*))?$/i.exec(sql);
  const columns = (match?.[1] ?? "").split(",").map((column) => unquote(column.trim()));
  return { columns, where: match?.[2] };
}

export function mapValues<V>(map: ReadonlyMap<string, V>, change: (value: V, key: string) => V): Map<string, V> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}
