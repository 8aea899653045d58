import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { job, type JobWorld, openJobWorld, until } from "./job-fixtures.ts";
import { insertJob } from "./job-table.ts";
import { findJob, listJobs } from "./list-jobs.ts";

interface World extends JobWorld {
  /** Puts a job of the key, as a trigger does. */
  readonly follow: (runAt?: number) => Promise<number>;
  readonly begun: number[];
  /** Lets the one that runs end. */
  readonly end: (failure?: Error) => void;
}

/** Its job goes on until it is let end. */
async function open(t: Pick<TestContext, "after">, maxAttempts = 1): Promise<World> {
  const begun: number[] = [];
  let running: PromiseWithResolvers<void> | undefined;
  const work = job({ backoff: () => 1 }, async ({ id, signal }) => {
    const ended = Promise.withResolvers<void>();
    running = ended;
    begun.push(id);
    signal.addEventListener("abort", () => ended.reject(new Error("stopped")));
    await ended.promise;
  });
  const world = await openJobWorld(t, { jobs: { work } });
  return {
    ...world,
    begun,
    follow: async (runAt = 0) => {
      const order = {
        name: "work",
        queue: "default",
        input: null,
        priority: 0,
        runAt,
        maxAttempts,
        uniqueKey: "k",
        follows: true,
      };
      world.runner.hint();
      return (await world.database.transaction((connection) => insertJob(connection, order, Date.now()))).id;
    },
    end(failure) {
      if (failure === undefined) running?.resolve();
      else running?.reject(failure);
    },
  };
}

test("what comes while the job of its key runs waits behind it, once, and runs when that is done", async (t) => {
  const { follow, begun, end, database, jobs } = await open(t);
  const first = await follow();
  await until(() => begun.length === 1);
  const second = await follow();
  assert.equal(await follow(), second);
  assert.equal((await findJob(database, second))?.state, "behind");
  assert.deepEqual(await jobs.counts(), [{ queue: "default", paused: false, states: { running: 1, behind: 1 } }]);
  assert.match(JSON.stringify(await jobs.retry(second)), /refused.*waits behind the one of its key 'k'/);
  end();
  await until(() => begun.length === 2);
  const third = await follow();
  end();
  await until(() => begun.length === 3);
  end();
  await until(async () => (await listJobs(database)).length === 0);
  assert.deepEqual(begun, [first, second, third]);
});

test("it waits for attempts that are still to come, and not for one that failed for good or was cancelled", async (t) => {
  const { follow, begun, end, database, jobs } = await open(t, 2);
  const first = await follow();
  await until(() => begun.length === 1);
  const second = await follow();
  end(new Error("no"));
  await until(() => begun.length === 2);
  assert.equal((await findJob(database, second))?.state, "behind");
  end(new Error("no"));
  await until(() => begun.length === 3);
  assert.equal((await findJob(database, first))?.state, "failed");
  assert.match(JSON.stringify(await jobs.retry(first)), new RegExp(`refused.*so has job ${second}`));
  const third = await follow();
  await jobs.cancel(second);
  await until(() => begun.length === 4);
  assert.deepEqual(begun, [first, first, second, third]);
});

test("it keeps its delay, is waited for by what comes then, and can be cancelled", async (t) => {
  const { follow, begun, end, database, jobs } = await open(t);
  await follow();
  await until(() => begun.length === 1);
  const second = await follow(Date.now() + 3_600_000);
  end();
  await until(async () => (await findJob(database, second))?.state === "scheduled");
  assert.equal(await follow(), second);
  await jobs.cancel(second);
  await follow();
  await until(() => begun.length === 2);
  const last = await follow();
  assert.deepEqual(await jobs.cancel(last), { was: "behind" });
  end();
  await until(async () => (await listJobs(database)).every(({ state }) => state === "cancelled"));
  assert.equal(begun.length, 2);
});

test("a change that comes while a job waits for its next attempt has it do its steps anew", async (t) => {
  const read: string[] = [];
  let value = "old";
  const work = job({ backoff: () => 3_600_000 }, async ({ step, attempt }) => {
    read.push(await step("read", () => value));
    if (attempt === 1) throw new Error("not yet");
  });
  const { database, runner } = await openJobWorld(t, { jobs: { work } });
  const order = { name: "work", queue: "default", input: null, priority: 0, runAt: 0, maxAttempts: 3, uniqueKey: "k" };
  const put = (follows: boolean): Promise<{ readonly id: number }> =>
    database.transaction((connection) => insertJob(connection, { ...order, follows }, Date.now()));
  const goOn = async (): Promise<void> => {
    await database.transaction((connection) => connection.run("UPDATE _chassis_jobs SET run_at = 0", []));
    runner.wake();
  };
  const { id } = await put(true);
  runner.wake();
  await until(async () => (await findJob(database, id))?.state === "scheduled");
  value = "new";
  assert.equal((await put(true)).id, id);
  await goOn();
  await until(() => read.length === 2);
  assert.deepEqual(read, ["old", "new"]);
});
