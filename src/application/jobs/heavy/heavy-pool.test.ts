import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLogger, systemClock as clock } from "#base";
import { openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import backend from "../../../../tests/jobs/heavy/backend.ts";
import { until } from "../job-fixtures.ts";
import { claimJobs, createJobTables, insertJob } from "../job-table.ts";
import type { Attempt } from "../run-attempt.ts";
import { type HeavyDefinition, HeavyPool, heavyThreads } from "./heavy-pool.ts";

const backendFile = fileURLToPath(new URL("../../../../tests/jobs/heavy/backend.ts", import.meta.url));
const threads = (): number => (process.report.getReport() as { readonly workers: readonly unknown[] }).workers.length;

interface Opened {
  readonly pool: HeavyPool;
  readonly database: SqliteDatabase;
  readonly begin: (name: "burn" | "waits" | "deaf", input: unknown) => Promise<Attempt>;
  /** How many notes there are: one for each of the jobs that wait. */
  readonly count: () => Promise<unknown>;
}

async function openPool(t: TestContext): Promise<Opened> {
  const database = await openSqlite({ path: ":memory:" });
  await prepareDatabase(database, backend.model);
  await database.transaction(createJobTables);
  const hears = { onEnqueued: () => {}, onOrdered: () => {} };
  const setup = { backendFile, cursorKey: new Uint8Array(32), secretKeys: new Uint8Array(32), maxBulkTime: 1000 };
  const pool = new HeavyPool({ setup, database, clock, logger: silentLogger, idleTime: 200, ...hears });
  t.after(async () => {
    await pool.close();
    await database.close();
  });
  const begin = async (name: "burn" | "waits" | "deaf", input: unknown): Promise<Attempt> => {
    const definition = backend.jobs.byName.get(name);
    assert.ok(definition?.heavy !== undefined);
    const [job] = await database.transaction(async (connection) => {
      const row = { name, queue: "heavy", input: JSON.stringify(input), priority: 0, runAt: 0, maxAttempts: 2, uniqueKey: null };
      await insertJob(connection, row, 1);
      return claimJobs(connection, { queue: "heavy", owner: "o", limit: 1, leaseUntil: Date.now() + 60_000 });
    });
    assert.ok(job !== undefined);
    return pool.run(job, { ...definition, heavy: definition.heavy } satisfies HeavyDefinition, "o");
  };
  const count = async (): Promise<unknown> => (await database.get("SELECT count(*) FROM notes", []))?.[0];
  return { pool, database, begin, count };
}

test("threads are as many as may be, are used again, and go when they have nothing to do; what waits can be told to stop", async (t) => {
  const { database, begin, count } = await openPool(t);
  const waiting: Attempt[] = [];
  for (let index = 0; index < heavyThreads + 2; index++) waiting.push(await begin("waits", "x"));
  await until(async () => (await count()) === heavyThreads);
  assert.equal(threads(), heavyThreads);
  // The last waits for a thread: it never begins.
  const last = waiting.pop();
  last?.abort(new Error("Not any more."));
  const outcome = await last?.outcome;
  assert.ok(outcome?.type === "failed" && /Not any more/.test(outcome.error ?? ""));
  for (const attempt of waiting) attempt.abort(new Error("Enough."));
  await Promise.all(waiting.map((attempt) => attempt.outcome));
  assert.equal(await count(), heavyThreads);

  const numbers = new Set<unknown>();
  for (let index = 0; index < 3; index++) {
    assert.deepEqual(await (await begin("burn", 1)).outcome, { type: "done", noted: false });
    for (const [number] of await database.all("SELECT number FROM notes WHERE body = 'burnt'", [])) numbers.add(number);
  }
  assert.equal(numbers.size, 1);
  await until(() => threads() === 0);
});

test("closing waits for a thread that is on its way out", async (t) => {
  const { pool, begin, count } = await openPool(t);
  const attempt = await begin("deaf", "x");
  await until(async () => (await count()) === 1);
  attempt.abort(new Error("Enough."));
  await attempt.outcome;
  await pool.close();
  assert.equal(threads(), 0);
});
