import { DatabaseSync } from "node:sqlite";
import type { KindName, Stored } from "#contract";
import fc from "fast-check";
import type { ActorFacts } from "../expression/actor-facts.ts";
import type { StoredRow } from "../expression/evaluate.ts";
import { columnFixture, tableFixture } from "../model/model-fixtures.ts";
import type { Column, Model, Relation, Table, ValueType } from "../model/model.ts";
import { searchTable, searchTokenizer } from "../sqlite/dialect/full-text.ts";
import { registerFunctions } from "../sqlite/dialect/functions.ts";
import { identifier } from "./sql.ts";

/** For the property test: random models, and rows that lie in wait. */

/** Draws a value; fast-check shrinks what was drawn. */
export type Draw = fc.GeneratorValue;

/** One of them. Drawn by number: what is drawn is printed when the test fails. */
export function pick<const T>(draw: Draw, ...items: readonly T[]): T {
  return items[draw(fc.nat, { max: items.length - 1 })] as T;
}

export interface World {
  readonly model: Model;
  readonly rows: ReadonlyMap<string, readonly StoredRow[]>;
  readonly actor: ActorFacts;
  readonly now: string;
}

const actorId: ValueType = { scalar: "text" };

/** Text that breaks what is careless: outside the BMP, combining, quotes, wildcards, other cases, nothing. */
// biome-ignore format: a table.
export const texts: readonly string[] = [
  "", "a", "A", "b", "ab", "aB", "ab%", "a_b", "%", "_", "*", "?", "[", "]", "[a]", "\\", "a\\", "\\%", "a\\b", "'", "''; --", '"', "a\"b",
  "é", "e\u0301", "É", "ß", "ẞ", "İ", "ΑΣ", "ας", "ασ", "\u{1F600}", "\uFFFD", "\uE000", "\u{10FFFF}", "\u{1F600}a", "a\u{1F600}", "日本", " ", "\n", "0", "1", "-7", "12.50",
  "1e3", "true", "null", "{}", "[1]", "2026-02-28", "2026-02-28T00:00:00.000Z", "red fish", "Red, réd fish!", "one two three", "fish one-two", "x OR y", "NEAR", "user-1",
];

const integers = [0, 1, -1, 2, 3, 7, -7, 10, 100, 4096, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1), 3_037_000_500];
const decimals = [
  0n,
  1n,
  -1n,
  5n,
  -5n,
  99n,
  100n,
  -100n,
  150n,
  1250n,
  -1n * 10n ** 17n,
  10n ** 18n - 1n,
  -(10n ** 18n) + 1n,
  922_337_203_685_477_580n,
];
const reals = [
  0,
  0.5,
  -0.5,
  1,
  -1,
  1.5,
  2.5,
  -2.5,
  0.1,
  0.2,
  0.30000000000000004,
  1e300,
  -1e300,
  1.7976931348623157e308,
  5e-324,
  9.2233720368547758e18,
  2 ** 53,
  1e21,
  123456.789,
];
const dates = ["0001-01-01", "1999-12-31", "2000-01-01", "2024-02-29", "2026-11-25", "9999-12-31"];
const timestamps = dates.flatMap((date) => [`${date}T00:00:00.000Z`, `${date}T23:59:59.999Z`]);
// biome-ignore format: a table.
const jsons = [
  "null", "true", "false", "0", "1", "1.5", "1e+300", '""', '"a"', '"null"', '"\\"\\n"', "[]", "[1]", "[1,2]", "[2,1,1]", "[[1],2]", '["a","b"]', "{}", '{"a":1}', '{"a":null}',
  '{"b":2,"a":1}', '{"a":1,"b":2}', '{"a":{"b":[1,{"c":"x"}]}}', '{"a.b":1,"a\\"b":2,"":3,"é":4,"\\n":5,"__proto__":6,"$":7,"0":8}', '{"a":[1,2,3]}', '{"a":"text"}', '[{"a":1},{"a":2}]',
];

const samples: Readonly<Record<ValueType["scalar"], readonly Stored[]>> = {
  text: texts,
  integer: integers,
  decimal: decimals,
  real: reals,
  bool: [0, 1],
  timestamp: timestamps,
  date: dates,
  json: jsons,
  bytes: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 255), Uint8Array.of(97), Uint8Array.of(97, 98)],
};

