import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { Connection } from "../driver.ts";
import type { StoredRow } from "../expression/evaluate.ts";
import { modelFixture, referenceTo, tableFixture } from "../model/model-fixtures.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite-database.ts";
import type { CommitEntry } from "./row-change.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

const id = { kind: "integer", nullable: false, default: { type: "rowNumber" }, immutable: true } as const;
const model = modelFixture(
  tableFixture(
    "cities",
    { id, name: { kind: "text", searchable: true }, twin: { kind: "text" } },
    {
      uniques: [{ name: "cities_twin_key", columns: ["twin"] }],
      audit: true,
    },
  ),
  tableFixture("streets", { id, city: { kind: "integer", reference: referenceTo("streets", "city", "cities", "cascade") } }),
  tableFixture("houses", { id, street: { kind: "integer", reference: referenceTo("houses", "street", "streets", "set null") } }),
);

const row = fc.integer({ min: 1, max: 6 });
const statement = fc.oneof(
  fc
    .tuple(row, fc.string({ maxLength: 3 }))
    .map(([key, name]) => `INSERT INTO cities (id, name) VALUES (${key}, '${name.replaceAll(/['\0]/g, "")}')`),
  fc
    .tuple(row, row)
    .map(([key, twin]) => `INSERT OR REPLACE INTO cities (id, name, twin) VALUES (${key}, 'replaced', '${twin}')`),
  fc.tuple(row, row).map(([key, city]) => `INSERT INTO streets (id, city) VALUES (${key}, ${city})`),
  fc
    .tuple(row, row)
    .map(
      ([key, street]) =>
        `INSERT INTO houses (id, street) VALUES (${key}, ${street}) ON CONFLICT (id) DO UPDATE SET street = excluded.street`,
    ),
  fc.tuple(row, row).map(([key, twin]) => `UPDATE cities SET name = name || 'x', twin = '${twin}' WHERE id >= ${key}`),
  row.map((key) => `UPDATE cities SET name = name WHERE id = ${key}`),
  row.map((key) => `DELETE FROM streets WHERE id = ${key}`),
  row.map((key) => `DELETE FROM cities WHERE id <= ${key}`),
  fc.constantFrom("DELETE FROM houses", "SAVEPOINT a", "ROLLBACK TO a", "RELEASE a"),
);

const transaction = fc.record({
  statements: fc.array(statement, { maxLength: 8 }),
  end: fc.constantFrom("commit" as const, "commit" as const, "commit" as const, "throw" as const, "dry run" as const),
  brief: fc.boolean(),
  pauses: fc.boolean(),
});

/** The tables of a database as its feed tells of them, held to what each change says was there before. */
class Replica {
  readonly rows = new Map<string, StoredRow>();

  apply({ changes }: CommitEntry): void {
    for (const { table, key, before, after } of changes) {
      const name = `${table} ${key}`;
      assert.deepEqual(this.rows.get(name), before, name);
      if (after === undefined) this.rows.delete(name);
      else this.rows.set(name, after);
    }
  }
}

async function rowsOf(database: SqliteDatabase): Promise<ReadonlyMap<string, StoredRow>> {
  const rows = new Map<string, StoredRow>();
  for (const { name, columns } of model.tables.values()) {
    const names = [...columns.keys()];
    for (const values of await database.all(`SELECT ${names.join(", ")} FROM ${name}`, []))
      rows.set(`${name} ${String(values[0])}`, Object.fromEntries(names.map((column, index) => [column, values[index] ?? null])));
  }
  return rows;
}

test("a replica that follows the feed has the rows of the database, whatever transactions do at once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 12 }), async (transactions) => {
      const database = await openSqlite({ path: ":memory:" });
      try {
        await prepareDatabase(database, model);
        const subscription = await database.feed.subscribe();
        const replica = new Replica();
        let last = 0;
        const following = (async () => {
          for await (const entry of subscription) {
            if (last !== 0) assert.equal(entry.sequence, last + 1);
            last = entry.sequence;
            replica.apply(entry);
          }
        })();
        await Promise.allSettled(
          transactions.map(({ statements, end, brief, pauses }) =>
            database.transaction(
              async (connection) => {
                for (const sql of statements) {
                  await attempt(connection, sql);
                  if (pauses) await setImmediate();
                }
                if (end === "throw") throw new Error("no");
              },
              { brief, rollback: end === "dry run" },
            ),
          ),
        );
        const expected = await rowsOf(database);
        const { position: end } = await database.feed.subscribe();
        while (subscription.position !== end) await setImmediate();
        subscription.close();
        await following;
        assert.deepEqual(replica.rows, expected);
      } finally {
        await database.close();
      }
    }),
    { numRuns: propertyRuns(15, 40) },
  );
});

/** A statement that breaks a constraint, or a savepoint that is not there, is no matter: the transaction goes on. */
async function attempt(connection: Connection, sql: string): Promise<void> {
  await connection.run(sql, []).catch(() => undefined);
}
