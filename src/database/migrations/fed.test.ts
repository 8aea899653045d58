import assert from "node:assert/strict";
import { test } from "node:test";
import type { RowChange } from "../feed/row-change.ts";
import { applyMigration, rollbackMigration } from "./apply/apply-migration.ts";
import { clock, insert, openWith } from "./migration-fixtures.ts";
import { planMigration } from "./plan/plan-migration.ts";
import { after, answers, before, contentsBefore, fill, wholeMigration } from "./whole-scenario.ts";

test("beside a server that follows every change a migration works, and tells of no change that is none for its version", async () => {
  const database = await openWith(before);
  try {
    await fill(database, 250);
    const was = await contentsBefore(database);
    database.follow(before);
    const told: RowChange[] = [];
    const stop = database.onBeforeCommit({
      tables: ["posts", "tags", "authors"],
      beforeCommit: async (changes) => void told.push(...changes),
    });
    const subscription = await database.feed.subscribe();
    await applyMigration(database, wholeMigration(await planMigration(database, after, answers)), { clock });
    await rollbackMigration(database, { clock });
    assert.deepEqual(told, []);
    await insert(database, "tags", { post: 3 });
    assert.deepEqual(
      told.map(({ table, type }) => [table, type]),
      [["tags", "insert"]],
    );
    await database.transaction((connection) => connection.run("DELETE FROM tags WHERE id = (SELECT max(id) FROM tags)", []));
    const { sequence, ...rows } = (await contentsBefore(database)) as { readonly sequence: unknown };
    const { sequence: old, ...same } = was as { readonly sequence: unknown };
    assert.deepEqual(rows, same);
    assert.notDeepEqual(sequence, old);
    stop();
    subscription.close();
  } finally {
    await database.close();
  }
});
