import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { SqliteStore } from "../broken/sqlite-store.ts";
import { check } from "../checker/check.ts";
import type { History } from "../checker/history.ts";
import { samplePlans } from "../run/plan.ts";
import { runPlan } from "../run/run-plan.ts";
import { corruptions } from "./corruptions.ts";

/** Of histories as large as those that are recorded: the share of corruptions that must be found. Some do no harm. */
const leastShare = 0.9;
const mayBeHarmless: Readonly<Record<string, number>> = {
  // One who reads at the time of a write may see it or not.
  "a read without its last value": 0.7,
  "a register as it was one version ago": 0.7,
  // A version of a register that nobody saw.
  "a write that nobody made": 0.8,
  "a commit that was told to be none": 0.8,
};

test("what is changed in a recorded history is found", async (t) => {
  const folder = await temporaryFolder(t);
  const recorded: History[] = [];
  for (const [index, plan] of samplePlans(30, 7).entries()) {
    const store = new SqliteStore(join(folder, `${index}.db`), "none");
    recorded.push(await runPlan(plan, store));
    store.close();
  }
  for (const [name, corrupt] of Object.entries(corruptions)) {
    await t.test(name, (t) => {
      const corrupted = recorded.flatMap((history, index) =>
        Array.from({ length: 5 }, (_, time) => corrupt(history, (index * 5 + time) * 104_729)).filter(
          (each) => each !== undefined,
        ),
      );
      const found = corrupted.filter((history) => check(history).length > 0).length;
      t.diagnostic(`found ${found} of ${corrupted.length}`);
      assert.ok(corrupted.length > 50, `only ${corrupted.length} histories could be corrupted`);
      assert.ok(found / corrupted.length >= (mayBeHarmless[name] ?? leastShare), `found ${found} of ${corrupted.length}`);
    });
  }
});
