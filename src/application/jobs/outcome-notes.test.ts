import assert from "node:assert/strict";
import { test } from "node:test";
import { type Logger, systemClock } from "#base";
import { openSqlite, type TransactionalDatabase } from "#database";
import { until } from "./job-fixtures.ts";
import { claimJobs, createJobTables, insertJob } from "./job-table.ts";
import { listJobs } from "./list-jobs.ts";
import { OutcomeNotes } from "./outcome-notes.ts";

const owner = "this process";

async function openNotes(
  t: { after(work: () => Promise<void>): void },
  { isIll = () => false }: { readonly isIll?: () => boolean } = {},
) {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction(async (connection) => {
    await createJobTables(connection);
    const job = { name: "work", queue: "q", input: null, priority: 0, runAt: 0, maxAttempts: 3, uniqueKey: null };
    for (let count = 0; count < 4; count += 1) await insertJob(connection, job, 1);
    await claimJobs(connection, { queue: "q", owner, limit: 4, leaseUntil: systemClock.now() + 3_600_000 });
  });
  const logged: string[] = [];
  const note = (_: object, message?: string): void => void logged.push(String(message));
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  const sick: TransactionalDatabase = {
    transaction: (...given: Parameters<TransactionalDatabase["transaction"]>) =>
      isIll() ? Promise.reject(new Error("disk I/O error")) : database.transaction(...given),
  } as TransactionalDatabase;
  const notes = new OutcomeNotes({ database: sick, owner, clock: systemClock, logger, onRetry() {} });
  const states = async (): Promise<string> => (await listJobs(database)).map(({ id, state }) => `${id} ${state}`).join();
  return { database, notes, logged, states };
}

test("a note that the database refuses keeps no other from being written, and its job's lease ends", async (t) => {
  const { database, notes, logged, states } = await openNotes(t);
  notes.done({ id: 1, forgetAt: undefined });
  notes.done({ id: 2, forgetAt: 0.5 });
  notes.done({ id: 3, forgetAt: systemClock.now() + 60_000 });
  notes.failed({ id: 4, error: "no", retryAt: undefined });
  await notes.close();
  assert.equal(await states(), "4 failed,3 done,2 running");
  assert.deepEqual(notes.ids, []);
  assert.deepEqual(logged, ["What became of a job cannot be noted. It runs again."]);
  const [until] = (await database.get("SELECT lease_until FROM _chassis_jobs WHERE id = 2", [])) ?? [];
  assert.ok(Number(until) <= systemClock.now());
});

test("a note that is refused and alone is not tried for ever", async (t) => {
  const { notes, logged } = await openNotes(t);
  notes.failed({ id: 1, error: "no", retryAt: 0.5 });
  await until(() => logged.length === 1 && notes.ids.length === 0);
});

test("where the disk takes nothing, all notes wait until it does", async (t) => {
  let isIll = true;
  const { notes, logged, states } = await openNotes(t, { isIll: () => isIll });
  for (const id of [1, 2]) notes.done({ id, forgetAt: undefined });
  await until(() => logged.length === 1);
  assert.deepEqual(logged, ["What became of jobs could not be noted. Trying again."]);
  assert.deepEqual([...new Set(notes.ids)], [1, 2]);
  isIll = false;
  await until(() => notes.ids.length === 0);
  assert.equal(await states(), "4 running,3 running");
});
