import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openSqlite, type Connection, type SqliteDatabase } from "#database";
import type { JobContext } from "./define-job.ts";
import type { AnySchema } from "../schema/schema.ts";
import { Postpone, UnrecoverableError } from "./job-errors.ts";
import { job, openJobWorld, until } from "./job-fixtures.ts";
import { findJob, listJobs } from "./list-jobs.ts";

/** What `complete` gives as `db` in these worlds: the connection itself. */
const count = (db: unknown): Promise<number> => (db as Connection).run("UPDATE counter SET n = n + 1", []);

async function withCounter(
  t: Pick<TestContext, "after">,
): Promise<{ database: SqliteDatabase; counted: () => Promise<unknown> }> {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction(async (connection) => {
    await connection.run("CREATE TABLE counter (n INTEGER NOT NULL) STRICT", []);
    await connection.run("INSERT INTO counter VALUES (0)", []);
  });
  return { database, counted: async () => (await database.get("SELECT n FROM counter", []))?.[0] };
}

type Context = JobContext<AnySchema, undefined>;

test("what is written with `complete` and the job's end are one: a handler that fails after it does not fail the job", async (t) => {
  const { database, counted } = await withCounter(t);
  const second: unknown[] = [];
  const next = job({}, () => {});
  const work = job({ backoff: () => 1 }, async ({ complete, step }) => {
    assert.equal(
      await complete(async (db, enqueue) => {
        await enqueue(next, undefined, { delay: "1h" });
        return count(db);
      }),
      1,
    );
    await complete().catch((error: unknown) => second.push(String(error)));
    await step("late", () => 1).catch((error: unknown) => second.push(String(error)));
    throw new Error("after the end");
  });
  const { enqueue, runner, logged } = await openJobWorld(t, { jobs: { work, next }, database });
  await enqueue(work);
  await until(() => second.length === 2 && runner.running === 0);
  assert.equal(await counted(), 1);
  assert.deepEqual(
    (await listJobs(database)).map(({ name, state }) => [name, state]),
    [["next", "scheduled"]],
  );
  assert.match(second.join("\n"), /can be called once[\s\S]*`complete` was called/);
  assert.ok(logged.some((line) => "message" in line && /failed after it had completed/.test(String(line.message))));
});

test("`complete` whose work fails keeps nothing, and may be called again", async (t) => {
  const { database, counted } = await withCounter(t);
  const work = job({}, async ({ complete }) => {
    const failing = complete(async (db) => {
      await count(db);
      throw new Error("in its middle");
    });
    await assert.rejects(complete(), /under way already/);
    await assert.rejects(failing, /in its middle/);
    assert.equal(await counted(), 0);
    await complete(count);
  });
  const { enqueue } = await openJobWorld(t, { jobs: { work }, database });
  await enqueue(work);
  await until(async () => (await listJobs(database)).length === 0);
  assert.equal(await counted(), 1);
});

test("`complete` of a job that was cancelled, ran out of time, or is another's by now, rolls back", async (t) => {
  const { database, counted } = await withCounter(t);
  const goOn = Promise.withResolvers<void>();
  const errors: string[] = [];
  const late = async ({ complete }: Context): Promise<void> => {
    await goOn.promise;
    await complete(count).catch((error: unknown) => errors.push(String(error)));
  };
  const cancelled = job({}, late);
  const slow = job({ timeLimit: 20, maxAttempts: 1 }, late);
  const stolen = job({}, late);
  const { enqueue, jobs, runner } = await openJobWorld(t, { jobs: { cancelled, slow, stolen }, database });
  const ids = [await enqueue(cancelled), await enqueue(slow), await enqueue(stolen)] as const;
  await until(async () => (await findJob(database, ids[1]))?.state === "failed" && runner.running === 2);
  await jobs.cancel(ids[0]);
  await database.transaction((connection) => connection.run("UPDATE _chassis_jobs SET owner = 'another' WHERE id = ?", [ids[2]]));
  await until(() => runner.running === 1);
  goOn.resolve();
  await until(() => errors.length === 3);
  assert.equal(await counted(), 0);
  assert.deepEqual(errors.map((error) => error.slice(0, 30)).toSorted(), [
    "Error: It took longer than its",
    "Error: The job is no longer th",
    "StoppingError: The job was can",
  ]);
  assert.deepEqual(
    (await listJobs(database)).map(({ state }) => state),
    ["running", "failed", "cancelled"],
  );
});

test("a handler that does not wait for its `complete`, and one whose time is over while it commits, have completed once", async (t) => {
  const { database, counted } = await withCounter(t);
  const hasty = job({}, ({ complete }) => {
    void complete(count);
  });
  const late = job({ timeLimit: 30, maxAttempts: 1 }, async ({ complete, signal }) => {
    const completing = complete(count);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await completing;
  });
  const { enqueue, logged } = await openJobWorld(t, { jobs: { hasty, late }, database });
  await enqueue(hasty);
  await enqueue(late);
  await until(async () => (await listJobs(database)).length === 0 && logged.length === 1);
  assert.equal(await counted(), 2);
  assert.match(JSON.stringify(logged), /failed after it had completed/);
});

