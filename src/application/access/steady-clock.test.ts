import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { type Clock, type Logger, silentLogger } from "#base";
import { latestTime, openSteadyClock, steadyTime } from "./steady-clock.ts";

const HOUR = 3_600_000;
const start = Date.UTC(2026, 5, 1);

/** Its two times move as a test says, each by itself. */
function machine(): Clock & { wall: number; passed: number } {
  return {
    wall: start,
    passed: 0,
    now() {
      return this.wall;
    },
    monotonic() {
      return this.passed;
    },
  };
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "chassis-clock-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test("is the machine's clock while that goes forward, also by a day", async (t) => {
  const clock = machine();
  const steady = await openSteadyClock({ directory: await folder(t), clock, logger: silentLogger });
  for (const step of [1, 1000, 24 * HOUR]) {
    clock.wall += step;
    assert.equal(steady.now(), clock.wall);
  }
  await steady.close();
});

test("goes on from the latest time when the machine's clock is set back, and follows it again once it has caught up", async (t) => {
  const clock = machine();
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, text) => void lines.push(text ?? "") };
  const steady = await openSteadyClock({ directory: await folder(t), clock, logger });
  const before = steady.now();
  clock.wall -= HOUR;
  clock.passed += 500;
  assert.equal(steady.now(), before + 500);
  clock.passed += HOUR;
  clock.wall += HOUR / 2;
  assert.equal(steady.now(), before + 500 + HOUR);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /machine's clock is behind/);
  clock.wall = start + 3 * HOUR;
  assert.equal(steady.now(), clock.wall);
  await steady.close();
});

test("never goes back, whatever the machine's clock does", async (t) => {
  const directory = await folder(t);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: -HOUR, max: HOUR }), fc.nat(5000), fc.boolean()), { maxLength: 12 }),
      async (steps) => {
        const clock = machine();
        let steady = await openSteadyClock({ directory, clock, logger: silentLogger });
        let last = steady.now();
        for (const [jump, passed, restart] of steps) {
          clock.wall += jump;
          clock.passed += passed;
          if (restart) {
            await steady.close();
            steady = await openSteadyClock({ directory, clock, logger: silentLogger });
          }
          const now = steady.now();
          assert.ok(now >= last && now >= clock.wall);
          last = now;
        }
        await steady.close();
      },
    ),
    { numRuns: 30 },
  );
});

test("is remembered over a restart, and after a crash where something was refused for it", async (t) => {
  const directory = await folder(t);
  const clock = machine();
  const first = await openSteadyClock({ directory, clock, logger: silentLogger });
  clock.wall += 24 * HOUR;
  first.remember(first.now());
  await first.close();
  clock.wall = start;
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, text) => void lines.push(text ?? "") };
  const second = await openSteadyClock({ directory, clock, logger });
  assert.equal(second.now(), start + 24 * HOUR);
  assert.equal((await steadyTime(directory, clock)).now(), start + 24 * HOUR);
  assert.equal(lines.length, 1);
  await second.close();
});

test("starts with the machine's clock where the file is damaged, and says when it cannot be written", async (t) => {
  const directory = await folder(t);
  await writeFile(join(directory, "token-clock"), "");
  assert.equal(await latestTime(directory), 0);
  const clock = machine();
  const steady = await openSteadyClock({ directory, clock, logger: silentLogger });
  assert.equal(steady.now(), start);
  await steady.close();
  assert.equal(await readFile(join(directory, "token-clock"), "utf8"), "2026-06-01T00:00:00.000Z\n");

  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, text) => void lines.push(text ?? "") };
  const other = await openSteadyClock({ directory, clock, logger });
  await rm(directory, { recursive: true });
  clock.wall += HOUR;
  await other.close();
  assert.match(lines.join(), /could not be written down/);
  await mkdir(directory);
});
