import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { search } from "../run/search.ts";
import { HurriedFunctions } from "./functions-store.ts";
import { RunningChassis } from "./platform-store.ts";
import { ways } from "./ways.ts";
import { propertyRuns } from "../../support/property-runs.ts";

// Short: `npm run histories` takes longer. The seed is another one each day, so that in the end many are tried.
const seed = Math.floor(Date.now() / 86_400_000);

test("random transactions by HTTP, in all ways there are, have a serial order", async (t) => {
  const chassis = await RunningChassis.start(await temporaryFolder(t));
  t.after(() => chassis.close());
  await searchFor(t, chassis, propertyRuns(50, 80));
  for (const { name, refusesAll } of ways) {
    const ends = chassis.tally.ways.get(name);
    const done = refusesAll === true ? ends?.refused.size : ends?.committed;
    assert.ok(done !== undefined && done > 0, `nothing was done by '${name}'`);
  }
});

test("so have those of functions on a database that has neither time nor room for all of them", async (t) => {
  const functions = await HurriedFunctions.start(await temporaryFolder(t));
  t.after(() => functions.close());
  await searchFor(t, functions, propertyRuns(60, 120));
  const refusals = new Set([...functions.tally.ways.values()].flatMap(({ refused }) => [...refused.keys()]));
  for (const refusal of ["forbidden", "overloaded", "timeout"])
    assert.ok(refusals.has(refusal), `nothing was refused as ${refusal}`);
});

async function searchFor(
  t: TestContext,
  { store, tally }: Pick<RunningChassis, "store" | "tally">,
  histories: number,
): Promise<void> {
  const { failure } = await search({ store, seed, histories });
  t.diagnostic(`${tally.transactions} transactions\n${tally.toString()}`);
  if (failure !== undefined) assert.fail(failure);
}
