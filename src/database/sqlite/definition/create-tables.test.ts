import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds, type Stored } from "#contract";
import { ConstraintError } from "../../driver.ts";
import { call, column, type Constant, type Expression, scope } from "../../expression/expression.ts";
import { columnFixture, modelFixture, referenceTo, tableFixture } from "../../model/model-fixtures.ts";
import type { Model } from "../../model/model.ts";
import { schemaObjects } from "./create-tables.ts";
import { prepareDatabase } from "../prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite-database.ts";

const ids = [
  "0190f3c1-7b2a-7c3d-8e4f-000000000001",
  "0190f3c1-7b2a-7c3d-8e4f-000000000002",
  "0190f3c1-7b2a-7c3d-8e4f-000000000003",
] as const;

async function withDatabase(model: Model, work: (database: SqliteDatabase) => Promise<void>): Promise<void> {
  const database = await openSqlite({ path: ":memory:" });
  try {
    await prepareDatabase(database, model);
    await work(database);
  } finally {
    await database.close();
  }
}

function write(database: SqliteDatabase, sql: string, parameters: readonly Stored[] = []): Promise<number> {
  return database.transaction((connection) => connection.run(sql, parameters));
}

const broken = (expected: Partial<ConstraintError>) => (error: unknown) => {
  assert.ok(error instanceof ConstraintError, String(error));
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(error[key as keyof ConstraintError], value);
  return true;
};

test("a table is a list of lines: columns, then its constraints by name", () => {
  const model = modelFixture(
    tableFixture(
      "schools",
      {
        name: { kind: "text", nullable: false, limits: { maxLength: 200 } },
        open: { kind: "bool", default: { type: "value", value: 1 } },
      },
      {
        uniques: [
          { name: "schools_id_key", columns: ["id"] },
          { name: "schools_name_key", columns: ["name"] },
        ],
      },
    ),
    tableFixture("reviews", {
      id: { kind: "integer", nullable: false },
      school: { kind: "uuid", nullable: false, reference: referenceTo("reviews", "school", "schools", "cascade") },
    }),
  );
  const uuid = [8, 4, 4, 4, 12].map((digits) => "[0-9a-f]".repeat(digits)).join("-");
  assert.deepEqual(
    schemaObjects(model).map((object) => object.sql),
    [
      `CREATE TABLE "schools" (
  "_key" INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "name" TEXT NOT NULL,
  "open" INTEGER DEFAULT 1,
  CONSTRAINT "schools_id_form" CHECK ("id" GLOB '${uuid}'),
  CONSTRAINT "schools_name_form" CHECK (instr("name", char(0)) = 0),
  CONSTRAINT "schools_name_length" CHECK (length("name") <= 200),
  CONSTRAINT "schools_open_form" CHECK ("open" IN (0, 1))
) STRICT`,
      `CREATE UNIQUE INDEX "schools_name_key" ON "schools"("name")`,
      `CREATE TABLE "reviews" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "school" TEXT NOT NULL,
  CONSTRAINT "reviews_id_form" CHECK ("id" BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT "reviews_school_form" CHECK ("school" GLOB '${uuid}'),
  CONSTRAINT "reviews_school_fkey" FOREIGN KEY ("school") REFERENCES "schools"("id") ON DELETE CASCADE
) STRICT`,
      `CREATE INDEX "reviews_school_idx" ON "reviews"("school")`,
    ],
  );
});

test("a foreign key has an index of its own unless it leads another, and a computed column is not stored", () => {
  const reference = (name: string) => ({ kind: "uuid" as const, reference: referenceTo("b", name, "a") });
  const model = modelFixture(
    tableFixture("a", {}),
    tableFixture(
      "b",
      { one: reference("one"), two: reference("two"), three: reference("three"), sum: { kind: "integer", computed: number(1n) } },
      {
        uniques: [{ name: "b_one_two_key", columns: ["one", "two"] }],
        indexes: [{ name: "b_two_three_idx", columns: ["two", "three"] }],
      },
    ),
  );
  const objects = schemaObjects(model);
  assert.deepEqual(
    objects.filter((object) => object.type === "index").map((object) => object.name),
    ["b_one_two_key", "b_two_three_idx", "b_three_idx"],
  );
  assert.ok(objects.every((object) => !object.sql.includes('"sum"')));
});

