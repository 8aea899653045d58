import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { currentWork, during, outsideWork } from "./work.ts";

const work = { name: "job digest", fail: () => {} };

test("what a piece of work begins is its work, also in timers and after waiting", async () => {
  const seen: (string | undefined)[] = [];
  const see = (): void => void seen.push(currentWork()?.name);
  await during(work, async () => {
    see();
    await turn();
    see();
    outsideWork(see);
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        see();
        resolve();
      }, 1);
    });
  });
  see();
  assert.deepEqual(seen, ["job digest", "job digest", undefined, "job digest", undefined]);
});
