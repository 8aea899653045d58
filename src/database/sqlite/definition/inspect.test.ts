import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type KindName, kinds, type Stored } from "#contract";
import { call, column, type Expression, scope } from "../../expression/expression.ts";
import { type ColumnFixture, modelFixture, referenceTo, tableFixture } from "../../model/model-fixtures.ts";
import { type Column, columnOf, type Model, type Table } from "../../model/model.ts";
import { schemaObjects } from "./create-tables.ts";
import { compareSchemas, differences, inspectDatabase } from "./inspect.ts";
import { prepareDatabase } from "../prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite-database.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const name = fc
  .stringMatching(/^[a-z][a-z_]{0,8}[a-z]$/)
  .filter((text) => !["id", "_key"].includes(text) && !text.startsWith("sqlite"));
const defaults: Partial<Record<KindName, fc.Arbitrary<Stored>>> = {
  text: fc.string({ unit: fc.constantFrom("a", "'", '"', "\n", ",", "(", ")", "-", "é", "🚲", " ", ";", "?", "\t") }),
  integer: fc.integer({ min: -5, max: 5 }),
  real: fc.double({ noNaN: true, min: -100, max: 100 }),
  bool: fc.constantFrom(0, 1),
  date: fc.constant("2026-11-25"),
};

const columnFixtures: fc.Arbitrary<ColumnFixture> = fc.constantFrom(...(Object.keys(kinds) as KindName[])).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    nullable: fc.boolean(),
    default: fc.option(
      (defaults[kind] ?? fc.constant(null)).map((value) => ({ type: "value" as const, value })),
      { nil: undefined },
    ),
    limits: ["text", "secret"].includes(kind)
      ? fc.record(
          {
            minLength: fc.nat(3),
            maxLength: fc.integer({ min: 4, max: 99 }),
            pattern: fc.constant({ source: "it's, (\\d)", flags: "i" }),
          },
          { requiredKeys: [] },
        )
      : fc.constant({}),
    options:
      kind === "enum"
        ? fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }).map((values) => ({ values }))
        : fc.constant({}),
    searchable: fc.boolean().map((yes) => yes && ["text", "email", "url"].includes(kind)),
  }),
);

/** Tables with columns of every kind, uniques and indexes over some of them, and references among the tables. */
const models: fc.Arbitrary<Model> = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).chain((tables) =>
  fc
    .tuple(
      ...tables.map((table) =>
        fc
          .record({
            integerKey: fc.boolean(),
            columns: fc.dictionary(name, columnFixtures, { minKeys: 1, maxKeys: 6 }),
            target: fc.option(fc.constantFrom(...tables), { nil: undefined }),
            onDelete: fc.constantFrom("restrict" as const, "cascade" as const),
            unique: fc.nat(),
            index: fc.nat(),
          })
          .map((shape) => ({ table, ...shape })),
      ),
    )
    .map((shapes) => {
      const keyKind = new Map(
        shapes.map(({ table, integerKey }): [string, KindName] => [table, integerKey ? "integer" : "uuid"]),
      );
      return modelFixture(
        ...shapes.map(({ table, columns, target, onDelete, unique, index }) => {
          const fields = Object.keys(columns);
          const [first, second] = [fields[unique % fields.length] ?? "", fields[index % fields.length] ?? ""];
          const reference: Record<string, ColumnFixture> =
            target === undefined
              ? {}
              : { ref_to: { kind: keyKind.get(target) ?? "uuid", reference: referenceTo(table, "ref_to", target, onDelete) } };
          const id: Record<string, ColumnFixture> =
            keyKind.get(table) === "integer" ? { id: { kind: "integer", nullable: false } } : {};
          return tableFixture(
            table,
            { ...id, ...columns, ...reference },
            {
              uniques: [{ name: `${table}_${first}_key`, columns: [first] }],
              indexes: [{ name: `${table}_${second}_idx`, columns: [second, "id"] }],
              checks: [{ name: `${table}_check`, expression: idCheck(table, keyKind.get(table) ?? "uuid") }],
            },
          );
        }),
      );
    }),
);

function idCheck(table: string, kind: KindName): Expression {
  const id = columnOf(tableFixture(table, { id: { kind, nullable: false } }), "id");
  return call("not", call("isNull", column(scope("row"), id)));
}

