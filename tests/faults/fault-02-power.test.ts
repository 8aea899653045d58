import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPower, power } from "./fault-02-power.ts";
import { requireNeeds } from "./needs.ts";
import { testFault } from "./run-short.ts";
import { RunScope } from "./scope.ts";

testFault(power, { leastAcknowledged: 300 });

test("the same power cut takes from lose-minutes what it may: acknowledged writes, and never half of one", {
  timeout: 120_000,
}, async (t) => {
  if (!requireNeeds(t, power.needs)) return;
  await using scope = new RunScope();
  const { acknowledged, lost, half } = await cutPower(scope, 0, "lose-minutes");
  t.diagnostic(`${lost.length} of ${acknowledged} lost`);
  assert.ok(lost.length > 0, "the cut loses nothing, so the test above shows nothing");
  assert.deepEqual(half, []);
});
