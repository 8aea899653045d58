import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import fc from "fast-check";
import type { Stored } from "#contract";
import { ConstraintError, type Connection, type TransactionOptions } from "../driver.ts";
import { modelFixture, tableFixture } from "../model/model-fixtures.ts";
import { SqliteConnection } from "../sqlite/connection.ts";
import { prepareDatabase } from "../sqlite/prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { hashEntry, noEntries } from "./audit-entry.ts";
import { auditTable, readAuditHead } from "./audit-table.ts";
import { type AuditFilter, listAudit } from "./list-audit.ts";
import { verifyAudit } from "./verify-audit.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const id = { kind: "integer", nullable: false, default: { type: "rowNumber" }, immutable: true } as const;
const audited = { audit: true } as const;
const model = modelFixture(
  tableFixture(
    "people",
    {
      id,
      name: { kind: "text" },
      salary: { kind: "decimal", type: { scalar: "decimal", scale: 2 }, options: { precision: 18, scale: 2 } },
      facts: { kind: "json" },
      picture: { kind: "bytes" },
      pin: { kind: "secret", secret: true },
    },
    audited,
  ),
  tableFixture("notes", { id, text: { kind: "text" } }, audited),
  tableFixture("visits", { id, text: { kind: "text" } }),
);

async function open(): Promise<SqliteDatabase> {
  let now = Date.UTC(2026, 10, 25, 12);
  const database = await openSqlite({ path: ":memory:", clock: { now: () => (now += 1000), monotonic: () => 0 } });
  cleanup.push(() => database.close());
  await prepareDatabase(database, model);
  return database;
}

const run = (database: SqliteDatabase, sql: string, options: TransactionOptions = {}): Promise<number> =>
  database.transaction((connection) => connection.run(sql, []), options);

const list = (database: SqliteDatabase, filter: Partial<AuditFilter> = {}): ReturnType<typeof listAudit> =>
  listAudit(database, { limit: 100, ...filter });

const anna = { author: { id: 7, system: false, requestId: "r-1" } };

test("every change of an audited table is written down with who made it, and secrets are not", async () => {
  const database = await open();
  await run(
    database,
    `INSERT INTO people (id, name, salary, facts, picture, pin) VALUES (1, 'Anna', 123456, '{"a":[1]}', x'00ff', 'hunter2')`,
    anna,
  );
  await run(database, "UPDATE people SET name = 'Anna B', pin = 'hunter3', picture = x'00ff', salary = NULL");
  await run(database, "INSERT INTO visits (text) VALUES ('not audited')", anna);
  await run(database, "DELETE FROM people", { author: { id: null, system: false } });
  const entries = (await list(database)).map(({ entry }) => ({ ...entry, changes: JSON.parse(entry.changes) as unknown }));
  assert.deepEqual(entries, [
    {
      sequence: 1,
      moment: "2026-11-25T12:00:01.000Z",
      author: "7",
      system: false,
      requestId: "r-1",
      impersonator: null,
      operation: "insert",
      table: "people",
      row: "1",
      changes: {
        id: { after: 1 },
        name: { after: "Anna" },
        salary: { after: "1234.56" },
        facts: { after: { a: [1] } },
        picture: { after: "\\x00ff" },
        pin: { secret: true },
      },
    },
    {
      sequence: 2,
      moment: "2026-11-25T12:00:02.000Z",
      author: null,
      system: true,
      requestId: null,
      impersonator: null,
      operation: "update",
      table: "people",
      row: "1",
      changes: {
        name: { before: "Anna", after: "Anna B" },
        salary: { before: "1234.56", after: null },
        pin: { secret: true },
      },
    },
    {
      sequence: 3,
      moment: "2026-11-25T12:00:03.000Z",
      author: null,
      system: false,
      requestId: null,
      impersonator: null,
      operation: "delete",
      table: "people",
      row: "1",
      changes: {
        id: { before: 1 },
        name: { before: "Anna B" },
        facts: { before: { a: [1] } },
        picture: { before: "\\x00ff" },
        pin: { secret: true },
      },
    },
  ]);
  const [text] = (await database.get(`SELECT group_concat(changes) FROM ${auditTable}`, [])) ?? [];
  assert.ok(!String(text).includes("hunter"));
});

test("an entry is there exactly when its change is, and numbers have no gap, whatever is undone", async () => {
  const database = await open();
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      database
        .transaction(
          async (connection) => {
            await connection.run("INSERT INTO notes (text) VALUES (?)", [`note ${index}`]);
            if (index % 3 === 0) throw new Error("no");
          },
          { brief: index % 2 === 0, rollback: index % 5 === 0 },
        )
        .catch(() => undefined),
    ),
  );
  const rows = await database.all("SELECT id FROM notes ORDER BY id", []);
  const entries = await list(database);
  assert.deepEqual(
    entries.map(({ entry }) => entry.sequence),
    rows.map((_, index) => index + 1),
  );
  assert.deepEqual(new Set(entries.map(({ entry }) => entry.row)), new Set(rows.map(([row]) => String(row))));
  assert.deepEqual(await verifyAudit(database), { head: await readAuditHead(database), problem: undefined });
});

