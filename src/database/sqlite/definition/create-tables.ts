import { type Column, deletedColumn, type Index, type Model, type Reference, type Table, tableOf } from "../../model/model.ts";
import { columnChecks } from "./column-checks.ts";
import { compileCheck } from "./compile-check.ts";
import { historyOf } from "./create-history.ts";
import { literal, quoteName } from "../dialect/literals.ts";
import type { SchemaObject } from "./schema-object.ts";
import { searchIndexOf } from "./search-index.ts";

/** Everything that a model needs in an empty database, in an order in which it can be created. */
export function schemaObjects(model: Model): readonly SchemaObject[] {
  return [...model.tables.values()].flatMap((table) => [
    createTable(model, table),
    ...createIndexes(table),
    ...searchIndexOf(table),
    ...historyOf(table),
  ]);
}

/**
 * STRICT, one definition a line: columns, then constraints, each of them named. Uniques are indexes, so that a migration can add
 * and drop them without rewriting the table.
 */
function createTable(model: Model, table: Table): SchemaObject {
  const columns = [...table.columns.values()].filter((column) => column.computed === undefined);
  const lines = [
    ...(table.rowKey === table.key.name ? [] : [`${quoteName(table.rowKey)} INTEGER PRIMARY KEY`]),
    ...columns.map((column) => columnLine(table, column)),
    ...columns.flatMap((column) =>
      columnChecks(column).map((check) => named(`${table.name}_${column.name}_${check.rule}`, `CHECK (${check.condition})`)),
    ),
    ...table.checks.map((check) => named(check.name, `CHECK (${compileCheck(check.expression, model)})`)),
    ...columns.flatMap((column) => (column.reference === undefined ? [] : [foreignKey(model, column, column.reference)])),
  ];
  const sql = `CREATE TABLE ${quoteName(table.name)} (\n  ${lines.join(",\n  ")}\n) STRICT`;
  return { type: "table", name: table.name, table: table.name, sql };
}

function columnLine(table: Table, column: Column): string {
  const name = quoteName(column.name);
  // Without AUTOINCREMENT the id of the last row, once deleted, is given out again, and old links and tokens lead to a stranger.
  if (column.name === table.rowKey) return `${name} INTEGER PRIMARY KEY AUTOINCREMENT`;
  const words = [name, column.kind.columnType.sqlite];
  if (!column.nullable) words.push("NOT NULL");
  if (column.name === table.key.name) words.push("UNIQUE");
  if (column.default?.type === "value") words.push(`DEFAULT ${literal(column.default.value)}`);
  return words.join(" ");
}

function named(name: string, constraint: string): string {
  return `CONSTRAINT ${quoteName(name)} ${constraint}`;
}

function foreignKey(model: Model, column: Column, reference: Reference): string {
  const target = tableOf(model, reference.table);
  const action = reference.onDelete.toUpperCase();
  return named(
    reference.constraint,
    `FOREIGN KEY (${quoteName(column.name)}) REFERENCES ${quoteName(target.name)}(${quoteName(target.key.name)}) ON DELETE ${action}`,
  );
}

function createIndexes(table: Table): readonly SchemaObject[] {
  // The key has the index of its UNIQUE already.
  const uniques = table.uniques.filter((unique) => unique.columns.length !== 1 || unique.columns[0] !== table.key.name);
  const declared = [...uniques, ...table.indexes];
  return [
    ...uniques.map((unique) => createIndex(table, unique, "CREATE UNIQUE INDEX", isLive(table))),
    ...[...table.indexes, ...referenceIndexes(table, declared)].map((index) => createIndex(table, index, "CREATE INDEX")),
    ...deletedIndex(table),
  ];
}

/** Only rows that are there count for uniqueness: what was deleted must not stand in the way of what comes after it. */
function isLive(table: Table): string {
  return table.softDelete === undefined ? "" : ` WHERE ${quoteName(deletedColumn)} IS NULL`;
}

/** For the purge, and for whoever looks into what was deleted: few rows among many. */
function deletedIndex(table: Table): readonly SchemaObject[] {
  if (table.softDelete === undefined) return [];
  const condition = ` WHERE ${quoteName(deletedColumn)} IS NOT NULL`;
  return [
    createIndex(table, { name: `${table.name}_${deletedColumn}_idx`, columns: [deletedColumn] }, "CREATE INDEX", condition),
  ];
}

/** Every foreign key needs an index: without one, each delete of a row that it refers to reads this whole table. */
function referenceIndexes(table: Table, declared: readonly Index[]): readonly Index[] {
  const led = new Set(declared.map((index) => index.columns[0]));
  return [...table.columns.values()]
    .filter((column) => column.reference !== undefined && !led.has(column.name) && column.name !== table.key.name)
    .map((column) => ({ name: `${table.name}_${column.name}_idx`, columns: [column.name] }));
}

function createIndex(table: Table, index: Index, verb: string, condition = ""): SchemaObject {
  const columns = index.columns.map(quoteName).join(", ");
  return {
    type: "index",
    name: index.name,
    table: table.name,
    sql: `${verb} ${quoteName(index.name)} ON ${quoteName(table.name)}(${columns})${condition}`,
  };
}
