import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Stored } from "#contract";
import { ConstraintError } from "../driver.ts";
import { SqliteConnection } from "../sqlite/connection.ts";
import { quoteName } from "../sqlite/dialect/literals.ts";
import { type ChangesetRow, readChangeset } from "./changeset.ts";

type Type = "TEXT" | "INTEGER" | "REAL" | "BLOB";

const valuesOf: Readonly<Record<Type, fc.Arbitrary<Stored>>> = {
  TEXT: fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constantFrom("", "\u0000", "\ufeffa", "🚲", "a\u0000b")),
  INTEGER: fc.oneof(
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0, -1, 2n ** 63n - 1n, -(2n ** 63n), 9007199254740991, 9007199254740993n),
  ),
  REAL: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 1, -1.5, 1e300, 5e-324)),
  BLOB: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array())),
};

interface TableShape {
  readonly name: string;
  /** The types of its columns, beside the key. */
  readonly types: readonly Type[];
  /** Where the key stands among them. */
  readonly keyPlace: number;
  /** Whether no two rows may have the same first value. */
  readonly unique: boolean;
}

const tableShape: fc.Arbitrary<TableShape> = fc
  .record({
    name: fc.constantFrom("plain", "with space", 'quo"te', "ünïcode", "_chassis_x"),
    types: fc.array(fc.constantFrom<Type>("TEXT", "INTEGER", "REAL", "BLOB"), { minLength: 1, maxLength: 9 }),
    keyPlace: fc.nat(9),
    unique: fc.boolean(),
  })
  .map((shape) => ({ ...shape, keyPlace: Math.min(shape.keyPlace, shape.types.length) }));

type Operation =
  | {
      readonly type: "insert" | "replace" | "update";
      readonly key: number | bigint;
      readonly values: readonly Stored[];
      readonly of: readonly number[];
    }
  | { readonly type: "delete"; readonly key: number | bigint }
  | { readonly type: "move"; readonly key: number | bigint; readonly to: number | bigint }
  | { readonly type: "updateAll"; readonly values: readonly Stored[] }
  | { readonly type: "deleteAll" | "copyTwin" | "savepoint" | "undo" };

const key = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 2n ** 62n, -(2n ** 63n)) },
);

function operation({ types }: TableShape): fc.Arbitrary<Operation> {
  const values = fc.tuple(...types.map((type) => fc.option(valuesOf[type], { nil: null, freq: 4 })));
  const of = fc.uniqueArray(fc.nat(types.length - 1), { minLength: 1 });
  const write = fc.record({ type: fc.constantFrom("insert" as const, "replace" as const, "update" as const), key, values, of });
  return fc.oneof(
    { weight: 12, arbitrary: write },
    { weight: 4, arbitrary: fc.record({ type: fc.constant("delete" as const), key }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("move" as const), key, to: key }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("updateAll" as const), values }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constantFrom("deleteAll" as const, "copyTwin" as const, "savepoint" as const, "undo" as const),
      }),
    },
  );
}

const history = tableShape.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    earlier: fc.array(operation(shape), { maxLength: 20 }),
    watched: fc.array(operation(shape), { maxLength: 40 }),
  }),
);

test("the changes of a session, applied to the rows before, give the rows after, whatever was done in between", () => {
  fc.assert(
    fc.property(history, ({ shape, earlier, watched }) => {
      const connection = new SqliteConnection({
        path: ":memory:",
        readOnly: false,
        busyTimeout: 0,
        maxStatements: 100,
        pragmas: [],
      });
      try {
        createTables(connection, shape);
        connection.run("BEGIN", []);
        // The same statements run before they are watched, and are prepared then.
        run(connection, shape, [...earlier, { type: "deleteAll" }, ...earlier]);
        const before = rowsOf(connection, shape);
        const session = connection.startSession();
        run(connection, shape, watched);
        const after = rowsOf(connection, shape);
        const changes = [...readChangeset(session.changeset(), (name) => name === shape.name)];
        session.close();
        assert.deepEqual(apply(before, changes, shape), after);
      } finally {
        connection.close();
      }
    }),
    { numRuns: 300 },
  );
});

test("bytes that are no changeset are refused and never taken for one", () => {
  const connection = new SqliteConnection({ path: ":memory:", readOnly: false, busyTimeout: 0, maxStatements: 10, pragmas: [] });
  connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB) STRICT");
  const session = connection.startSession();
  connection.execute("INSERT INTO t VALUES (1, 'abc', x'0102'), (2, NULL, NULL)");
  const bytes = session.changeset();
  session.close();
  connection.close();
  assert.equal([...readChangeset(bytes, () => true)].length, 2);
  const count = (cut: Uint8Array, isWanted: boolean): number | "refused" => {
    try {
      return [...readChangeset(cut, () => isWanted)].length;
    } catch (error) {
      assert.match((error as Error).message, /not a changeset/);
      return "refused";
    }
  };
  for (let length = 1; length < bytes.length; length++) {
    const cut = bytes.subarray(0, length);
    // Where it is not refused it was cut between two rows, or after the head of the table.
    assert.notEqual(count(cut, true), 2);
    assert.equal(count(cut, false) === "refused", count(cut, true) === "refused");
  }
  assert.throws(() => [...readChangeset(new Uint8Array([18, 0, 1]), () => true)], /not a changeset/);
});

