import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite } from "#database";
import { obeyJobOrder } from "./job-orders.ts";
import {
  claimJobs,
  createJobTables,
  failJobs,
  finishJobs,
  insertJob,
  type JobState,
  promoteDue,
  rescueJobs,
} from "./job-table.ts";
import { listJobs } from "./list-jobs.ts";

interface ModelJob {
  state: JobState;
  owner: string | null;
  attempt: number;
  readonly key: string | null;
  readonly priority: number;
  runAt: number;
}

const maxAttempts = 3;
const active = (job: ModelJob): boolean => ["scheduled", "ready", "running"].includes(job.state);

/** Numbers from 0 to `below`, the same for the same seed (a linear congruential generator). */
function seeded(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

for (const seed of [1, 2, 3, 4]) {
  test(`enqueueing, claims, ends, failures, cancels and deaths in any order leave what the model says: seed ${seed}`, async (t) => {
    const database = await openSqlite({ path: ":memory:" });
    t.after(() => database.close());
    await database.transaction(createJobTables);
    const pick = seeded(seed);
    const model = new Map<number, ModelJob>();
    let now = 1000;
    const any = (state?: JobState): number | undefined => {
      const ids = [...model].filter(([, job]) => state === undefined || job.state === state).map(([id]) => id);
      return ids[pick(ids.length)];
    };
    const holds = (key: string | null, not: number): boolean =>
      key !== null && [...model].some(([id, job]) => id !== not && job.key === key && active(job));
    const release = (job: ModelJob, state: JobState): void => void Object.assign(job, { state, owner: null });

    const steps: readonly (() => Promise<void>)[] = [
      async function enqueue() {
        const key = pick(2) === 0 ? `k${pick(3)}` : null;
        const [priority, runAt] = [pick(3), now + (pick(2) === 0 ? 0 : pick(50))];
        const job = { name: "work", queue: "q", input: null, priority, runAt, maxAttempts, uniqueKey: key };
        const { id, isNew } = await database.transaction((connection) => insertJob(connection, job, now));
        assert.equal(isNew, !holds(key, 0));
        const state = runAt > now ? "scheduled" : "ready";
        if (isNew) model.set(id, { state, owner: null, attempt: 0, key, priority, runAt });
        else assert.equal(model.get(id)?.key, key);
      },
      async function rollBack() {
        const job = { name: "work", queue: "q", input: null, priority: 0, runAt: 0, maxAttempts, uniqueKey: null };
        const work = database.transaction(async (connection) => {
          await insertJob(connection, job, now);
          throw new Error("rolled back");
        });
        await assert.rejects(work, /rolled back/);
      },
      async function timePasses() {
        now += pick(20);
        await database.transaction((connection) => promoteDue(connection, now, 1000));
        for (const job of model.values()) if (job.state === "scheduled" && job.runAt <= now) job.state = "ready";
      },
      async function claim() {
        const [owner, limit] = [`o${pick(2)}`, 1 + pick(3)];
        const claimed = await database.transaction((connection) =>
          claimJobs(connection, { queue: "q", owner, limit, leaseUntil: now + 10_000_000 }),
        );
        const expected = [...model]
          .filter(([, job]) => job.state === "ready")
          .toSorted(([left, a], [right, b]) => a.priority - b.priority || left - right)
          .slice(0, limit);
        assert.deepEqual(
          claimed.map(({ id }) => id),
          expected.map(([id]) => id),
        );
        for (const [, job] of expected) Object.assign(job, { state: "running", owner, attempt: job.attempt + 1 });
      },
      async function finish() {
        const id = any("running");
        const owner = `o${pick(2)}`;
        if (id === undefined) return;
        await database.transaction((connection) => finishJobs(connection, owner, [{ id, forgetAt: undefined }], now));
        if (model.get(id)?.owner === owner) model.delete(id);
      },
      async function fail() {
        const id = any();
        const owner = `o${pick(2)}`;
        const retryAt = pick(3) === 0 ? undefined : now + pick(30);
        if (id === undefined) return;
        await database.transaction((connection) => failJobs(connection, owner, [{ id, error: "no", retryAt }], now));
        const job = model.get(id);
        if (job?.owner !== owner) return;
        release(job, retryAt === undefined ? "failed" : retryAt > now ? "scheduled" : "ready");
        job.runAt = retryAt ?? job.runAt;
      },
      async function cancelOrRetry() {
        const id = any();
        const action = pick(2) === 0 ? "cancel" : "retry";
        const job = id === undefined ? undefined : model.get(id);
        if (id === undefined || job === undefined) return;
        const outcome = await database.transaction((connection) => obeyJobOrder(connection, { type: "jobs", action, id }, now));
        const may = action === "cancel" ? active(job) : job.state !== "ready" && job.state !== "running" && !holds(job.key, id);
        assert.equal("was" in outcome, may, JSON.stringify({ outcome, job, action }));
        if (may && action === "cancel") release(job, "cancelled");
        else if (may) Object.assign(job, { state: "ready", attempt: 0, runAt: now });
      },
      async function die() {
        const owner = `o${pick(2)}`;
        await database.transaction((connection) => rescueJobs(connection, { owner, now, of: "all others", sparing: [] }));
        for (const job of model.values())
          if (job.state === "running" && job.owner !== owner) release(job, job.attempt >= maxAttempts + 2 ? "failed" : "ready");
      },
    ];
    for (let index = 0; index < 400; index++) {
      const step = steps[pick(steps.length)];
      await step?.();
      const found = await listJobs(database, { limit: 10_000 });
      assert.deepEqual(
        new Map(
          found.map(({ id, state, attempt, uniqueKey, runAt }) => [id, { state, attempt, uniqueKey, runAt: Date.parse(runAt) }]),
        ),
        new Map(
          [...model].toReversed().map(([id, { state, attempt, key, runAt }]) => [id, { state, attempt, uniqueKey: key, runAt }]),
        ),
        `after step ${index}, ${step?.name}`,
      );
    }
    assert.ok(model.size > 5);
  });
}
