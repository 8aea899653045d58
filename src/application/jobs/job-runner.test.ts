import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { openSqlite } from "#database";
import { job, openJobWorld, until } from "./job-fixtures.ts";
import { countJobs, findJob, listJobs } from "./list-jobs.ts";

test("a job that is enqueued runs soon, once, with what its schema makes of its input, and is gone", async (t) => {
  const ran: unknown[] = [];
  const greet = job({ input: z.object({ name: z.string(), times: z.coerce.number().default(1) }) }, ({ input, id, attempt }) => {
    ran.push([input.name.toUpperCase(), input.times, id, attempt]);
  });
  const { enqueue, database } = await openJobWorld(t, { jobs: { greet } });
  const start = performance.now();
  const id = await enqueue(greet, { name: "ada", times: "3" });
  await until(() => ran.length > 0);
  assert.ok(performance.now() - start < 1000);
  assert.deepEqual(ran, [["ADA", 3, id, 1]]);
  await until(async () => (await listJobs(database)).length === 0);
});

test("input that does not fit is refused when it is enqueued; one that fits no more is set aside and runs after a mend", async (t) => {
  const strict = job({ input: z.object({ n: z.number() }) }, () => {});
  const loose = job({ input: z.object({ n: z.unknown() }) }, () => {});
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const before = await openJobWorld(t, { jobs: { work: loose }, database, start: false });
  await assert.rejects(before.enqueue(strict, { n: 1 }), /listed under `jobs`/);
  const id = await before.enqueue(loose, { n: "one" });
  const world = await openJobWorld(t, { jobs: { work: strict }, database });
  await assert.rejects(world.enqueue(strict, { n: "one" } as never), { error: "validationFailed" });
  await until(async () => (await findJob(database, id))?.state === "failed");
  assert.match((await findJob(database, id))?.error ?? "", /fits no more/);
  await world.runner.close(0);
  const mended = await openJobWorld(t, { jobs: { work: loose }, database });
  await mended.jobs.retry(id);
  await until(async () => (await findJob(database, id)) === undefined);
});

test("a job that fails is tried again after its backoff, and set aside after its last attempt", async (t) => {
  const attempts: number[] = [];
  const flaky = job({ maxAttempts: 3, backoff: () => 5 }, ({ attempt }) => {
    attempts.push(attempt);
    throw new Error(`no ${attempt}`);
  });
  const { enqueue, database } = await openJobWorld(t, { jobs: { flaky } });
  const id = await enqueue(flaky);
  await until(async () => (await findJob(database, id))?.state === "failed");
  assert.deepEqual(attempts, [1, 2, 3]);
  assert.match((await findJob(database, id))?.error ?? "", /Error: no 3/);
});

test("what is in a transaction that is rolled back never runs", async (t) => {
  let ran = 0;
  const count = job({}, () => void ran++);
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const { runner } = await openJobWorld(t, { jobs: { count }, database });
  const { createEnqueuer } = await import("./enqueue.ts");
  const { buildJobs } = await import("./build-jobs.ts");
  const enqueuer = createEnqueuer({
    jobs: buildJobs({ count }, []),
    clock: { now: Date.now, monotonic: () => 0 },
    onEnqueued: () => runner.hint(),
  });
  const work = (fail: boolean): Promise<unknown> =>
    database.transaction(async (connection) => {
      await enqueuer((inside) => inside(connection))(count);
      if (fail) throw new Error("rolled back");
    });
  await assert.rejects(work(true), /rolled back/);
  await work(false);
  runner.wake();
  await until(() => ran > 0);
  await sleep(30);
  assert.equal(ran, 1);
});

test("priorities, times, pauses and unique keys", async (t) => {
  const ran: string[] = [];
  const note = job({ input: z.string(), queue: "one" }, ({ input }) => void ran.push(input));
  const { enqueue, database, jobs } = await openJobWorld(t, { jobs: { note }, queues: { one: { concurrency: 1 } } });
  await jobs.pause("one");
  await enqueue(note, "later", { delay: 60 });
  await enqueue(note, "last", { priority: 5 });
  await enqueue(note, "second");
  await enqueue(note, "third");
  await enqueue(note, "first", { priority: -1 });
  const one = await enqueue(note, "only", { unique: "k", priority: 6 });
  assert.equal(await enqueue(note, "other", { unique: "k" }), one);
  await enqueue(note, "never", { at: new Date(Date.now() + 3_600_000) });
  await sleep(30);
  assert.equal(ran.length, 0);
  assert.equal((await countJobs(database)).find(({ queue }) => queue === "one")?.paused, true);
  await jobs.resume("one");
  await until(() => ran.length === 6);
  assert.deepEqual(
    ran.filter((name) => name !== "later"),
    ["first", "second", "third", "last", "only"],
  );
  // That it has ended is noted a moment later.
  await until(async () => (await findJob(database, one)) === undefined);
  const again = await enqueue(note, "again", { unique: "k" });
  assert.notEqual(again, one);
  await until(() => ran.includes("again"));
});