test("deleting a row that others refer to is refused, takes them along, or cuts them loose, as the definition says", async () => {
  const model = modelFixture(
    tableFixture("a", {}),
    ...(["restrict", "cascade", "set null"] as const).map((onDelete, number) =>
      tableFixture(`b${number}`, { a: { kind: "uuid", reference: referenceTo(`b${number}`, "a", "a", onDelete) } }),
    ),
  );
  await withDatabase(model, async (database) => {
    for (const id of ids) await write(database, "INSERT INTO a(id) VALUES (?)", [id]);
    for (const [number, id] of ids.entries()) await write(database, `INSERT INTO b${number}(id, a) VALUES (?, ?)`, [id, id]);
    await assert.rejects(
      write(database, "INSERT INTO b0(id, a) VALUES (?, '0190f3c1-7b2a-7c3d-8e4f-00000000000f')", [ids[1]]),
      broken({ constraint: "foreignKey", referenced: false }),
    );
    await assert.rejects(
      write(database, "DELETE FROM a WHERE id = ?", [ids[0]]),
      broken({ constraint: "foreignKey", referenced: true }),
    );
    for (const id of ids.slice(1)) await write(database, "DELETE FROM a WHERE id = ?", [id]);
    assert.deepEqual(await database.all("SELECT (SELECT count(*) FROM b0), (SELECT count(*) FROM b1), (SELECT a FROM b2)", []), [
      [1, 0, null],
    ]);
  });
});

test("a unique over several columns names them, and takes any number of nulls", async () => {
  const model = modelFixture(
    tableFixture("t", { a: { kind: "text" }, b: { kind: "text" } }, { uniques: [{ name: "t_a_b_key", columns: ["a", "b"] }] }),
  );
  await withDatabase(model, async (database) => {
    await write(database, "INSERT INTO t(id, a, b) VALUES (?, 'x', NULL), (?, 'x', NULL)", ids.slice(0, 2));
    await write(database, "UPDATE t SET b = 'y' WHERE id = ?", [ids[0]]);
    await assert.rejects(
      write(database, "UPDATE t SET b = 'y' WHERE id = ?", [ids[1]]),
      broken({ constraint: "unique", table: "t", columns: ["a", "b"] }),
    );
    await assert.rejects(
      write(database, "INSERT INTO t(id) VALUES (?)", [ids[0]]),
      broken({ constraint: "unique", table: "t", columns: ["id"] }),
    );
  });
});

test("a whole-number id that was deleted is not given out again", async () => {
  await withDatabase(
    modelFixture(tableFixture("t", { id: { kind: "integer", nullable: false }, a: { kind: "text" } })),
    async (database) => {
      const insert = () => database.transaction((connection) => connection.get("INSERT INTO t(a) VALUES ('x') RETURNING id", []));
      assert.deepEqual(await insert(), [1]);
      await write(database, "DELETE FROM t");
      assert.deepEqual(await insert(), [2]);
      await assert.rejects(write(database, "INSERT INTO t(id) VALUES ('x')"), broken({ constraint: "datatype" }));
      await assert.rejects(
        write(database, "INSERT INTO t(id) VALUES (9007199254740992)"),
        broken({ constraint: "check", constraintName: "t_id_form" }),
      );
    },
  );
});

function number(value: bigint): Constant {
  return { type: "constant", value, valueType: { scalar: "integer" } };
}