test("statements may only add to the log, at its end", async () => {
  const database = await open();
  await run(database, "INSERT INTO notes (text) VALUES ('a'), ('b')");
  for (const sql of [
    `UPDATE ${auditTable} SET author = 'somebody else' WHERE sequence = 1`,
    `DELETE FROM ${auditTable}`,
    `DELETE FROM ${auditTable} WHERE sequence = 2`,
    `INSERT OR REPLACE INTO ${auditTable} SELECT * FROM ${auditTable} WHERE sequence = 1`,
    `INSERT INTO ${auditTable} SELECT sequence + 5, moment, author, system, request, operation, table_name, row_id, changes, hash, impersonator FROM ${auditTable}`,
  ])
    await assert.rejects(
      run(database, sql),
      (error) => error instanceof ConstraintError && /only added to/.test(error.constraintName ?? ""),
      sql,
    );
  assert.equal((await list(database)).length, 2);
});

test("a log from before administrators could act as somebody goes on, and its entries are what they were", async () => {
  const database = await open();
  const [row] = await database.all("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [auditTable]);
  const before = String(row?.[0]).replace(", impersonator TEXT)", ")");
  await run(database, `DROP TABLE ${auditTable}`);
  await run(database, before);
  await run(
    database,
    `INSERT INTO ${auditTable} VALUES (1, '2026-11-25T12:00:00.000Z', 'ada', 0, NULL, 'insert', 'notes', '1', '{}', '${hashEntry(noEntries.hash, { sequence: 1, moment: "2026-11-25T12:00:00.000Z", author: "ada", system: false, requestId: null, impersonator: null, operation: "insert", table: "notes", row: "1", changes: "{}" })}')`,
  );
  await prepareDatabase(database, model);
  await run(database, "INSERT INTO notes (id, text) VALUES (2, 'b')", {
    author: { id: "ada", system: false, impersonator: "eve" },
  });
  const [first, second] = await list(database);
  assert.deepEqual([first?.entry.impersonator, second?.entry.impersonator], [null, "eve"]);
  assert.equal((await verifyAudit(database)).problem, undefined);
});

test("the log is listed by table, row, author and time, the newest of them, in their order", async () => {
  const database = await open();
  await run(database, "INSERT INTO people (id, name) VALUES (1, 'a'), (2, 'b')", anna);
  await run(database, "INSERT INTO notes (id, text) VALUES (1, 'a')", { author: { id: "it's", system: false } });
  await run(database, "UPDATE people SET name = 'c' WHERE id = 2");
  const numbers = async (filter: Partial<AuditFilter>): Promise<readonly number[]> =>
    (await list(database, filter)).map(({ entry }) => entry.sequence);
  assert.deepEqual(await numbers({}), [1, 2, 3, 4]);
  assert.deepEqual(await numbers({ limit: 2 }), [3, 4]);
  assert.deepEqual(await numbers({ table: "people" }), [1, 2, 4]);
  assert.deepEqual(await numbers({ table: "people", row: "2" }), [2, 4]);
  assert.deepEqual(await numbers({ author: { id: "7" } }), [1, 2]);
  assert.deepEqual(await numbers({ author: { id: "it's" } }), [3]);
  assert.deepEqual(await numbers({ author: "system" }), [4]);
  assert.deepEqual(await numbers({ since: "2026-11-25T12:00:02.000Z" }), [3, 4]);
  assert.deepEqual(await numbers({ table: "people", author: "system", since: "2026-11-25T12:00:02.000Z" }), [4]);
  assert.deepEqual(await numbers({ table: "nowhere" }), []);
});

test("a log that ends before a noted head, or was written anew, is found by the head alone", async () => {
  const database = await open();
  assert.deepEqual(await verifyAudit(database), { head: noEntries, problem: undefined });
  await run(database, "INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')");
  const noted = await readAuditHead(database);
  await run(database, "INSERT INTO notes (text) VALUES ('d')");
  assert.equal((await verifyAudit(database, { noted })).problem, undefined);
  assert.match((await verifyAudit(database, { noted: { sequence: 9, hash: noted.hash } })).problem ?? "", /ends with entry 4/);
  assert.match(
    (await verifyAudit(database, { noted: { sequence: 2, hash: noted.hash } })).problem ?? "",
    /Entry 2 is not the one/,
  );
  await run(database, `DROP TABLE ${auditTable}`);
  assert.equal((await verifyAudit(database)).problem, undefined);
  assert.match((await verifyAudit(database, { noted })).problem ?? "", /no audit log/);
  await prepareDatabase(database, model);
  await run(database, "INSERT INTO notes (text) VALUES ('e'), ('f'), ('g')");
  assert.equal((await verifyAudit(database)).problem, undefined);
  assert.match((await verifyAudit(database, { noted })).problem ?? "", /Entry 3 is not the one/);
});

const columns = [
  "sequence",
  "moment",
  "author",
  "system",
  "request",
  "operation",
  "table_name",
  "row_id",
  "changes",
  "hash",
  "impersonator",
] as const;

/** Another value that the column takes. */
const other: Readonly<Record<(typeof columns)[number], (value: Stored, seed: number) => Stored>> = {
  sequence: (value, seed) => [Number(value) + 100, -Number(value), 0][seed % 3] ?? 0,
  moment: flipText,
  author: flipText,
  system: (value, seed) => [1 - Number(value), 2, -1][seed % 3] ?? 2,
  request: flipText,
  operation: flipText,
  table_name: flipText,
  row_id: flipText,
  changes: flipText,
  hash: (value, seed) => (seed % 2 === 0 ? String(value).toUpperCase() : flipText(value, seed)),
  impersonator: (value) => (value === null ? "eve" : null),
};

function flipText(value: Stored, seed: number): Stored {
  if (value === null) return ["", "null", "x"][seed % 3] ?? "x";
  const text = String(value);
  if (seed % 5 === 0) return `${text} `;
  if (seed % 5 === 1 && text !== "") return text.slice(1);
  const at = seed % Math.max(text.length, 1);
  return `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
}

test("whatever is changed, removed, added or moved in a log of rows is found, and where", async () => {
  const database = await open();
  for (let index = 0; index < 4; index++) await run(database, `INSERT INTO notes (id, text) VALUES (${index}, 'note')`, anna);
  await run(database, "UPDATE notes SET text = 'x' WHERE id = 2");
  await run(database, "DELETE FROM notes WHERE id = 1", { author: { id: null, system: false } });
  const rows = await database.all(`SELECT ${columns.join(", ")} FROM ${auditTable}`, []);
  const objects = await database.all("SELECT sql FROM sqlite_schema WHERE tbl_name = ? ORDER BY type", [auditTable]);
  const copy = (entries: readonly (readonly Stored[])[]): Connection => {
    const connection = new SqliteConnection({ path: ":memory:", readOnly: false, busyTimeout: 0, maxStatements: 9, pragmas: [] });
    const [table = "", ...triggers] = objects.map(([sql]) => String(sql));
    connection.run(table, []);
    for (const entry of entries) connection.run(`INSERT INTO ${auditTable} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, entry);
    for (const trigger of triggers) connection.run(trigger, []);
    const opened = connection as unknown as Connection;
    cleanup.push(() => connection.close());
    return opened;
  };
  assert.equal((await verifyAudit(copy(rows))).problem, undefined);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(rows.length - 1),
      fc.constantFrom(...columns),
      fc.nat(),
      fc.constantFrom("change" as const, "remove" as const, "swap" as const, "double" as const),
      async (at, column, seed, way) => {
        const changed = rows.map((row) => [...row]);
        const entry = changed[at] ?? [];
        const place = columns.indexOf(column);
        if (way === "change") entry[place] = other[column](entry[place] ?? null, seed);
        // Without a noted head the last may go unnoticed.
        else if (way === "remove") changed.splice(Math.min(at, rows.length - 2), 1);
        else if (way === "double") changed.splice(at, 0, [at === 0 ? -5 : 100, ...entry.slice(1)]);
        else {
          const beside = changed[(at + 1) % rows.length] ?? [];
          [entry[0], beside[0]] = [beside[0] ?? null, entry[0] ?? null];
        }
        const { problem, head } = await verifyAudit(copy(changed));
        assert.ok(problem !== undefined, `${way} ${column} of ${at}`);
        assert.ok(head.sequence <= rows.length);
        for (const step of cleanup.splice(1)) await step();
      },
    ),
    { numRuns: 300 },
  );
});

