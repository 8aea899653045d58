import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stored } from "#contract";
import { type Connection, openSqlite } from "#database";
import {
  claimJobs,
  createJobTables,
  failJobs,
  finishJobs,
  forgetJobs,
  hasExpired,
  hasForgettable,
  insertJob,
  keepStep,
  nextDue,
  pausedQueues,
  promoteDue,
  readyQueues,
  renewLeases,
  rescueJobs,
  retryJob,
} from "./job-table.ts";
import { findJob, listJobs } from "./list-jobs.ts";

test("no statement of the runner reads through all jobs, however many wait", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction(createJobTables);
  await database.transaction(async (connection) => {
    const plans: string[] = [];
    const explain = async (sql: string, parameters: readonly Stored[]): Promise<void> => {
      const plan = await connection.all(`EXPLAIN QUERY PLAN ${sql}`, parameters);
      plans.push(`${sql}\n${plan.map((row) => String(row[3])).join("\n")}`);
    };
    const watched: Connection = {
      all: (sql, parameters) => explain(sql, parameters).then(() => connection.all(sql, parameters)),
      get: (sql, parameters) => explain(sql, parameters).then(() => connection.get(sql, parameters)),
      run: (sql, parameters) => explain(sql, parameters).then(() => connection.run(sql, parameters)),
      execute: (sql, parameters) => explain(sql, parameters).then(() => connection.execute(sql, parameters)),
    };
    const keeping = { failed: 1, cancelled: 1 };
    const job = { name: "work", queue: "q", input: null, priority: 0, runAt: 0, maxAttempts: 1 };
    await insertJob(watched, { ...job, uniqueKey: "k" }, 0);
    await nextDue(watched);
    await hasForgettable(watched, 0, keeping);
    await hasExpired(watched, 0);
    await readyQueues(watched);
    await pausedQueues(watched);
    await promoteDue(watched, 0, 1);
    await forgetJobs(watched, { now: 0, keeping, limit: 1 });
    await claimJobs(watched, { queue: "q", owner: "o", limit: 1, leaseUntil: 1 });
    await renewLeases(watched, "o", [1], 2);
    await rescueJobs(watched, { owner: "o", now: 0, of: "anybody", sparing: [] });
    await rescueJobs(watched, { owner: "o", now: 0, of: "all others", sparing: [] });
    await keepStep(watched, "o", 1, "{}");
    await failJobs(watched, "o", [{ id: 1, error: "", retryAt: undefined }], 0);
    await retryJob(watched, 1, 0);
    await finishJobs(
      watched,
      "o",
      [
        { id: 1, forgetAt: 1 },
        { id: 1, forgetAt: undefined },
      ],
      0,
    );
    await findJob(watched, 1);
    await listJobs(watched, { state: "failed" });
    assert.ok(plans.length > 18);
    assert.deepEqual(
      // Through an index of some of them, those that run say, is no harm.
      plans.filter((plan) => /SCAN _chassis_jobs(?! USING)/.test(plan)),
      [],
    );
  });
});
