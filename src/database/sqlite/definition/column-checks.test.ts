import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stored } from "#contract";
import { ConstraintError } from "../../driver.ts";
import { type ColumnFixture, modelFixture, tableFixture } from "../../model/model-fixtures.ts";
import { prepareDatabase } from "../prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite-database.ts";

interface Scenario {
  readonly column: ColumnFixture;
  readonly good: readonly Stored[];
  readonly bad: readonly Stored[];
  /** Written as SQL, for what no parameter can be. */
  readonly badSql?: readonly string[];
}

const blob = new Uint8Array([65, 66]);

/** What raw SQL may and may not put into a column of each kind: nothing here passes through validation. */
const scenarios: Readonly<Record<string, Scenario>> = {
  uuid: {
    column: { kind: "uuid" },
    good: ["0190f3c1-7b2a-7c3d-8e4f-0123456789ab"],
    bad: [
      "",
      "0190F3C1-7B2A-7C3D-8E4F-0123456789AB",
      "0190f3c17b2a7c3d8e4f0123456789ab",
      " 0190f3c1-7b2a-7c3d-8e4f-0123456789ab",
      blob,
      7,
    ],
  },
  text: {
    column: { kind: "text" },
    good: ["", "é", "👩‍🏫"],
    bad: ["a\u0000b", "\u0000", blob],
    badSql: ["CAST(x'4100' AS TEXT)"],
  },
  secret: { column: { kind: "secret" }, good: ["s"], bad: ["\u0000", blob] },
  email: {
    column: { kind: "email" },
    good: ["ann@example.org"],
    bad: ["ann", "ann@", "a b@example.org", "ann@example.org\n", "ann@example.org\u0000", blob],
  },
  url: {
    column: { kind: "url" },
    good: ["https://example.org/a?b"],
    bad: ["example.org", "javascript:alert(1)", "https://", "https://a\u0000.org", blob],
  },
  enum: {
    column: { kind: "enum", options: { values: ["draft", "it's"] } },
    good: ["draft", "it's"],
    bad: ["Draft", "", "draft ", blob, 1],
  },
  integer: {
    column: { kind: "integer" },
    good: [0, -1, 9007199254740991, -9007199254740991],
    bad: [1.5, "x", "1.5", "", 9007199254740992n, -9007199254740992n, 1e300, Number.POSITIVE_INFINITY, blob],
  },
  decimal: {
    column: { kind: "decimal", options: { precision: 5, scale: 2 } },
    good: [0n, 99999n, -99999n],
    bad: [100000n, -100000n, 1.5, "a", blob],
  },
  "decimal of full precision": {
    column: { kind: "decimal", options: { precision: 18, scale: 4 } },
    good: [999999999999999999n, -999999999999999999n],
    bad: [1000000000000000000n],
  },
  real: {
    column: { kind: "real" },
    good: [0.1, -1.7976931348623157e308, 5e-324, 3],
    bad: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "x", "", blob],
    badSql: ["9e999"],
  },
  bool: { column: { kind: "bool" }, good: [0, 1], bad: [2, -1, 0.5, "true", "", blob] },
  timestamp: {
    column: { kind: "timestamp" },
    good: [
      "2026-11-25T18:00:00.000Z",
      "0001-01-01T00:00:00.000Z",
      "9999-12-31T23:59:59.999Z",
      "2024-02-29T12:30:45.678Z",
      "1969-12-31T23:59:59.001Z",
    ],
    bad: [
      "2026-11-25",
      "2026-11-25T18:00:00Z",
      "2026-11-25 18:00:00.000Z",
      "2026-11-25T18:00:00.000",
      "2026-02-30T18:00:00.000Z",
      "2025-02-29T12:30:45.678Z",
      "2026-11-25T24:00:00.000Z",
      "2026-11-25T23:60:00.000Z",
      "2026-11-25T23:59:60.000Z",
      "0000-01-01T00:00:00.000Z",
      "2026-11-25T18:00:00.000z",
      "-001-01-01T00:00:00.000Z",
      "now",
      "",
      "2460000.5",
      2460000.5,
      "2026-11-25T18:00:00.000Z ",
      "2026-11-25T18:00:00.000Z\u0000x",
      blob,
    ],
  },
  date: {
    column: { kind: "date" },
    good: ["2026-11-25", "0001-01-01", "9999-12-31", "2024-02-29"],
    bad: [
      "2026-11-5",
      "2026-11-31",
      "2025-02-29",
      "2026-13-01",
      "0000-01-01",
      "2026-11-25T00:00",
      "now",
      "today",
      "",
      "2026-11-25\u0000",
      2460000,
      blob,
    ],
  },
  json: {
    column: { kind: "json" },
    good: ["null", "1", '"a"', '{"a":[1,2,{"b":null}]}', "[]"],
    bad: ["", "{", "{a:1}", "[1,]", "'a'", "NaN", "Infinity", "// x\n1", '"\\u0000"', "1\u0000", blob],
  },
  bytes: { column: { kind: "bytes" }, good: [new Uint8Array(0), new Uint8Array([0, 255])], bad: ["text", "", 1, 1.5] },
  "required text": { column: { kind: "text", nullable: false }, good: ["x"], bad: [null] },
  "required e-mail address": { column: { kind: "email", nullable: false }, good: ["a@b.org"], bad: [null, ""] },
  "text with a minimum and maximum length": {
    column: { kind: "text", limits: { minLength: 2, maxLength: 3 } },
    good: ["ab", "👩👩👩", "éé"],
    bad: ["a", "abcd", "👩", "ab\u0000"],
  },
  "text of one length": { column: { kind: "text", limits: { minLength: 2, maxLength: 2 } }, good: ["nl"], bad: ["n", "nld"] },
  "text with a pattern": {
    column: { kind: "text", limits: { pattern: { source: "^it's \\d+(?<!5)$", flags: "i" } } },
    good: ["it's 12", "IT'S 4"],
    bad: ["it's", "it's 15", "x it's 1"],
  },
  "integer with bounds": { column: { kind: "integer", limits: { min: 1, max: 5 } }, good: [1, 5], bad: [0, 6, "6"] },
  "real with bounds": { column: { kind: "real", limits: { min: -0.5, max: 1e21 } }, good: [-0.5, 1e21], bad: [-0.6, 2e21] },
  "decimal with bounds": {
    column: { kind: "decimal", limits: { min: -50n, max: 1250n } },
    good: [1250n, -50n],
    bad: [1251n, -51n],
  },
  "date with bounds": { column: { kind: "date", limits: { min: "2020-01-01" } }, good: ["2020-01-01"], bad: ["2019-12-31"] },
  "bytes with a length": {
    column: { kind: "bytes", limits: { maxLength: 2 } },
    good: [new Uint8Array([0, 0])],
    bad: [new Uint8Array([0, 0, 0])],
  },
};