test("an entry that is written anew with a good hash of its own breaks the next", async () => {
  const database = await open();
  await run(database, "INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')");
  const entries = await list(database);
  const [first, second] = entries;
  assert.ok(first !== undefined && second !== undefined);
  const forged = { ...second.entry, author: "somebody else" };
  await run(database, `DROP TRIGGER ${auditTable}_no_update`);
  await database.transaction((connection) =>
    connection.run(`UPDATE ${auditTable} SET author = ?, hash = ? WHERE sequence = 2`, [
      forged.author,
      hashEntry(first.hash, forged),
    ]),
  );
  assert.match((await verifyAudit(database)).problem ?? "", /Entry 3, or entry 2 before it, was changed/);
});

test("triggers that are gone, or do something else, are found, and put back at the next start", async () => {
  const database = await open();
  await run(database, "INSERT INTO notes (text) VALUES ('a')");
  await run(database, `DROP TRIGGER ${auditTable}_no_update`);
  await run(database, `DROP TRIGGER ${auditTable}_no_delete`);
  await run(database, `CREATE TRIGGER ${auditTable}_no_delete BEFORE DELETE ON ${auditTable} BEGIN SELECT 1; END`);
  assert.match(
    (await verifyAudit(database)).problem ?? "",
    /No entry was changed, .*: _chassis_audit_no_update, _chassis_audit_no_delete are not as Chassis made it\./,
  );
  await prepareDatabase(database, model);
  assert.equal((await verifyAudit(database)).problem, undefined);
  await assert.rejects(run(database, `UPDATE ${auditTable} SET author = 'x'`), ConstraintError);
  await assert.rejects(run(database, `DELETE FROM ${auditTable}`), ConstraintError);
});