/** Reals whose sums are exact in any order. */
const dyadic = [0, 0.25, -0.5, 1, 3.75, -1024.125];

export function drawStored(draw: Draw, scalar: ValueType["scalar"]): Stored {
  if (scalar === "integer" && draw(fc.boolean)) return draw(fc.integer, { min: -20, max: 20 });
  if (scalar === "decimal" && draw(fc.boolean)) return BigInt(draw(fc.integer, { min: -2000, max: 2000 }));
  return pick(draw, ...samples[scalar]);
}

export const dyadicColumn = "exact";
const scalarKinds: readonly KindName[] = ["text", "integer", "decimal", "real", "bool", "timestamp", "date", "json", "bytes"];
/** Words that SQL would take for its own. */
const names = ["select", "order", "group", "from", "where", "null", "case", "index", "table"];

interface LinkFixture {
  readonly column: string;
  readonly target: string;
}

const tableLinks: Readonly<Record<string, readonly LinkFixture[]>> = {
  people: [{ column: "boss", target: "people" }],
  items: [
    { column: "owner", target: "people" },
    { column: "reviewer", target: "people" },
  ],
  notes: [{ column: "item", target: "items" }],
  tags: [],
  item_tags: [
    { column: "item", target: "items" },
    { column: "tag", target: "tags" },
  ],
};

/** Tables with columns of every kind, nullable or not, and relations of all cardinalities. Computed columns are added later. */
export function drawModel(draw: Draw): Model {
  const tables = Object.entries(tableLinks).map(([name, links]) => {
    const columns: Column[] = scalarKinds.map((kind, index) => {
      const nullable = draw(fc.boolean);
      const scale = kind === "decimal" ? pick(draw, 0, 1, 2, 4, 9) : 0;
      return columnFixture(name, names[index] ?? kind, {
        kind,
        nullable,
        ...(kind === "decimal" ? { options: { precision: 18, scale } } : {}),
      });
    });
    columns.push(columnFixture(name, dyadicColumn, { kind: "real" }));
    if (name === "items")
      columns.push(
        columnFixture(name, "title", { kind: "text", searchable: true }),
        columnFixture(name, "body", { kind: "text", searchable: true }),
      );
    for (const { column, target } of links) {
      const reference = {
        table: target,
        onDelete: "restrict",
        constraint: `${name}_${column}_fkey`,
        allowUnreadable: false,
      } as const;
      columns.push(columnFixture(name, column, { kind: "uuid", reference }));
    }
    const table = tableFixture(name, {});
    const all = new Map([...table.columns, ...columns.map((column) => [column.name, column] as const)]);
    return { ...table, columns: all, relations: relationsOf(name), searchColumns: name === "items" ? ["title", "body"] : [] };
  });
  const claims = new Map(
    scalarKinds.map((kind) => [
      `claim_${kind}`,
      kind === "decimal" ? { scalar: kind, scale: 2 } : ({ scalar: kind } as ValueType),
    ]),
  );
  return {
    tables: new Map(tables.map((table) => [table.name, table])),
    roles: ["admin", "editor"],
    claims,
    actorId,
  };
}

function relationsOf(table: string): Relation[] {
  const relations: Relation[] = [];
  const add = (
    relation: Pick<Relation, "target" | "cardinality" | "column" | "targetColumn" | "constraint" | "foreignColumn" | "junction">,
  ): void => {
    relations.push({ ...relation, table, name: `${relation.cardinality}_${relation.constraint}_${relation.target}` });
  };
  for (const [from, links] of Object.entries(tableLinks)) {
    for (const { column, target } of links) {
      const constraint = `${from}_${column}_fkey`;
      if (from === table)
        add({ target, cardinality: "one", column, targetColumn: "id", constraint, foreignColumn: column, junction: undefined });
      if (target === table)
        add({
          target: from,
          cardinality: "many",
          column: "id",
          targetColumn: column,
          constraint,
          foreignColumn: column,
          junction: undefined,
        });
    }
  }
  const [near, far] = table === "items" ? ["item", "tag"] : ["tag", "item"];
  if (table === "items" || table === "tags") {
    const junction = { table: "item_tags", column: near, targetColumn: far, targetConstraint: `item_tags_${far}_fkey` };
    const target = table === "items" ? "tags" : "items";
    add({
      target,
      cardinality: "many",
      column: "id",
      targetColumn: "id",
      constraint: `item_tags_${near}_fkey`,
      foreignColumn: near,
      junction,
    });
  }
  return relations;
}