function createTables(connection: SqliteConnection, { name, types, keyPlace, unique }: TableShape): void {
  const columns = types.map((type, index) => `c${index} ${type}`);
  columns.splice(keyPlace, 0, "k INTEGER PRIMARY KEY");
  for (const table of [name, "twin"]) {
    connection.execute(`CREATE TABLE ${quoteName(table)} (${columns.join(", ")}) STRICT`);
    if (unique) connection.execute(`CREATE UNIQUE INDEX ${quoteName(`${table} c0`)} ON ${quoteName(table)}(c0)`);
  }
  connection.execute("INSERT INTO twin (k) VALUES (1), (20), (21)");
  // Its rows stand between those of the first in a changeset, and are not asked for.
  connection.execute("CREATE TABLE other (id INTEGER PRIMARY KEY, a, b, c, d) ");
}

/** What breaks a constraint changes nothing, or only what came before it in the same statement, which is undone. */
function run(connection: SqliteConnection, { name, types }: TableShape, operations: readonly Operation[]): void {
  const table = quoteName(name);
  const all = types.map((_, index) => `c${index}`);
  const attempt = (sql: string, parameters: readonly Stored[] = []): void => {
    try {
      connection.run(sql, parameters);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
    }
  };
  let depth = 0;
  for (const operation of operations) {
    switch (operation.type) {
      case "insert":
      case "replace":
        attempt(`${operation.type.toUpperCase()} INTO ${table} (k, ${all.join(", ")}) VALUES (?${", ?".repeat(all.length)})`, [
          operation.key,
          ...operation.values,
        ]);
        attempt("INSERT INTO other (a, b, c, d) VALUES (?, 1.5, x'00ff', NULL)", ["text".repeat(50)]);
        attempt("UPDATE other SET b = 2 WHERE id = 1");
        break;
      case "update":
        attempt(`UPDATE ${table} SET ${operation.of.map((index) => `c${index} = ?`).join(", ")} WHERE k = ?`, [
          ...operation.of.map((index) => operation.values[index] ?? null),
          operation.key,
        ]);
        break;
      case "updateAll":
        attempt(`UPDATE ${table} SET c0 = ?`, operation.values.slice(0, 1));
        break;
      case "delete":
        attempt(`DELETE FROM ${table} WHERE k = ?`, [operation.key]);
        break;
      case "move":
        attempt(`UPDATE OR REPLACE ${table} SET k = ? WHERE k = ?`, [operation.to, operation.key]);
        break;
      case "deleteAll":
        attempt(`DELETE FROM ${table}`);
        break;
      case "copyTwin":
        // Between tables that are alike SQLite copies rows as they lie, where the one is empty.
        attempt(`INSERT INTO ${table} SELECT * FROM twin`);
        break;
      case "savepoint":
        attempt(`SAVEPOINT s${depth++}`);
        break;
      case "undo":
        if (depth > 0) attempt(`ROLLBACK TO s${--depth}`);
        break;
    }
  }
}

type Rows = ReadonlyMap<string, readonly Stored[]>;

function rowsOf(connection: SqliteConnection, { name, keyPlace }: TableShape): Rows {
  const rows = connection.all(`SELECT * FROM ${quoteName(name)} ORDER BY k`, []);
  return new Map(rows.map((row) => [String(row[keyPlace]), row.map(comparable)]));
}

function apply(before: Rows, changes: readonly ChangesetRow[], { name, keyPlace }: TableShape): Rows {
  const rows = new Map(before);
  for (const change of changes) {
    assert.equal(change.table, name);
    assert.deepEqual(change.keyColumns, [keyPlace]);
    const side = change.operation === "insert" ? change.after : change.before;
    const found = String(side[keyPlace]);
    const row = rows.get(found);
    if (change.operation === "insert") {
      assert.equal(row, undefined, "what is inserted was not there");
      rows.set(
        found,
        change.after.map((value) => comparable(value ?? null)),
      );
      continue;
    }
    assert.ok(row !== undefined, "what is changed was there");
    const known = change.before.map((value, place) => (value === undefined ? row[place] : comparable(value)));
    assert.deepEqual(known, row, "the values before are those that were there");
    if (change.operation === "delete") {
      assert.ok(!change.before.includes(undefined));
      rows.delete(found);
      continue;
    }
    for (const [place, value] of change.after.entries()) {
      if (place === keyPlace) continue;
      assert.equal(value === undefined, change.before[place] === undefined, "a change says what was before and what is after");
      if (value !== undefined) assert.notDeepEqual(comparable(value), row[place], "what is said to have changed did");
    }
    rows.set(
      found,
      row.map((value, place) => (change.after[place] === undefined ? value : comparable(change.after[place]))),
    );
  }
  return new Map([...rows].sort(([one], [other]) => (BigInt(one) < BigInt(other) ? -1 : 1)));
}

/** Bytes as a text of their own, so that they can be compared; the zero below zero as zero, for SQLite keeps one of them. */
function comparable(value: Stored): Stored {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  return typeof value === "number" && value === 0 ? 0 : value;
}
