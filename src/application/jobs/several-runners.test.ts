import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { type Clock, silentLogger } from "#base";
import { openSqlite, type SqliteDatabase } from "#database";
import { buildCrons } from "./build-crons.ts";
import { buildJobs } from "./build-jobs.ts";
import { CronScheduler } from "./cron-scheduler.ts";
import { cron } from "./define-cron.ts";
import { createEnqueuer } from "./enqueue.ts";
import { job, type JobWorld, openJobWorld, until } from "./job-fixtures.ts";
import { createJobTables } from "./job-table.ts";
import { findJob, listJobs } from "./list-jobs.ts";

// Several runners on one table, each with an owner of its own, as nodes have them on a database of their own.

async function openDatabase(t: Pick<TestContext, "after">): Promise<SqliteDatabase> {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  return database;
}

/** The same database for one runner, which hears nothing of it while it is frozen. */
function freezable(database: SqliteDatabase): { readonly database: SqliteDatabase; freeze(): void; thaw(): void } {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const waits = new Set<PropertyKey>(["transaction", "all", "get", "run"]);
  return {
    database: new Proxy(database, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        const call = value as (...given: readonly unknown[]) => unknown;
        if (!waits.has(name)) return call.bind(target);
        return async (...given: readonly unknown[]) => {
          await gate.promise;
          return call.apply(target, [...given]);
        };
      },
    }),
    freeze: () => {
      gate = Promise.withResolvers();
    },
    thaw: () => gate.resolve(),
  };
}

test("three share the work: each job is done once, one of a key at a time, and each keeps its own limits", async (t) => {
  const database = await openDatabase(t);
  const done = new Map<number, number>();
  const by = new Map<number, number>();
  const keys = new Set<string>();
  const twice: string[] = [];
  const most = [0, 0, 0];
  const input = z.object({ key: z.string().optional(), fail: z.boolean() });
  const work = [0, 1, 2].map((node) => {
    let now = 0;
    return job({ input, queue: "narrow", backoff: () => 1 }, async ({ id, input: { key, fail }, attempt }) => {
      now += 1;
      most[node] = Math.max(most[node] ?? 0, now);
      if (key !== undefined) {
        if (keys.has(key)) twice.push(key);
        keys.add(key);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (key !== undefined) keys.delete(key);
      now -= 1;
      if (fail && attempt === 1) throw new Error("once more");
      done.set(id, (done.get(id) ?? 0) + 1);
      by.set(node, (by.get(node) ?? 0) + 1);
    });
  });
  const worlds: JobWorld[] = [];
  for (const each of work)
    worlds.push(
      await openJobWorld(t, {
        jobs: { work: each },
        database,
        isShared: true,
        lease: 1000,
        queues: { narrow: { concurrency: 3 } },
      }),
    );
  const enqueued = Array.from({ length: 300 }, (_, index) => {
    const node = index % 3;
    const key = index % 5 === 0 ? `k${index % 4}` : undefined;
    const given = { fail: index % 7 === 0, ...(key === undefined ? {} : { key }) };
    return (worlds[node] as JobWorld).enqueue(
      work[node] as (typeof work)[number],
      given,
      key === undefined ? {} : { unique: key },
    );
  });
  const ids = new Set(await Promise.all(enqueued));
  await until(async () => (await listJobs(database, { limit: 1 })).length === 0);
  assert.deepEqual(twice, []);
  assert.deepEqual(
    [...done.keys()].toSorted((left, right) => left - right),
    [...ids].toSorted((left, right) => left - right),
  );
  assert.deepEqual(new Set(done.values()), new Set([1]));
  assert.equal(by.size, 3);
  assert.ok(
    most.every((count) => count > 0 && count <= 3),
    String(most),
  );
});

test("one that is frozen loses its jobs after their lease, and what it does later changes nothing", async (t) => {
  const database = await openDatabase(t);
  await database.transaction((connection) => connection.run("CREATE TABLE counter (node TEXT NOT NULL) STRICT", []));
  const ice = freezable(database);
  const thawed = Promise.withResolvers<void>();
  const began: string[] = [];
  const errors: unknown[] = [];
  const jobOf = (node: string, wait: Promise<void>): ReturnType<typeof job> =>
    job({}, async ({ complete }) => {
      began.push(node);
      await wait;
      await complete((db) => (db as never as SqliteDatabase).run("INSERT INTO counter VALUES (?)", [node])).catch(
        (error: unknown) => {
          errors.push(error);
          throw error;
        },
      );
    });
  const slow = jobOf("frozen", thawed.promise);
  const tried = Promise.withResolvers<void>();
  const quick = jobOf("other", tried.promise);
  const shared = { isShared: true, lease: 300 };
  const first = await openJobWorld(t, { jobs: { work: slow }, database: ice.database, ...shared });
  const id = await first.enqueue(slow as never);
  await until(() => began.length === 1);
  const other = await openJobWorld(t, { jobs: { work: quick }, database, ...shared });
  // While it renews its lease nobody takes its job.
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual(began, ["frozen"]);
  ice.freeze();
  const start = performance.now();
  await until(() => began.length === 2);
  assert.ok(performance.now() - start < 5000);
  assert.deepEqual(began, ["frozen", "other"]);
  ice.thaw();
  thawed.resolve();
  await until(() => errors.length === 1 && first.runner.running === 0);
  assert.equal((await findJob(database, id))?.state, "running");
  tried.resolve();
  await until(async () => (await findJob(database, id)) === undefined);
  assert.deepEqual(await database.all("SELECT node FROM counter", []), [["other"]]);
  await other.runner.close(0);
});

test("a job by the clock is handed over once for each time that is due, whoever looks", async (t) => {
  let now = Date.parse("2026-01-01T10:30:00Z");
  const clock: Clock = { now: () => now, monotonic: () => now };
  const database = await openSqlite({ path: ":memory:", clock });
  t.after(() => database.close());
  await database.transaction(createJobTables);
  const hourly = job({ input: z.string() }, () => {});
  const jobs = buildJobs({ hourly }, []);
  const input = (planned: Date): string => planned.toISOString();
  const crons = buildCrons({ hourly: cron("0 * * * *", hourly, { missed: "run-all", input }) }, jobs, []);
  for (const moment of ["10:30", "11:00", "11:00", "13:10", "13:50"]) {
    now = Date.parse(`2026-01-01T${moment}:00Z`);
    const schedulers = [1, 2, 3].map(() => {
      const enqueuer = createEnqueuer({ jobs, clock, onEnqueued: () => {} });
      return new CronScheduler({ database, crons, enqueuer, clock, logger: silentLogger });
    });
    await Promise.all(schedulers.map((scheduler) => scheduler.start()));
    await Promise.all(schedulers.map((scheduler) => scheduler.close()));
  }
  assert.deepEqual((await listJobs(database)).map((each) => (each.input as string).slice(11, 16)).toReversed(), [
    "11:00",
    "12:00",
    "13:00",
  ]);
});