export function drawRows(draw: Draw, model: Model): ReadonlyMap<string, readonly StoredRow[]> {
  const rows = new Map<string, StoredRow[]>();
  for (const table of model.tables.values()) {
    const count = draw(fc.integer, { min: table.name === "items" ? 1 : 0, max: table.name === "item_tags" ? 5 : 3 });
    const made: StoredRow[] = [];
    rows.set(table.name, made);
    for (let index = 0; index < count; index++) made.push(drawRow(draw, table, `${table.name}-${index}`, rows));
  }
  return rows;
}

function drawRow(draw: Draw, table: Table, id: string, rows: ReadonlyMap<string, readonly StoredRow[]>): StoredRow {
  const row: Record<string, Stored> = { id };
  for (const column of table.columns.values()) {
    if (column.computed !== undefined || column.name === "id") continue;
    if (column.reference !== undefined) {
      const targets = rows.get(column.reference.table) ?? [];
      row[column.name] = pick(draw, null, ...targets.map((target) => target["id"] ?? null));
    } else if (column.nullable && draw(fc.integer, { min: 0, max: 3 }) === 0) row[column.name] = null;
    else row[column.name] = column.name === dyadicColumn ? pick(draw, ...dyadic) : drawStored(draw, column.type.scalar);
  }
  return row;
}

export function drawActor(draw: Draw, model: Model): ActorFacts {
  if (draw(fc.boolean)) return { signedIn: false, id: null, roles: [], claims: {} };
  const claims = [...model.claims].map(
    ([name, type]) => [name, draw(fc.boolean) ? drawStored(draw, type.scalar) : null] as const,
  );
  return {
    signedIn: true,
    id: pick(draw, "people-0", "people-1", "a", null),
    roles: draw(fc.subarray<string>, ["admin", "editor", "+password"]),
    claims: Object.fromEntries(claims),
    proved: draw(fc.boolean) ? drawStored(draw, "timestamp") : null,
  };
}

/** The rows that a relation leads to: the evaluator's way to them, without SQL. */
export function relatedIn(rows: World["rows"]): (relation: Relation, row: StoredRow) => readonly StoredRow[] {
  const equal = (table: string, column: string, value: Stored | undefined): readonly StoredRow[] =>
    value === null || value === undefined ? [] : (rows.get(table) ?? []).filter((row) => row[column] === value);
  return ({ target, column, targetColumn, junction }, row) => {
    if (junction === undefined) return equal(target, targetColumn, row[column]);
    return equal(junction.table, junction.column, row[column]).flatMap((between) =>
      equal(target, targetColumn, between[junction.targetColumn]),
    );
  };
}

/** The world's rows in a database in memory. */
export function openWorld({ model, rows }: Pick<World, "model" | "rows">): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  registerFunctions(database);
  for (const table of model.tables.values()) {
    const stored = [...table.columns.values()].filter((column) => column.computed === undefined);
    const name = identifier(table.name).text;
    const columns = stored.map(
      (column) =>
        `${identifier(column.name).text} ${column.kind.columnType.sqlite}${column.nullable || column.reference ? "" : " NOT NULL"}`,
    );
    database.exec(`CREATE TABLE ${name} (_key INTEGER PRIMARY KEY, ${columns.join(", ")}) STRICT`);
    const insert = database.prepare(
      `INSERT INTO ${name} (${stored.map((column) => identifier(column.name).text).join(", ")}) VALUES (${stored.map(() => "?").join(", ")})`,
    );
    for (const row of rows.get(table.name) ?? []) insert.run(...stored.map((column) => row[column.name] ?? null));
    if (table.searchColumns.length === 0) continue;
    const index = identifier(searchTable(table.name)).text;
    const searched = table.searchColumns.map((column) => identifier(column).text).join(", ");
    database.exec(
      `CREATE VIRTUAL TABLE ${index} USING fts5(${searched}, content='${table.name}', content_rowid='_key', tokenize='${searchTokenizer}')`,
    );
    database.exec(`INSERT INTO ${index}(${index}) VALUES ('rebuild')`);
  }
  return database;
}
