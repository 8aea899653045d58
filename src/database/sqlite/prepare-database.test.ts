import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { ConstraintError } from "../driver.ts";
import { modelFixture, tableFixture } from "../model/model-fixtures.ts";
import { DatabaseRefusedError } from "./errors.ts";
import { prepareDatabase, SchemaDifferenceError } from "./prepare-database.ts";
import { openSqlite, type SqliteDatabase } from "./sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

function file(): string {
  const path = mkdtempSync(join(tmpdir(), "chassis-prepare-"));
  cleanup.push(() => rmSync(path, { recursive: true, force: true }));
  return join(path, "a.db");
}

async function open(path: string): Promise<SqliteDatabase> {
  const database = await openSqlite({ path });
  cleanup.push(() => database.close());
  return database;
}

const clock = { now: () => Date.UTC(2026, 10, 25), monotonic: () => 0 };
const schools = tableFixture("schools", { name: { kind: "text", nullable: false }, country: { kind: "text" } });
const model = modelFixture(schools);

test("an empty file gets the tables once, and keeps its rows when it is opened again", async () => {
  const path = file();
  const first = await open(path);
  assert.equal(await prepareDatabase(first, model, clock), "created");
  assert.deepEqual(await first.get("SELECT value FROM _chassis WHERE name = 'created'", []), ["2026-11-25T00:00:00.000Z"]);
  assert.equal(await prepareDatabase(first, model, clock), "same");
  await first.transaction((connection) =>
    connection.run("INSERT INTO schools(id, name) VALUES ('0190f3c1-7b2a-7c3d-8e4f-000000000001', 'Delft')", []),
  );
  await first.close();
  const second = await open(path);
  assert.equal(await prepareDatabase(second, model), "same");
  assert.deepEqual(await second.all("SELECT name FROM schools", []), [["Delft"]]);
  await assert.rejects(
    second.transaction((connection) => connection.run("INSERT INTO schools(id, name) VALUES ('x', 'y')", [])),
    ConstraintError,
  );
});

test("a database whose tables differ is refused with every difference and what to do, and not changed", async () => {
  const database = await open(file());
  await prepareDatabase(database, model);
  const before = await database.all("SELECT sql FROM sqlite_schema", []);
  const changed = modelFixture(
    tableFixture("schools", { name: { kind: "integer", nullable: false } }),
    tableFixture("cities", {}),
  );
  await assert.rejects(prepareDatabase(database, changed), (error) => {
    assert.ok(error instanceof SchemaDifferenceError);
    for (const line of [
      "table 'cities' is missing",
      "column 'country' is in the database and not",
      "column 'name' has type TEXT, the definition says INTEGER",
    ])
      assert.ok(error.message.includes(line), error.message);
    assert.match(error.message, /chassis migrate plan.*put the definition back.*new database file/);
    assert.ok(error.message.includes(database.path));
    return true;
  });
  assert.deepEqual(await database.all("SELECT sql FROM sqlite_schema", []), before);
});

test("what another application or another version made is refused", async () => {
  const foreign = await open(file());
  await foreign.transaction((connection) => connection.run("CREATE TABLE invoices (a)", []));
  await assert.rejects(
    prepareDatabase(foreign, model),
    (error) => error instanceof DatabaseRefusedError && /invoices/.test(error.message),
  );

  const later = await open(file());
  await prepareDatabase(later, model);
  await later.transaction((connection) => connection.run("UPDATE _chassis SET value = '99' WHERE name = 'format'", []));
  await assert.rejects(
    prepareDatabase(later, model),
    (error) => error instanceof DatabaseRefusedError && /format 99/.test(error.message),
  );
});

test("tables are made all or none", async () => {
  const database = await open(file());
  const table = tableFixture(
    "t",
    { a: { kind: "text" } },
    {
      indexes: [
        { name: "t_a_idx", columns: ["a"] },
        { name: "t_a_idx", columns: ["a"] },
      ],
    },
  );
  await assert.rejects(prepareDatabase(database, modelFixture(table)), /already exists/);
  assert.deepEqual(await database.get("SELECT count(*) FROM sqlite_schema", []), [0]);
  assert.equal(await prepareDatabase(database, model), "created");
});
