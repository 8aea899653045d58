import type { Stored } from "#contract";
import { quoteName } from "../dialect/literals.ts";
import { findChecks, readCheck, tokensText } from "./read-check.ts";
import type { SourceColumn, SourceForeignKey, SourceIndex, SourceObject, SourceSchema, SourceTable } from "./source-schema.ts";

type Query = (sql: string, ...parameters: Stored[]) => Iterable<readonly Stored[]>;

/** Reads what SQLite itself says of its tables, and out of their text what it does not say: the checks. */
export function readSourceSchema(query: Query): SourceSchema {
  const objects = [
    ...query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"),
  ].map(([type, name, table, sql]) => ({ type: String(type), name: String(name), table: String(table), sql: String(sql ?? "") }));
  const kinds = new Map(
    [...query("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'")].map(([name, type, wr]) => [
      String(name),
      { type: String(type), withoutRowid: wr === 1 },
    ]),
  );
  const sequences = objects.length > 0 ? readSequences(query) : new Map<string, number>();
  const tables: SourceTable[] = [];
  const others: SourceObject[] = [];
  for (const { type, name, table, sql } of objects) {
    const kind = kinds.get(name);
    if (type === "view" || type === "trigger") others.push({ type, name, table, sql });
    else if (type === "table" && kind?.type === "virtual") others.push({ type: "virtual table", name, table, sql });
    else if (type === "table" && kind?.type === "table")
      tables.push(readTable(query, { name, sql, withoutRowid: kind.withoutRowid, sequence: sequences.get(name) }));
  }
  return { tables, others };
}

function readSequences(query: Query): ReadonlyMap<string, number> {
  const [exists] = query("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (exists === undefined) return new Map();
  return new Map([...query("SELECT name, seq FROM sqlite_sequence")].map(([name, seq]) => [String(name), Number(seq)]));
}

interface Found {
  readonly name: string;
  readonly sql: string;
  readonly withoutRowid: boolean;
  readonly sequence: number | undefined;
}

function readTable(query: Query, { name, sql, withoutRowid, sequence }: Found): SourceTable {
  const described = [
    ...query('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid', name),
  ];
  const columns = described.map(
    ([column, type, required, defaultText, , hidden]): SourceColumn => ({
      name: String(column),
      type: String(type ?? "").replace(/\s*GENERATED ALWAYS$/i, ""),
      required: required === 1,
      default: defaultText === null ? undefined : String(defaultText),
      generated: hidden === 2 || hidden === 3,
    }),
  );
  const primaryKey = described
    .filter(([, , , , place]) => Number(place) > 0)
    .sort((left, right) => Number(left[4]) - Number(right[4]))
    .map(([column]) => String(column));
  const [key] = primaryKey;
  const keyType = columns.find((column) => column.name === key)?.type ?? "";
  const [[count = 0] = []] = query(`SELECT count(*) FROM ${quoteName(name)}`);
  const indexes = readIndexes(query, name);
  const names = columns.map((column) => column.name);
  // INTEGER, and no other word, makes the key the row's number: then it needs no index (sqlite.org/lang_createtable.html 5).
  const isRowNumber =
    !withoutRowid &&
    primaryKey.length === 1 &&
    keyType.toUpperCase() === "INTEGER" &&
    !indexes.some(({ origin }) => origin === "pk");
  return {
    name,
    rows: Number(count),
    columns,
    primaryKey,
    rowNumber: isRowNumber ? key : undefined,
    withoutRowid,
    foreignKeys: readForeignKeys(query, name),
    indexes: indexes.filter(({ origin }) => origin !== "pk"),
    checks: findChecks(sql).map((tokens) => ({ text: tokensText(tokens), facts: readCheck(tokens, names) })),
    sequence,
  };
}

function readForeignKeys(query: Query, table: string): readonly SourceForeignKey[] {
  const byId = new Map<
    number,
    { columns: string[]; targetColumns: string[]; table: string; onDelete: string; onUpdate: string }
  >();
  const rows = query(
    'SELECT id, "table", "from", "to", on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    table,
  );
  for (const [id, target, from, to, onDelete, onUpdate] of rows) {
    const key = byId.get(Number(id)) ?? {
      columns: [],
      targetColumns: [],
      table: String(target),
      onDelete: String(onDelete),
      onUpdate: String(onUpdate),
    };
    key.columns.push(String(from));
    if (to !== null) key.targetColumns.push(String(to));
    byId.set(Number(id), key);
  }
  return [...byId.values()];
}

function readIndexes(query: Query, table: string): readonly (SourceIndex & { readonly origin: string })[] {
  return [...query('SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY seq DESC', table)].map(
    ([name, unique, origin, partial]) => {
      const keys = [...query("SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", String(name))];
      const collation = keys.map(([, coll]) => String(coll ?? "BINARY")).find((coll) => coll.toUpperCase() !== "BINARY");
      return {
        name: String(name),
        unique: unique === 1,
        columns: keys.map(([column]) => (column === null ? undefined : String(column))),
        partial: partial === 1,
        collation,
        origin: String(origin),
      };
    },
  );
}
