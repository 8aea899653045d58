import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, test } from "node:test";
import { AppError } from "#contract";
import { openSqlite } from "./sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A database of ours, and another program that has its write lock. */
async function locked(lockTimeout: number) {
  const folder = mkdtempSync(join(tmpdir(), "chassis-busy-"));
  const path = join(folder, "a.db");
  const database = await openSqlite({ path, lockTimeout });
  await database.transaction((connection) => connection.run("CREATE TABLE t (n INTEGER) STRICT", []));
  const other = new DatabaseSync(path);
  cleanup.push(async () => {
    await database.close();
    other.close();
    rmSync(folder, { recursive: true, force: true });
  });
  other.exec("BEGIN IMMEDIATE");
  const insert = (n: number, signal?: AbortSignal) =>
    database.transaction((connection) => connection.run("INSERT INTO t VALUES (?)", [n]), signal === undefined ? {} : { signal });
  const rows = async (): Promise<unknown> => (await database.all("SELECT n FROM t ORDER BY n", [])).flat();
  return { database, other, insert, rows };
}

const refused = (error: unknown): boolean =>
  error instanceof AppError && error.error === "unavailable" && error.headers["Retry-After"] === "1";

test("a lock that is let go of in time is waited for, and the event loop goes on meanwhile", async () => {
  const { other, insert, rows } = await locked(5000);
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);
  const writing = Promise.all([1, 2, 3].map((n) => insert(n)));
  setTimeout(() => other.exec("COMMIT"), 200);
  await writing;
  clearInterval(ticking);
  assert.ok(ticks > 5, `${ticks} ticks`);
  assert.deepEqual(await rows(), [1, 2, 3]);
});

test("a lock that is kept refuses all who wait at about the same time, and reads go on", async () => {
  const { other, insert, rows } = await locked(400);
  const started = performance.now();
  const results = await Promise.allSettled([1, 2, 3, 4].map((n) => insert(n)));
  assert.ok(results.every((result) => result.status === "rejected" && refused(result.reason)));
  assert.ok(performance.now() - started < 1200, "each waited for a time of its own");
  assert.deepEqual(await rows(), []);
  other.exec("COMMIT");
  await insert(5);
  assert.deepEqual(await rows(), [5]);
});

test("whoever gives up while waiting leaves the line", async () => {
  const { other, insert, rows } = await locked(5000);
  const waiting = assert.rejects(insert(1, AbortSignal.timeout(50)));
  const second = insert(2);
  await waiting;
  other.exec("COMMIT");
  await second;
  assert.deepEqual(await rows(), [2]);
});
