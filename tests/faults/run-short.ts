import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "./fault.ts";
import { requireNeeds } from "./needs.ts";
import { RunScope } from "./scope.ts";

/** The short version of a fault, as tests: nothing lost, nothing half done, nothing there that should not be. */
export function testFault(fault: Fault, { leastAcknowledged = 20 }: { readonly leastAcknowledged?: number } = {}): void {
  for (const round of fault.short) {
    test(`fault ${fault.number}, ${fault.name} ${fault.done}: round ${round}`, { timeout: 120_000 }, async (t) => {
      if (!requireNeeds(t, fault.needs)) return;
      await using scope = new RunScope();
      const { acknowledged, lost, half, wrong, unknown, note } = await fault.run(scope, round);
      t.diagnostic(`${acknowledged} acknowledged, ${unknown} of unknown outcome. ${note ?? ""}`);
      assert.deepEqual({ lost, half, wrong }, { lost: [], half: [], wrong: [] });
      // A run in which nothing was written shows nothing.
      assert.ok(acknowledged >= leastAcknowledged, `only ${acknowledged} writes were acknowledged`);
    });
  }
}
