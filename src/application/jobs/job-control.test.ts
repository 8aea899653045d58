import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "#base";
import { openSqlite } from "#database";
import { noJobControl } from "./job-control.ts";
import { job, openJobWorld, until } from "./job-fixtures.ts";
import { obeyJobOrder } from "./job-orders.ts";
import { claimJobs, readyQueues } from "./job-table.ts";
import { findJob, listJobs } from "./list-jobs.ts";

test("jobs are found, listed and counted, and steered, with the reason where that cannot be", async (t) => {
  const work = job({ queue: "one" }, () => {
    throw new Error("no");
  });
  const { enqueue, jobs } = await openJobWorld(t, { jobs: { work }, queues: { one: { concurrency: 1 } } });
  assert.deepEqual(await jobs.pause("one"), { was: null });
  const first = await enqueue(work, undefined, { maxAttempts: 1 });
  const second = await enqueue(work, undefined, { delay: "1h" });
  assert.equal((await jobs.find(first))?.state, "ready");
  assert.equal(await jobs.find(99), null);
  assert.deepEqual(
    (await jobs.list({ state: "scheduled" })).map(({ id }) => id),
    [second],
  );
  assert.deepEqual(await jobs.counts(), [{ queue: "one", paused: true, states: { ready: 1, scheduled: 1 } }]);
  assert.deepEqual(await jobs.resume("one"), { was: null });
  await until(async () => (await jobs.find(first))?.state === "failed");
  assert.deepEqual(await jobs.cancel(second), { was: "scheduled" });
  assert.match(JSON.stringify(await jobs.cancel(second)), /refused.*cancelled already/);
  assert.deepEqual(await jobs.retry(first), { was: "failed" });
  assert.match(JSON.stringify(await jobs.retry(99)), /refused.*There is no job 99/);
});

test("of a database without jobs there is nothing to see, and nothing to steer", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const jobs = noJobControl({ connection: database, writes: false });
  assert.deepEqual([await jobs.list(), await jobs.counts(), await jobs.find(1)], [[], [], null]);
  await assert.rejects(jobs.retry(1), /may only read/);
});

test("a queue that is paused gives back what was claimed ahead of it", async (t) => {
  const begun: number[] = [];
  const goOn = Promise.withResolvers<void>();
  const work = job({ queue: "one" }, async ({ id }) => {
    begun.push(id);
    await goOn.promise;
  });
  const { enqueue, jobs, database, runner } = await openJobWorld(t, {
    jobs: { work },
    queues: { one: { concurrency: 1 } },
    start: false,
  });
  for (let index = 0; index < 3; index++) await enqueue(work);
  await runner.start();
  await until(() => begun.length === 1);
  await jobs.pause("one");
  await until(async () => (await listJobs(database, { state: "ready" })).length === 2);
  goOn.resolve();
  await until(async () => (await listJobs(database)).length === 2 && runner.running === 0);
  assert.equal(begun.length, 1);
  await jobs.resume("one");
  await until(async () => (await listJobs(database)).length === 0);
  assert.deepEqual(begun, [1, 2, 3]);
});

test("a job that is cancelled and retried between two heartbeats is told to stop before it is run anew", async (t) => {
  const order: string[] = [];
  let runs = 0;
  const work = job({ queue: "one" }, async ({ signal, complete }) => {
    const run = (runs += 1);
    signal.addEventListener("abort", () => order.push(`stop ${run}`));
    order.push(`begin ${run}`);
    if (run === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await complete().then(
      () => order.push(`done ${run}`),
      () => order.push(`refused ${run}`),
    );
  });
  const { enqueue, database, runner } = await openJobWorld(t, { jobs: { work }, lease: 60_000 });
  const id = await enqueue(work);
  await until(() => runs === 1);
  // As another server does it: this one is not told.
  await database.transaction(async (connection) => {
    await obeyJobOrder(connection, { type: "jobs", action: "cancel", id }, Date.now());
    await obeyJobOrder(connection, { type: "jobs", action: "retry", id }, Date.now());
  });
  runner.wake();
  await until(async () => order.length === 5 && (await findJob(database, id)) === undefined);
  assert.deepEqual(order.slice(0, 2), ["begin 1", "stop 1"]);
  assert.deepEqual(order.toSorted(), ["begin 1", "begin 2", "done 2", "refused 1", "stop 1"]);
});

test("what failed or was cancelled goes after its time, one that has no other word for it included", async (t) => {
  let ahead = 0;
  const clock: Clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() };
  const fails = job({ maxAttempts: 1 }, () => {
    throw new Error("no");
  });
  const later = job({}, () => {});
  const { enqueue, database, jobs, runner } = await openJobWorld(t, {
    jobs: { fails, later },
    clock,
    keeping: { failed: 30_000, cancelled: 10_000 },
  });
  const failed = await enqueue(fails);
  const cancelled = await enqueue(later, undefined, { delay: "1h" });
  const waits = await enqueue(later, undefined, { delay: "2h" });
  await jobs.cancel(cancelled);
  await until(async () => (await findJob(database, failed))?.state === "failed");
  const left = async (): Promise<readonly number[]> => (await listJobs(database)).map(({ id }) => id).toReversed();
  ahead = 9000;
  runner.wake();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await left(), [failed, cancelled, waits]);
  ahead = 11_000;
  runner.wake();
  await until(async () => (await left()).length === 2);
  assert.deepEqual(await left(), [failed, waits]);
  ahead = 31_000;
  runner.wake();
  await until(async () => (await left()).length === 1);
  assert.deepEqual(await left(), [waits]);
});

test("nothing of a queue is claimed once its pause has committed, whatever was found ready before", async (t) => {
  const work = job({ queue: "one" }, () => {});
  const { enqueue, jobs, database } = await openJobWorld(t, { jobs: { work }, start: false });
  await enqueue(work);
  assert.deepEqual(await readyQueues(database), ["one"]);
  await jobs.pause("one");
  const claim = { queue: "one", owner: "late", limit: 10, leaseUntil: Date.now() + 1000 };
  assert.deepEqual(await database.transaction((connection) => claimJobs(connection, claim)), []);
  await jobs.resume("one");
  assert.equal((await database.transaction((connection) => claimJobs(connection, claim))).length, 1);
});
