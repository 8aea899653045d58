import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { type Clock, silentLogger } from "#base";
import { openSqlite, type SqliteDatabase } from "#database";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { buildCrons } from "./build-crons.ts";
import { buildJobs } from "./build-jobs.ts";
import { CronScheduler } from "./cron-scheduler.ts";
import { type CronOptions, cron } from "./define-cron.ts";
import { createEnqueuer } from "./enqueue.ts";
import { job, until } from "./job-fixtures.ts";
import { createJobTables } from "./job-table.ts";
import { listJobs } from "./list-jobs.ts";

const digest = job({ input: z.object({ planned: z.string() }) }, () => {});
const jobs = buildJobs({ digest }, []);

interface World {
  readonly database: SqliteDatabase;
  /** Starts a server at that moment, lets it look at the clock once, and gives the planned moments of all jobs so far. */
  readonly lookAt: (moment: string) => Promise<readonly string[]>;
  /** The same of a server whose back end has no jobs by the clock. */
  readonly withoutAt: (moment: string) => Promise<void>;
}

async function open(
  t: Pick<TestContext, "after">,
  expression: string,
  options: Partial<CronOptions<never>> = {},
): Promise<World> {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now };
  const database = await openSqlite({ path: ":memory:", clock });
  t.after(() => database.close());
  await database.transaction(createJobTables);
  const problems: DefinitionProblem[] = [];
  const input = (planned: Date): { planned: string } => ({ planned: planned.toISOString() });
  const crons = buildCrons({ weekly: cron(expression, digest, { ...options, input }) }, jobs, problems);
  assert.deepEqual(problems, []);
  const start = async (moment: string, known: typeof crons): Promise<void> => {
    now = Date.parse(moment);
    const enqueuer = createEnqueuer({ jobs, clock, onEnqueued: () => {} });
    const scheduler = new CronScheduler({ database, crons: known, enqueuer, clock, logger: silentLogger });
    await scheduler.start();
    await scheduler.close();
  };
  return {
    database,
    withoutAt: (moment) => start(moment, []),
    async lookAt(moment) {
      await start(moment, crons);
      return (await listJobs(database, { limit: 500 }))
        .map(({ input: given }) => (given as { planned: string }).planned)
        .reverse();
    },
  };
}

test("a job by the clock is handed over once when its time has come, by its time zone", async (t) => {
  const { lookAt } = await open(t, "0 8 * * MON", { timeZone: "Europe/Amsterdam" });
  assert.deepEqual(await lookAt("2026-03-27T10:00:00Z"), []);
  assert.deepEqual(await lookAt("2026-03-30T05:59:59Z"), []);
  assert.deepEqual(await lookAt("2026-03-30T06:00:00Z"), ["2026-03-30T06:00:00.000Z"]);
  assert.deepEqual(await lookAt("2026-03-30T06:00:30Z"), ["2026-03-30T06:00:00.000Z"]);
});

test("runs that were missed: one for all of them, none, or each", async (t) => {
  const policies = {
    "run-once": ["2026-01-05T00:00:00.000Z"],
    skip: [],
    "run-all": ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"].map((day) => `${day}T00:00:00.000Z`),
  } as const;
  for (const [missed, planned] of Object.entries(policies)) {
    const { lookAt } = await open(t, "0 0 * * *", { missed: missed as keyof typeof policies });
    await lookAt("2026-01-01T12:00:00Z");
    assert.deepEqual(await lookAt("2026-01-05T12:00:00Z"), planned, missed);
    assert.deepEqual(await lookAt("2026-01-06T00:00:10Z"), [...planned, "2026-01-06T00:00:00.000Z"], missed);
  }
});

test("a clock that is set back an hour runs nothing twice, and one that jumped ahead a day neither", async (t) => {
  const { lookAt } = await open(t, "0 * * * *");
  await lookAt("2026-01-01T10:30:00Z");
  assert.equal((await lookAt("2026-01-01T11:00:01Z")).length, 1);
  assert.equal((await lookAt("2026-01-01T10:00:00Z")).length, 1);
  assert.equal((await lookAt("2026-01-01T11:00:30Z")).length, 1);
  assert.equal((await lookAt("2026-01-02T11:00:30Z")).length, 2);
  assert.equal((await lookAt("2026-01-01T12:00:30Z")).length, 2);
});

