import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { createIdSource, systemClock } from "#base";
import { percentile } from "../measure/statistics.ts";
import type { InsertOrder, InsertResult, InsertWay } from "./insert-orders.ts";

// The program of the loop that durable inserts are held against: the statement alone, in several ways to have it on the disk before it
// counts. It has no HTTP, no JSON, no rule, and gives nothing back; its ids grow with time as those of Chassis do.
const [path = "", school = "", author = ""] = process.argv.slice(2);
const synced = promisify(fdatasync);
const ids = createIdSource(systemClock);

const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
database.exec("PRAGMA journal_mode = WAL");
const insert = database.prepare(
  `INSERT INTO reviews (id, school, author, stars, body, hidden, posted, created, updated, version) VALUES (?, ?, ?, 4, ?, 0, ?, ?, ?, 1)`,
);

function insertOne(): void {
  const now = new Date().toISOString();
  const body = "A review that was written while the clock ran, of about the length that most of them have.";
  insert.run(ids.uuid(), school, author, body, now, now, now);
}

/** SQLite waits for the disk at every commit. */
function alone(deadline: number, latencies: number[]): void {
  database.exec("PRAGMA synchronous = FULL");
  for (let start = performance.now(); start < deadline; start = performance.now()) {
    insertOne();
    latencies.push(performance.now() - start);
  }
}

function oneTransaction(deadline: number, latencies: number[]): void {
  database.exec("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
  for (let start = performance.now(); start < deadline; start = performance.now()) {
    insertOne();
    latencies.push(performance.now() - start);
  }
  database.exec("COMMIT");
}

/** Each round serves whoever waits; a writer waits again as soon as it is served. */
async function together(order: InsertOrder, deadline: number, latencies: number[]): Promise<void> {
  database.exec("PRAGMA synchronous = NORMAL");
  insertOne();
  const wal = openSync(`${path}-wal`, "r+");
  let waiting: { readonly start: number; readonly answer: () => void }[] = [];
  const durable = (): Promise<void> =>
    new Promise((answer) => {
      const start = performance.now();
      if (order.way === "share a sync") insertOne();
      waiting.push({ start, answer });
    });
  const writer = async (): Promise<void> => {
    while (performance.now() < deadline) await durable();
  };
  const writers = Promise.all(Array.from({ length: order.writers }, writer));
  while (waiting.length > 0) {
    const served = waiting;
    waiting = [];
    if (order.way === "share a commit") {
      database.exec("BEGIN IMMEDIATE");
      for (let row = 0; row < served.length; row++) insertOne();
      database.exec("COMMIT");
    }
    await synced(wal);
    const now = performance.now();
    for (const { start, answer } of served) {
      latencies.push(now - start);
      answer();
    }
    // Those who were just answered write again, so that the next sync serves all of them.
    await setImmediate();
  }
  await writers;
  closeSync(wal);
}

/** As a log is written, without anything in it. */
function nothingButSyncs(deadline: number, latencies: number[]): void {
  const file = openSync(`${path}-syncs`, "a");
  const page = Buffer.alloc(4096, 1);
  for (let start = performance.now(); start < deadline; start = performance.now()) {
    writeSync(file, page);
    fdatasyncSync(file);
    latencies.push(performance.now() - start);
  }
  closeSync(file);
}

const ways: Readonly<Record<InsertWay, (order: InsertOrder, deadline: number, latencies: number[]) => void | Promise<void>>> = {
  "each commit synced": (_order, deadline, latencies) => alone(deadline, latencies),
  "share a sync": together,
  "share a commit": together,
  "one transaction": (_order, deadline, latencies) => oneTransaction(deadline, latencies),
  "nothing but syncs": (_order, deadline, latencies) => nothingButSyncs(deadline, latencies),
};

async function run(order: InsertOrder): Promise<InsertResult> {
  const latencies: number[] = [];
  await ways[order.way](order, performance.now() + order.milliseconds, latencies);
  latencies.sort((left, right) => left - right);
  return { rows: latencies.length, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

process.on("message", (order: InsertOrder) => {
  void run(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => {
  database.close();
  process.exit();
});