interface Change {
  /** Undefined where there is nothing of the kind to change. */
  readonly apply: (table: Table, column: Column) => Table | undefined;
  /** What some line must say; with {table} and {column}. */
  readonly says: string;
}

const withColumn = (table: Table, changed: Column): Table => ({
  ...table,
  columns: new Map([...table.columns].map(([key, old]) => [key, key === changed.name ? changed : old])),
});
const isPlain = (column: Column): boolean => column.name !== "id" && column.reference === undefined;

const changes: Readonly<Record<string, Change>> = {
  "a column more": {
    apply: (table) => ({
      ...table,
      columns: new Map([...tableFixture(table.name, { zz_new: { kind: "text" } }).columns, ...table.columns]),
    }),
    says: "table '{table}': column 'zz_new' is missing",
  },
  "another type": {
    apply: (table, column) =>
      isPlain(column) && column.kind.columnType.sqlite !== "BLOB"
        ? withColumn(table, { ...column, kind: kinds.bytes, limits: {} })
        : undefined,
    says: "table '{table}': column '{column}' has type",
  },
  "required or not": {
    apply: (table, column) => (isPlain(column) ? withColumn(table, { ...column, nullable: !column.nullable }) : undefined),
    says: "table '{table}': column '{column}'",
  },
  "another default": {
    apply: (table, column) =>
      isPlain(column) && column.kind.name === "text"
        ? withColumn(table, { ...column, default: { type: "value", value: "entirely, (new" } })
        : undefined,
    says: "table '{table}': column '{column}' has",
  },
  "another limit": {
    apply: (table, column) =>
      isPlain(column) && column.kind.name === "text"
        ? withColumn(table, { ...column, limits: { ...column.limits, maxLength: 1234 } })
        : undefined,
    says: "table '{table}': constraint '{table}_{column}_length'",
  },
  "another member of an enum": {
    apply: (table, column) =>
      column.kind.name === "enum"
        ? withColumn(table, { ...column, options: { values: [...(column.options.values ?? []), "zz, (new"] } })
        : undefined,
    says: "table '{table}': constraint '{table}_{column}_form' is CHECK",
  },
  "another end of a reference": {
    apply: (table, column) =>
      column.reference === undefined
        ? undefined
        : withColumn(table, { ...column, reference: { ...column.reference, onDelete: "set null" } }),
    says: "table '{table}': constraint '{table}_{column}_fkey' is FOREIGN KEY",
  },
  "another check": {
    apply: (table) => ({
      ...table,
      checks: table.checks.map((check) => ({ ...check, expression: call("not", check.expression) })),
    }),
    says: "table '{table}': constraint '{table}_check' is CHECK",
  },
  "a unique less": { apply: (table) => ({ ...table, uniques: [] }), says: "table '{table}': unique index '{table}_" },
  "an index more": {
    apply: (table) => ({ ...table, indexes: [...table.indexes, { name: "zz_idx", columns: ["id"] }] }),
    says: "table '{table}': index 'zz_idx' is missing",
  },
  "another index": {
    apply: (table) => ({
      ...table,
      indexes: table.indexes.map((index) => ({ ...index, columns: ["id", ...index.columns.slice(0, 1)] })),
    }),
    says: "table '{table}': index '{table}_",
  },
  "other searchable columns": {
    apply: (table) => ({ ...table, searchColumns: table.searchColumns.length > 0 ? [] : ["id"] }),
    says: "'{table}_search'",
  },
};

async function withDatabase(model: Model, work: (database: SqliteDatabase) => Promise<void>): Promise<void> {
  const database = await openSqlite({ path: ":memory:" });
  try {
    assert.equal(await prepareDatabase(database, model), "created");
    await work(database);
  } finally {
    await database.close();
  }
}