test("two servers hand over one, and a changed expression is worked out anew", async (t) => {
  const { database, lookAt } = await open(t, "*/5 * * * *");
  await lookAt("2026-01-01T00:01:00Z");
  const both = await Promise.all([lookAt("2026-01-01T00:05:00Z"), lookAt("2026-01-01T00:05:00Z")]);
  assert.deepEqual(both.at(-1), ["2026-01-01T00:05:00.000Z"]);
  await database.transaction((connection) => connection.run("UPDATE _chassis_crons SET schedule = 'other', next_at = 0", []));
  assert.equal((await lookAt("2026-01-01T00:06:00Z")).length, 1);
});

test("one that was taken out and is put back has missed nothing meanwhile", async (t) => {
  const { lookAt, withoutAt } = await open(t, "0 0 * * *");
  await withoutAt("2025-01-01T11:00:00Z");
  await lookAt("2025-01-01T12:00:00Z");
  await withoutAt("2025-01-01T13:00:00Z");
  assert.deepEqual(await lookAt("2026-01-01T12:00:00Z"), []);
  assert.deepEqual(await lookAt("2026-01-02T00:00:10Z"), ["2026-01-02T00:00:00.000Z"]);
});

test("one that a server of another version took out goes on where it is known", async (t) => {
  const { database, withoutAt } = await open(t, "* * * * * *");
  const now = Date.parse("2026-01-01T00:00:00.990Z");
  const clock: Clock = { now: () => now, monotonic: () => now };
  const crons = buildCrons({ each: cron("* * * * * *", digest, { input: { planned: "x" } }) }, jobs, []);
  const enqueuer = createEnqueuer({ jobs, clock, onEnqueued: () => {} });
  const scheduler = new CronScheduler({ database, crons, enqueuer, clock, logger: silentLogger });
  await scheduler.start();
  t.after(() => scheduler.close());
  await withoutAt("2026-01-01T00:00:00Z");
  await until(async () => (await database.get("SELECT 1 FROM _chassis_crons WHERE name = 'each'", [])) !== undefined);
});

test("a hundred missed runs at most, and years of missed minutes take no time", async (t) => {
  const all = await open(t, "* * * * *", { missed: "run-all" });
  await all.lookAt("2026-01-01T00:00:00Z");
  assert.equal((await all.lookAt("2026-01-02T00:00:00Z")).length, 100);
  const once = await open(t, "* * * * *");
  await once.lookAt("2006-01-01T00:00:30Z");
  assert.deepEqual(await once.lookAt("2026-01-02T00:00:30Z"), ["2026-01-02T00:00:00.000Z"]);
  const seconds = await open(t, "* * * * * *", { missed: "run-all" });
  await seconds.lookAt("2006-01-01T00:00:30Z");
  const started = performance.now();
  const last = await seconds.lookAt("2026-01-02T00:00:30Z");
  assert.deepEqual([last.length, last[0], last.at(-1)], [100, "2026-01-01T23:58:51.000Z", "2026-01-02T00:00:30.000Z"]);
  assert.ok(performance.now() - started < 2000, "the event loop is not held for all of them");
});

test("mistakes are told by name", () => {
  const problems: DefinitionProblem[] = [];
  const input = { planned: "x" };
  buildCrons(
    {
      a: cron("61 * * * *", digest, { input }),
      b: cron("* * * * *", digest, { input, timeZone: "Mars/Olympus" }),
      c: cron(
        "* * * * *",
        job({}, () => {}),
      ),
      d: 1,
      e: cron("0 0 31 2 *", digest, { input }),
      f: cron("* * * * *", digest, { input, missed: "runonce" as never }),
    },
    jobs,
    problems,
  );
  const told = problems.map(({ place, message }) => `${place}: ${message}`).join("\n");
  for (const words of [
    /crons\.a: '61 .*minute/,
    /b: 'Mars\/Olympus' is no time zone/,
    /c: runs a job that is not listed/,
    /d: is no job by/,
    /e: .*never comes/,
    /f: missed .*run-once/,
  ])
    assert.match(told, words);
});
