import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { differences } from "../../sqlite/definition/inspect.ts";
import { applyMigration, rollbackMigration } from "../apply/apply-migration.ts";
import { describeRehearsal } from "./describe-rehearsal.ts";
import { clock, named, openWith } from "../migration-fixtures.ts";
import { migrationStatus } from "../migration-status.ts";
import { planMigration } from "../plan/plan-migration.ts";
import { purgeHidden } from "../apply/purge-hidden.ts";
import { rehearseMigration } from "./rehearse-migration.ts";
import type { PlannedStep } from "../step.ts";
import { after, answers, before, contentsBefore, fill, wholeMigration } from "../whole-scenario.ts";

function folder(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), "chassis-rehearse-"));
  return { path: join(path, "site.db"), [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test("a rehearsal tries the migration on a copy, up, down and up, and changes nothing", async () => {
  using place = folder();
  const database = await openWith(before, place.path);
  await fill(database, 250);
  const was = await contentsBefore(database);
  const migration = wholeMigration(await planMigration(database, after, answers));
  const statements = [{ name: "The rule of articles", sql: "SELECT id FROM articles WHERE heading = 'x'" }];
  // The database is open meanwhile, with what is not in its file yet.
  const rehearsal = await rehearseMigration(place.path, migration, { model: after, statements, clock });
  assert.deepEqual(rehearsal.problems, []);
  assert.equal(rehearsal.isGood, true);
  assert.deepEqual(
    rehearsal.tables.map(({ table, rowsBefore, rowsAfter, rowsAfterDown, changedAfterDown }) => [
      table,
      rowsBefore,
      rowsAfter,
      rowsAfterDown,
      changedAfterDown,
    ]),
    [
      ["authors", 2, 2, 2, {}],
      ["articles", 250, 250, 250, {}],
    ],
  );
  assert.deepEqual(Object.keys(rehearsal.tables[1]?.changed ?? {}).sort(), ["note", "price", "stars"]);
  assert.deepEqual(await contentsBefore(database), was);
  assert.deepEqual(
    readdirSync(dirname(place.path)).filter((name) => name.includes("rehearsal")),
    [],
  );
  const text = describeRehearsal(rehearsal);
  for (const line of [
    /^Rehearsed on a copy of .*: nothing speaks against it\.$/m,
    /^ {2}articles +250 +250$/m,
    /^ {2}rename column articles\.title to heading +\d+ ms/m,
  ])
    assert.match(text, line);
  await database.close();
});

test("a rehearsal finds what is wrong: rows that go, a schema that is another, a rule that does not compile, no way back", async () => {
  using place = folder();
  const database = await openWith(before, place.path);
  await fill(database, 20);
  const plan = await planMigration(database, after, answers);
  const loses: PlannedStep = {
    type: "sql",
    sql: "DELETE FROM articles WHERE id = 3; DROP INDEX articles_heading_idx;",
    undo: [],
  };
  const migration = { ...named(plan), migration: { ...named(plan).migration, steps: [...plan.steps, loses] } };
  const rehearsal = await rehearseMigration(place.path, migration, {
    model: after,
    statements: [{ name: "The rule of articles", sql: "SELECT titel FROM articles" }],
    clock,
  });
  assert.equal(rehearsal.isGood, false);
  assert.deepEqual(rehearsal.problems.length, 3);
  const all = rehearsal.problems.join("\n");
  for (const message of [
    /cannot be rolled back/,
    /index 'articles_heading_idx' is missing/,
    /The rule of articles does not work on the new schema: no such column: titel/,
  ])
    assert.match(all, message);
  assert.match(rehearsal.notes.join("\n"), /'articles' lacks 1 of its 20 rows/);
  await database.close();
});

test("what is hidden is listed with its time, and purged for good when it is over", async () => {
  using place = folder();
  const database = await openWith(before, place.path);
  await fill(database, 250);
  await applyMigration(database, wholeMigration(await planMigration(database, after, answers)), { clock });
  const status = await migrationStatus(database);
  assert.deepEqual(
    status.migrations.map(({ id, state }) => [id, state]),
    [["20261125000000_whole", "applied"]],
  );
  assert.equal(status.unfinished, undefined);
  assert.deepEqual(status.hidden.map(({ kind, table, column }) => [kind, table, column].join(" ")).toSorted(), [
    "column articles mood",
    "column articles note",
    "column articles price",
    "column articles stars",
    "table authors ",
    "table tags ",
  ]);
  assert.equal(status.hidden[0]?.until, "2026-12-25T00:00:00.000Z");
  assert.deepEqual(await purgeHidden(database, { clock }), []);
  const later = { ...clock, now: () => clock.now() + 31 * 86_400_000 };
  assert.equal((await purgeHidden(database, { clock: later })).length, 6);
  assert.deepEqual((await migrationStatus(database)).hidden, []);
  assert.deepEqual(await differences(after, database), []);
  const left = await database.all(
    "SELECT name FROM sqlite_schema WHERE name LIKE '%tags%' OR name LIKE '_chassis_1%' OR sql LIKE '%mood%'",
    [],
  );
  assert.deepEqual(left, []);
  assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
  await assert.rejects(rollbackMigration(database, { clock }), /purged|is not in the database|no such/);
  await database.close();
});
