import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Looks again and again, for a minute at most: the machine may be busy. */
export async function becomesTrue(test: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await test())) {
    assert.ok(performance.now() < deadline, `It did not come to pass that ${what}.`);
    await pause(20);
  }
}
