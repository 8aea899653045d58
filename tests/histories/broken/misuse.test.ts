import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { AnomalyName } from "../checker/anomalies.ts";
import { check, describe } from "../checker/check.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { samplePlans } from "../run/plan.ts";
import { runPlan } from "../run/run-plan.ts";
import { type Misuse, SqliteStore } from "./sqlite-store.ts";

const seed = 20_26;
/** At the most: in `npm test` no more than it takes to see what must be seen. */
const runs = 60;
const least = propertyRuns(20, runs);

interface Expected {
  /** All of these must be seen over all runs. */
  readonly seen: readonly AnomalyName[];
  /** And none but these. Any, where left out. */
  readonly only?: readonly AnomalyName[];
  /** The least share of runs in which something is found. */
  readonly share: number;
}

const misuses: Readonly<Record<Exclude<Misuse, "none">, Expected>> = {
  "no transaction": { seen: ["G1a", "G-single", "internal", "lost-update"], share: 0.6 },
  "reads before the transaction": { seen: ["lost-update", "G-single", "internal"], share: 0.3 },
  "reads on the writer's connection": { seen: ["internal", "G-single"], share: 0.3 },
  "reads of several statements": { seen: ["internal", "G-single"], share: 0.3 },
  "snapshot isolation": { seen: ["G2"], only: ["G2", "real-time"], share: 0.02 },
  "commits that are lost": { seen: ["lost-write", "stale-read"], share: 0.6 },
  "reads from an old copy": { seen: ["stale-read"], share: 0.6 },
  "savepoints that undo nothing": { seen: ["G1a"], share: 0.6 },
  "retries that write again": { seen: ["duplicate"], share: 0.3 },
};

for (const [misuse, { seen, only, share }] of Object.entries(misuses)) {
  test(`a database with ${misuse} is caught`, async (t) => {
    const { counts, bad, done } = await countAnomalies(t, misuse as Misuse, { seen, share });
    const told = JSON.stringify(Object.fromEntries(counts));
    t.diagnostic(`${bad} of ${done} runs: ${told}`);
    for (const name of seen) assert.ok(counts.has(name), `no ${name}: ${told}`);
    if (only !== undefined) assert.deepEqual(new Set([...only, ...counts.keys()]), new Set(only));
    assert.ok(bad / done >= share, `found in ${bad} of ${done}`);
  });
}

test("a database that is used well is not accused", async (t) => {
  const { report } = await countAnomalies(t, "none");
  assert.equal(report, "");
});

async function countAnomalies(
  t: TestContext,
  misuse: Misuse,
  enough?: Expected,
): Promise<{
  readonly counts: ReadonlyMap<AnomalyName, number>;
  readonly bad: number;
  readonly done: number;
  readonly report: string;
}> {
  const folder = await temporaryFolder(t);
  const counts = new Map<AnomalyName, number>();
  let [bad, done] = [0, 0];
  let report = "";
  for (const [index, plan] of samplePlans(runs, seed).entries()) {
    const isSeen = enough === undefined || (bad / done >= enough.share && enough.seen.every((name) => counts.has(name)));
    if (index >= least && isSeen) break;
    done++;
    const store = new SqliteStore(join(folder, `${index}.db`), misuse);
    const history = await runPlan(plan, store);
    store.close();
    const found = check(history);
    for (const { name } of found) counts.set(name, (counts.get(name) ?? 0) + 1);
    if (found.length > 0) bad++;
    report ||= describe(history, found);
  }
  return { counts, bad, done, report };
}