test("a job that is to be kept is, also where it completed by itself", async (t) => {
  const { database } = await withCounter(t);
  const kept = job({ keep: "1h" }, ({ complete }) => complete());
  const { enqueue } = await openJobWorld(t, { jobs: { kept }, database });
  const id = await enqueue(kept);
  await until(async () => (await findJob(database, id))?.state === "done");
});

test("UnrecoverableError sets a job aside at once, also one of another copy of the package", async (t) => {
  const attempts: string[] = [];
  const ours = job({}, () => {
    attempts.push("ours");
    throw new UnrecoverableError("The address does not exist.", { cause: 550 });
  });
  const theirs = job({}, () => {
    attempts.push("theirs");
    throw Object.assign(new Error("gone"), { name: "UnrecoverableError" });
  });
  const { enqueue, database } = await openJobWorld(t, { jobs: { ours, theirs } });
  const ids = [await enqueue(ours), await enqueue(theirs)] as const;
  await until(async () => (await findJob(database, ids[1]))?.state === "failed");
  const row = await findJob(database, ids[0]);
  assert.deepEqual([row?.state, row?.attempt], ["failed", 1]);
  assert.match(row?.error ?? "", /^UnrecoverableError: The address does not exist/);
  assert.deepEqual(attempts, ["ours", "theirs"]);
});

test("Postpone puts a job off without counting the attempt, as often as it likes, and says why", async (t) => {
  const attempts: number[] = [];
  const times: number[] = [];
  const patient = job({ maxAttempts: 1 }, ({ attempt }) => {
    attempts.push(attempt);
    times.push(Date.now());
    if (attempts.length < 3) throw new Postpone(0);
    if (attempts.length === 3) throw new Postpone("1h", "The other side is closed.");
  });
  const { enqueue, database } = await openJobWorld(t, { jobs: { patient } });
  const id = await enqueue(patient);
  await until(() => attempts.length === 3);
  await until(async () => (await findJob(database, id))?.state === "scheduled");
  const [one = 0, , three = 0] = times;
  assert.ok(three - one >= 1990, "a second lies between two attempts, though none was asked for");
  const row = await findJob(database, id);
  assert.deepEqual([row?.attempt, row?.error], [0, "Put off: The other side is closed."]);
  assert.ok(Date.parse(row?.runAt ?? "") > Date.now() + 3_500_000);
  assert.deepEqual(attempts, [1, 1, 1]);
  assert.throws(() => new Postpone("soon"), /must be a duration/);
  assert.throws(() => new Postpone(-1), TypeError);
});

test("times that are no whole milliseconds are rounded, and keep no other job from being noted", async (t) => {
  let isPatient = true;
  const patient = job({ keep: 60_000.5 }, () => {
    if (isPatient) {
      isPatient = false;
      throw new Postpone(0.4);
    }
  });
  const foreign = job({}, ({ id }) => {
    if (id === 2) throw Object.assign(new Error("of another copy"), { name: "Postpone", delay: 1e300 });
  });
  const { enqueue, database, logged } = await openJobWorld(t, { jobs: { patient, foreign } });
  for (const each of [patient, foreign, foreign]) await enqueue(each);
  await until(async () => (await listJobs(database)).map(({ state }) => state).join() === "scheduled,done");
  assert.deepEqual(logged, []);
});

test("what would wait for the handler's own transaction is refused at once, with what to do", async (t) => {
  const { database } = await withCounter(t);
  const errors: string[] = [];
  const other = job({}, () => {});
  const nested = job({}, async ({ id, transaction, complete, enqueue, step, jobs }) => {
    const keep = (error: unknown): void => void errors.push(String(error));
    await transaction(async (_, __, own) => {
      await transaction(async () => {}).catch(keep);
      await complete().catch(keep);
      await enqueue(other).catch(keep);
      await step("one", () => 1).catch(keep);
      await jobs.pause("other").catch(keep);
      assert.equal((await jobs.find(id))?.state, "running");
      assert.deepEqual(await own.pause("other"), { was: null });
    });
    // Beside it they wait for their turn, and come.
    await Promise.all([transaction(async (db) => void (await count(db))), enqueue(other), step("two", () => 2)]);
  });
  const { enqueue, jobs } = await openJobWorld(t, { jobs: { nested, other }, database });
  await enqueue(nested);
  await until(async () => errors.length === 5 && (await listJobs(database)).length === 0);
  assert.match(
    errors.join("\n"),
    /cannot be nested\.[\s\S]*cannot be nested\.[\s\S]*work is given\.[\s\S]*into the step\.[\s\S]*`jobs` that the work is given/,
  );
  assert.deepEqual(await jobs.counts(), [{ queue: "other", paused: true, states: {} }]);
});
