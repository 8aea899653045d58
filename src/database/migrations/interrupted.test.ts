import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "../sqlite/definition/inspect.ts";
import type { SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "./apply/apply-migration.ts";
import { clock, openWith } from "./migration-fixtures.ts";
import { planMigration } from "./plan/plan-migration.ts";
import { after, answers, before, contentsAfter, contentsBefore, fill, wholeMigration } from "./whole-scenario.ts";

async function withScenario(work: (database: SqliteDatabase) => Promise<void>): Promise<void> {
  const database = await openWith(before);
  try {
    await fill(database, 250);
    await work(database);
  } finally {
    await database.close();
  }
}

/** Stops after so many transactions; says whether it got to the end before. */
async function stopAfter(
  count: number,
  run: (options: { signal: AbortSignal; onTransaction: () => void }) => Promise<unknown>,
): Promise<boolean> {
  const controller = new AbortController();
  let transactions = 0;
  try {
    await run({
      signal: controller.signal,
      onTransaction: () => {
        if (++transactions === count) controller.abort(new Error("stopped by the test"));
      },
    });
    return true;
  } catch (error) {
    assert.match(String(error), /stopped by the test/);
    return false;
  }
}

async function check(database: SqliteDatabase): Promise<void> {
  assert.deepEqual(await database.all("PRAGMA integrity_check", []), [["ok"]]);
  assert.deepEqual(await database.all("PRAGMA foreign_key_check", []), []);
  const leftovers =
    "name LIKE '\\_chassis\\_convert%' ESCAPE '\\' OR name LIKE '\\_chassis\\_rebuild%' ESCAPE '\\' OR name LIKE '\\_chassis\\_new%' ESCAPE '\\'";
  assert.deepEqual(await database.all(`SELECT name FROM sqlite_schema WHERE ${leftovers}`, []), []);
  assert.deepEqual(await database.all("SELECT name FROM _chassis_progress", []), []);
}

test("a migration of every type of step goes up and down, and up again", async () => {
  await withScenario(async (database) => {
    const was = await contentsBefore(database);
    const plan = await planMigration(database, after, answers);
    assert.deepEqual([plan.questions, plan.losses.filter((loss) => !loss.isAllowed)], [[], []]);
    const migration = wholeMigration(plan);
    const types = new Set(migration.migration.steps.flatMap((step) => [step.type, ...step.undo.map((undo) => undo.type)]));
    assert.deepEqual(
      [...types].sort(),
      [
        "addColumn",
        "addConstraint",
        "changeColumn",
        "changeSearch",
        "convertColumn",
        "createIndex",
        "createSearch",
        "createTable",
        "dropConstraint",
        "dropIndex",
        "dropSearch",
        "hideColumn",
        "hideTable",
        "rebuildTable",
        "renameColumn",
        "renameObjects",
        "renameTable",
        "showColumn",
        "showTable",
        "sql",
        "updateRows",
      ].sort(),
    );
    assert.equal((await applyMigration(database, migration, { clock })).isExpected, true);
    assert.deepEqual(await differences(after, database), []);
    await check(database);
    const is = await contentsAfter(database);
    assert.equal((await rollbackMigration(database, { clock })).isExpected, true);
    assert.deepEqual(await differences(before, database), []);
    assert.deepEqual(await contentsBefore(database), was);
    await check(database);
    assert.equal((await applyMigration(database, migration, { clock })).isExpected, true);
    assert.deepEqual(await contentsAfter(database), is);
    await check(database);
  });
});

test("stopped after some of its transactions it goes on to the same end, or back to the same beginning", async () => {
  let [was, is]: unknown[] = [];
  await withScenario(async (database) => {
    was = await contentsBefore(database);
    await applyMigration(database, wholeMigration(await planMigration(database, after, answers)), { clock });
    is = await contentsAfter(database);
  });
  // One in so many, others each time: all of them take a quarter of a minute.
  const stride = 6;
  const runsLeft = async (count: number, direction: "on" | "back"): Promise<boolean> => {
    let isOver = false;
    await withScenario(async (database) => {
      const migration = wholeMigration(await planMigration(database, after, answers));
      isOver = await stopAfter(count, (options) => applyMigration(database, migration, { clock, ...options, batchTime: 2 }));
      if (direction === "on") {
        if (!isOver) assert.equal((await applyMigration(database, migration, { clock })).resumed, true, `after ${count}`);
        assert.deepEqual(await differences(after, database), [], `after ${count}`);
        assert.deepEqual(await contentsAfter(database), is, `after ${count}`);
      } else {
        // Going back is stopped half-way as well.
        const back = await stopAfter(Math.ceil(count / 2), (options) => rollbackMigration(database, { clock, ...options }));
        if (!back) await rollbackMigration(database, { clock });
        assert.deepEqual(await differences(before, database), [], `back after ${count}`);
        assert.deepEqual(await contentsBefore(database), was, `back after ${count}`);
      }
      await check(database);
    });
    return !isOver;
  };
  for (let count = 1 + Math.floor(Math.random() * stride); await runsLeft(count, "on"); count += stride)
    await runsLeft(count + stride / 2, "back");
});