test("steps that are done are not done again, and progress can be seen", async (t) => {
  const done: string[] = [];
  const long = job({ maxAttempts: 2, backoff: () => 1 }, async ({ step, progress, attempt }) => {
    const first = await step("first", async () => {
      done.push("first");
      return { made: attempt };
    });
    progress(0.5, "half");
    if (attempt === 1) throw new Error("in the middle");
    await step("second", () => void done.push("second") as never);
    done.push(`made ${first.made}`);
    await sleep(20);
    throw new Error("for good");
  });
  const { enqueue, database } = await openJobWorld(t, { jobs: { long } });
  const id = await enqueue(long);
  await until(async () => (await findJob(database, id))?.state === "failed");
  assert.deepEqual(done, ["first", "second", "made 1"]);
  assert.deepEqual((await findJob(database, id))?.progress, { share: 0.5, message: "half" });
});

test("over its time a job is stopped and counted; one that is cancelled ends; a closing runner gives back what it had", async (t) => {
  const seen: string[] = [];
  const hang = job({ timeLimit: 30, maxAttempts: 1 }, () => new Promise(() => {}));
  const wait = job({}, ({ signal, attempt }) => {
    seen.push(`begun ${attempt}`);
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => {
        seen.push((signal.reason as Error).message);
        reject(signal.reason);
      }),
    );
  });
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const { enqueue, runner, jobs } = await openJobWorld(t, { jobs: { hang, wait }, database });
  const hanging = await enqueue(hang);
  await until(async () => (await findJob(database, hanging))?.state === "failed");
  assert.match((await findJob(database, hanging))?.error ?? "", /longer than its 30 ms/);
  const cancelled = await enqueue(wait);
  await until(() => seen.length === 1);
  assert.deepEqual(await jobs.cancel(cancelled), { was: "running" });
  await until(() => seen.length === 2);
  const stopped = await enqueue(wait);
  await until(() => seen.length === 3);
  await runner.close(10);
  assert.deepEqual(seen, ["begun 1", "The job was cancelled.", "begun 1", "The server is stopping."]);
  assert.equal((await findJob(database, cancelled))?.state, "cancelled");
  const row = await findJob(database, stopped);
  assert.deepEqual([row?.state, row?.attempt], ["ready", 0]);
});

test("what a dead process held runs again at the next start; what kills its process every time is set aside", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const ran: number[] = [];
  const work = job({ maxAttempts: 2 }, ({ id }) => void ran.push(id));
  const { enqueue } = await openJobWorld(t, { jobs: { work }, database, start: false });
  const [once, often] = [await enqueue(work), await enqueue(work)];
  await database.transaction(async (connection) => {
    await connection.run("UPDATE _chassis_jobs SET state = 'running', owner = 'dead', lease_until = ?, attempt = 1", [
      Date.now() + 60_000,
    ]);
    await connection.run("UPDATE _chassis_jobs SET attempt = 4 WHERE id = ?", [often]);
  });
  await openJobWorld(t, { jobs: { work }, database });
  await until(() => ran.length === 1);
  assert.deepEqual(ran, [once]);
  assert.match((await findJob(database, often))?.error ?? "", /process that ran it ended/);
});

test("a queue runs no more at once than it may, and begins no more in a time", async (t) => {
  let now = 0;
  let most = 0;
  const begun: number[] = [];
  const work = job({ queue: "narrow" }, async () => {
    now++;
    most = Math.max(most, now);
    await sleep(2);
    now--;
  });
  const slow = job({ queue: "slow" }, () => void begun.push(performance.now()));
  const { enqueue } = await openJobWorld(t, {
    jobs: { work, slow },
    queues: { narrow: { concurrency: 3 }, slow: { rate: { jobs: 2, per: 100 } } },
  });
  let ended = 0;
  for (let index = 0; index < 30; index++) await enqueue(work).then(() => ended++);
  for (let index = 0; index < 6; index++) await enqueue(slow);
  await until(() => begun.length === 6 && now === 0);
  assert.equal(ended, 30);
  assert.ok(most <= 3 && most > 1, String(most));
  assert.ok((begun[5] ?? 0) - (begun[0] ?? 0) >= 150, String(begun));
});