test("a check of the table is held by the database, and passes what is unknown", async () => {
  const table = tableFixture("t", { low: { kind: "integer" }, high: { kind: "integer" }, note: { kind: "text" } });
  const of = (name: string): Expression =>
    column(scope("row"), columnFixture("t", name, { kind: name === "note" ? "text" : "integer" }));
  const text: Constant = { type: "constant", value: "it's\n?", valueType: { scalar: "text" } };
  const checks = [
    { name: "t_order", expression: call("lte", call("add", of("low"), number(-1n)), of("high")) },
    { name: "t_note", expression: call("neq", call("lower", of("note")), text) },
    { name: "t_note_like", expression: call("not", call("ilike", of("note"), { ...text, value: "%BAD*%" })) },
  ];
  await withDatabase(modelFixture({ ...table, checks }), async (database) => {
    const insert = (low: Stored, high: Stored, note: Stored) =>
      database.transaction(
        (connection) => connection.run("INSERT INTO t(id, low, high, note) VALUES (?, ?, ?, ?)", [ids[0], low, high, note]),
        { rollback: true },
      );
    for (const [low, high, note] of [
      [1, 2, "a"],
      [2, 1, "it's"],
      [null, 1, null],
      [9, null, "bad"],
    ] as const)
      assert.equal(await insert(low, high, note), 1);
    await assert.rejects(insert(3, 1, "a"), broken({ constraint: "check", constraintName: "t_order" }));
    await assert.rejects(insert(1, 1, "IT'S\n?"), broken({ constraint: "check", constraintName: "t_note" }));
    await assert.rejects(insert(1, 1, "so Bad* a"), broken({ constraint: "check", constraintName: "t_note_like" }));
  });
});

test("the search index follows every change, by whatever way it comes", async () => {
  const other = tableFixture("other", {});
  const model = modelFixture(
    other,
    tableFixture(
      "t",
      {
        title: { kind: "text", searchable: true },
        body: { kind: "text", searchable: true },
        n: { kind: "integer" },
        o: { kind: "uuid", reference: referenceTo("t", "o", "other", "cascade") },
      },
      {
        uniques: [{ name: "t_n_key", columns: ["n"] }],
      },
    ),
  );
  await withDatabase(model, async (database) => {
    const found = async (query: string) =>
      (
        await database.all("SELECT n FROM t WHERE _key IN (SELECT rowid FROM t_search WHERE t_search MATCH ?) ORDER BY n", [
          query,
        ])
      ).flat();
    const intact = () => write(database, "INSERT INTO t_search(t_search, rank) VALUES ('integrity-check', 1)");
    await write(database, "INSERT INTO other(id) VALUES (?)", [ids[0]]);
    await write(
      database,
      "INSERT INTO t(id, title, body, n, o) VALUES (?, 'École de Genève', NULL, 1, ?), (?, 'Zürich', 'school', 2, NULL)",
      [ids[0], ids[0], ids[1]],
    );
    assert.deepEqual(
      [await found("ecole"), await found("GENEVE"), await found("school OR zurich"), await found("body: zurich")],
      [[1], [1], [2], []],
    );
    await write(database, "UPDATE t SET title = 'Basel' WHERE n = 2");
    assert.deepEqual([await found("zurich"), await found("basel"), await found("school")], [[], [2], [2]]);
    // What the triggers change is not counted.
    assert.equal(await write(database, "UPDATE t SET n = n + 10, title = title || '.'"), 2);
    assert.deepEqual(await found("basel"), [12]);
    await write(
      database,
      "INSERT INTO t(id, title, n) VALUES (?, 'Bern', 12) ON CONFLICT (n) DO UPDATE SET title = excluded.title, body = NULL",
      [ids[2]],
    );
    assert.deepEqual([await found("basel"), await found("bern"), await found("school")], [[], [12], []]);
    await write(database, "INSERT OR REPLACE INTO t(id, title, n) VALUES (?, 'Chur', 12)", [ids[2]]);
    assert.deepEqual([await found("bern"), await found("chur")], [[], [12]]);
    await intact();
    await write(database, "DELETE FROM other");
    assert.deepEqual(await found("ecole"), []);
    await write(database, "DELETE FROM t");
    assert.deepEqual(await database.get("SELECT count(*) FROM t_search WHERE t_search MATCH 'chur OR bern OR basel'", []), [0]);
    await intact();
  });
});

test("every kind has a column type that a STRICT table takes", () => {
  for (const kind of Object.values(kinds)) assert.match(kind.columnType.sqlite, /^(?:TEXT|INTEGER|REAL|BLOB)$/);
});