const broken = (error: unknown): boolean =>
  error instanceof ConstraintError && ["check", "datatype", "notNull"].includes(error.constraint);

for (const [name, scenario] of Object.entries(scenarios)) {
  test(`raw SQL puts only valid values into a column: ${name}`, async () => {
    const database = await openSqlite({ path: ":memory:" });
    try {
      await prepareDatabase(
        database,
        modelFixture(tableFixture("t", { id: { kind: "integer", nullable: false }, value: scenario.column })),
      );
      for (const value of scenario.good) {
        await insert(database, "?", [value]);
        const [[stored] = []] = await database.all("SELECT value FROM t ORDER BY id DESC LIMIT 1", []);
        if (typeof value === "object") assert.deepEqual(stored, value);
        else assert.equal(String(stored), String(value));
      }
      if (scenario.column.nullable !== false) await insert(database, "NULL", []);
      const count = await database.get("SELECT count(*) FROM t", []);
      for (const value of scenario.bad) {
        await assert.rejects(insert(database, "?", [value]), broken, `inserting ${JSON.stringify(String(value))}`);
        const update = database.transaction((connection) => connection.run("UPDATE OR REPLACE t SET value = ?", [value]));
        await assert.rejects(update, broken, `updating to ${JSON.stringify(String(value))}`);
        const ignored = await database
          .transaction((connection) => connection.run("INSERT OR IGNORE INTO t(value) VALUES (?)", [value]))
          .catch(() => 0);
        assert.equal(ignored, 0);
      }
      for (const value of scenario.badSql ?? []) await assert.rejects(insert(database, value, []), broken);
      assert.deepEqual(await database.get("SELECT count(*) FROM t", []), count);
    } finally {
      await database.close();
    }
  });
}

test("every kind of the table of kinds has its scenario", async () => {
  const { kinds } = await import("#contract");
  const covered = new Set(Object.values(scenarios).map((scenario) => scenario.column.kind));
  assert.deepEqual(
    Object.keys(kinds).filter((kind) => !covered.has(kind as never)),
    [],
  );
});

function insert(database: SqliteDatabase, value: string, parameters: readonly Stored[]): Promise<number> {
  return database.transaction((connection) => connection.run(`INSERT INTO t(value) VALUES (${value})`, parameters));
}