test("a database made from a model does not differ from it, and one change is named", async () => {
  const seen = new Map(Object.keys(changes).map((key) => [key, 0]));
  await fc.assert(
    fc.asyncProperty(models, fc.nat(), fc.nat(), async (model, tableNumber, columnNumber) => {
      const tables = [...model.tables.values()];
      const table = tables[tableNumber % tables.length] as Table;
      const columns = [...table.columns.values()];
      const start = columnNumber % columns.length;
      const rotated = [...columns.slice(start), ...columns.slice(0, start)];
      await withDatabase(model, async (database) => {
        assert.deepEqual(await differences(model, database), []);
        assert.equal(await prepareDatabase(database, model), "same");
        for (const [what, { apply, says }] of Object.entries(changes)) {
          const column = rotated.find((candidate) => apply(table, candidate) !== undefined);
          const changed = column === undefined ? undefined : apply(table, column);
          if (column === undefined || changed === undefined) continue;
          seen.set(what, (seen.get(what) ?? 0) + 1);
          const lines = await differences({ ...model, tables: new Map([...model.tables, [table.name, changed]]) }, database);
          const expected = says.replaceAll("{table}", table.name).replaceAll("{column}", column.name);
          assert.ok(
            lines.some((line) => line.includes(expected)),
            `${what}: ${expected} in\n${lines.join("\n")}`,
          );
          assert.ok(
            lines.every((line) => line.startsWith(`table '${table.name}`)),
            lines.join("\n"),
          );
        }
        const more = { ...model, tables: new Map([...model.tables, ["zz_new", tableFixture("zz_new", {})]]) };
        assert.deepEqual(await differences(more, database), ["table 'zz_new' is missing"]);
        const referred = [...model.tables.values()].some((other) =>
          [...other.columns.values()].some(({ reference }) => reference?.table === table.name),
        );
        if (referred) return;
        const fewer = { ...model, tables: new Map([...model.tables].filter(([key]) => key !== table.name)) };
        const lines = await differences(fewer, database);
        assert.ok(lines.includes(`table '${table.name}' is in the database and not in the definition`));
      });
    }),
    { numRuns: propertyRuns(20, 60) },
  );
  assert.deepEqual(
    [...seen].filter(([, count]) => count === 0),
    [],
  );
});

test("differences are told in words", async () => {
  const schools = tableFixture("schools", {
    name: { kind: "text", nullable: false },
    country: { kind: "text", limits: { maxLength: 2 } },
  });
  await withDatabase(modelFixture(schools), async (database) => {
    const statements = [
      "CREATE TABLE scools (a)",
      "CREATE VIEW overview AS SELECT 1",
      "CREATE TRIGGER meddle AFTER INSERT ON schools BEGIN SELECT 1; END",
      "ALTER TABLE schools RENAME COLUMN name TO title",
      "ALTER TABLE schools ADD COLUMN founded INTEGER DEFAULT (-1)",
    ];
    await database.transaction(async (connection) => {
      for (const statement of statements) await connection.run(statement, []);
    });
    assert.deepEqual(await differences(modelFixture(schools, tableFixture("cities", {})), database), [
      "table 'cities' is missing",
      "table 'scools' is in the database and not in the definition",
      "table 'overview': view 'overview' is in the database and not in the definition",
      "table 'schools': trigger 'meddle' is in the database and not in the definition",
      "table 'schools': column 'name' is missing",
      "table 'schools': column 'title' is in the database and not in the definition",
      "table 'schools': column 'founded' is in the database and not in the definition",
    ]);
  });
});

test("a table of another hand is told apart column by column", () => {
  const wanted = schemaObjects(
    modelFixture(tableFixture("t", { n: { kind: "integer", nullable: false, default: { type: "value", value: 3 } } })),
  );
  const sql =
    "create table t(_key integer primary key /* , x */, id text, n TEXT default 'a,(b', check (n > 'x, y'), CONSTRAINT [t n] UNIQUE (n, id))";
  const lines = compareSchemas(wanted, [{ type: "table", name: "t", table: "t", sql }]);
  for (const line of [
    "table 't': column 'n' has type TEXT, the definition says INTEGER",
    "table 't': column 'n' may be empty, the definition requires it",
    "table 't': column 'n' has default 'a,(b', the definition says default 3",
    "table 't': constraint 'check ( n > 'x, y' )' is in the database and not in the definition",
    "table 't': constraint 't n' is in the database and not in the definition",
    "table 't': is not STRICT, the definition says STRICT",
  ]) {
    assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join("\n")}`);
  }
});

test("what FTS5 and SQLite keep for themselves is not part of the schema", async () => {
  const model = modelFixture(
    tableFixture("t", { id: { kind: "integer", nullable: false }, body: { kind: "text", searchable: true } }),
  );
  await withDatabase(model, async (database) => {
    const names = (await inspectDatabase(database)).map((object) => object.name);
    assert.deepEqual(names, ["t", "t_search", "t_search_insert", "t_search_update", "t_search_delete"]);
  });
});