test("thousands of empty jobs go through, each once", async (t) => {
  const ran = new Map<number, number>();
  const work = job({}, ({ id }) => void ran.set(id, (ran.get(id) ?? 0) + 1));
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const { enqueue } = await openJobWorld(t, { jobs: { work }, database, start: false });
  await Promise.all(Array.from({ length: 3000 }, () => enqueue(work).catch(() => undefined)));
  const [waiting] = await countJobs(database);
  const count = waiting?.states.ready ?? 0;
  assert.ok(count >= 1000);
  await openJobWorld(t, { jobs: { work }, database });
  await until(async () => (await listJobs(database, { limit: 1 })).length === 0);
  assert.equal(ran.size, count);
  assert.deepEqual(new Set(ran.values()), new Set([1]));
});

test("whatever a handler or its backoff throws, the job is tried again and the process goes on", async (t) => {
  const thrown: readonly unknown[] = [
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
        getPrototypeOf: () => {
          throw new Error("trap");
        },
      },
    ),
    Object.create(null),
    undefined,
    Object.assign(new Error("odd"), { stack: 7 }),
    new Error("x".repeat(1_000_000)),
  ];
  const odd = job({ maxAttempts: thrown.length, backoff: () => 0 }, ({ attempt }) => {
    throw thrown[attempt - 1];
  });
  const backoff = job(
    {
      maxAttempts: 2,
      backoff: () => {
        throw new Error("no time");
      },
    },
    () => {
      throw new Error("with a bad backoff");
    },
  );
  const { enqueue, database } = await openJobWorld(t, { jobs: { odd, backoff } });
  const [first, second] = [await enqueue(odd), await enqueue(backoff)];
  await until(async () => (await findJob(database, second))?.state === "scheduled");
  assert.match((await findJob(database, second))?.error ?? "", /with a bad backoff/);
  await until(async () => (await findJob(database, first))?.state === "failed");
  assert.ok(((await findJob(database, first))?.error?.length ?? 0) <= 4000);
});

test("a job that was cancelled and retried while its handler went on is not touched by how that one ends", async (t) => {
  const ends = Promise.withResolvers<void>();
  const attempts: number[] = [];
  const deaf = job({}, async ({ attempt, step }) => {
    attempts.push(attempt);
    if (attempts.length > 1) return new Promise((resolve) => setTimeout(resolve, 60));
    await ends.promise;
    await step("late", () => 1);
  });
  const { enqueue, database, runner, jobs } = await openJobWorld(t, { jobs: { deaf } });
  const id = await enqueue(deaf);
  await until(() => attempts.length === 1);
  await jobs.cancel(id);
  await until(() => runner.running === 0);
  await jobs.retry(id);
  await until(() => attempts.length === 2);
  ends.resolve();
  await sleep(20);
  assert.equal((await findJob(database, id))?.state, "running");
  assert.equal((await database.get("SELECT steps FROM _chassis_jobs WHERE id = ?", [id]))?.[0], null);
  await until(async () => (await findJob(database, id)) === undefined);
});

test("what nobody can finish yet costs next to nothing: no look is the reason of the next", async (t) => {
  const later = job({}, () => {});
  const { enqueue, database } = await openJobWorld(t, { jobs: { later } });
  let commits = 0;
  t.after(database.onDurable(() => void commits++));
  await enqueue(later, undefined, { delay: "1h" });
  await sleep(300);
  assert.ok(commits < 10, `${commits} commits`);
});

test("priorities, attempts, keys and moments that are none are refused before anything is written", async (t) => {
  const work = job({}, () => {});
  const { enqueue, database } = await openJobWorld(t, { jobs: { work }, start: false });
  const wrong = [{ priority: 0.5 }, { maxAttempts: 0 }, { unique: "\ud800" }, { delay: 1e300 }, { at: new Date(Number.NaN) }];
  for (const options of wrong) await assert.rejects(enqueue(work, undefined, options), TypeError, JSON.stringify(options));
  assert.deepEqual(await listJobs(database), []);
});
