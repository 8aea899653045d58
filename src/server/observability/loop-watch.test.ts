import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { during, silentLogger } from "#base";
import { LoopWatch } from "./loop-watch.ts";

interface Told {
  readonly milliseconds: number;
  readonly in?: string;
  readonly at?: readonly string[];
}

async function watched(
  t: Pick<TestContext, "after">,
  limit: number,
): Promise<{ readonly told: Told[]; readonly watch: LoopWatch }> {
  const told: Told[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void told.push(fields as Told) };
  const watch = new LoopWatch({ limit, logger, format: "json" });
  t.after(() => watch.close());
  // Until the thread looks.
  await pause(300);
  return { told, watch };
}

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, "it was not told");
    await pause(10);
  }
}

test("each time that the loop is held is told once, with how long, whose work it was and where in the code", async (t) => {
  const { told, watch } = await watched(t, 200);
  const work = { name: "job digest", fail: () => {} };
  // Also after it has waited: whose work goes on is not who came last.
  await during(work, async () => {
    await pause(1);
    spin(600);
  });
  await until(() => told.length === 1);
  spin(600);
  await until(() => told.length === 2);
  const [first, second] = told;
  assert.equal(watch.stalls, 2);
  assert.ok(first !== undefined && first.milliseconds >= 500, JSON.stringify(first));
  assert.equal(first.in, "job digest");
  assert.match(first.at?.[0] ?? "", /^spin \(\/.*loop-watch\.test\.ts:\d+\)$/);
  assert.equal(second?.in, undefined);
});

test("a loop that turns is not held, however much it does", async (t) => {
  const { told, watch } = await watched(t, 1000);
  for (let turns = 0; turns < 60; turns++) {
    spin(25);
    await pause(0);
  }
  await pause(100);
  assert.deepEqual([told, watch.stalls], [[], 0]);
});

test("what lasts is told while it lasts, in the form of the log", async () => {
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { LoopWatch } from ${url("loop-watch.ts")};
    import { during, silentLogger } from ${url("../../base/index.ts")};
    new LoopWatch({ limit: 100, long: 500, logger: silentLogger, format: process.argv[1] });
    setTimeout(() => {
      during({ name: "job digest", fail() {} }, () => {
        const end = performance.now() + 1800;
        while (performance.now() < end);
      });
      // So that what comes from the main thread comes after it.
      process.stdout.write("over");
      process.exit();
    }, 1500);`;
  const run = promisify(execFile);
  const [json, text] = await Promise.all(
    ["json", "text"].map((format) => run(process.execPath, ["--input-type=module", "-e", script, format])),
  );
  assert.ok(json !== undefined && text !== undefined);
  const [first = "{}"] = json.stdout.split("\n");
  const { level, msg, in: work, milliseconds } = JSON.parse(first);
  assert.deepEqual([level, msg, work], ["error", "The event loop is held, and nobody is served.", "job digest"]);
  assert.ok(milliseconds >= 500 && milliseconds < 2000, first);
  assert.match(json.stdout, /over$/);
  assert.match(text.stderr, /^[\d:.]{12} error The event loop is held, and nobody is served\. milliseconds=\d+ in="job digest"/);
});
