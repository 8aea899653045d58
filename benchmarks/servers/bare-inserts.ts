import { randomUUID } from "node:crypto";
import { closeSync, fdatasync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import type { InsertOrder, InsertResult } from "./insert-orders.ts";

// The program of the loop that durable inserts are held against: the statement alone, one commit each, in one of two ways to have
// it on the disk before it counts.
const [path = "", school = "", author = ""] = process.argv.slice(2);
const synced = promisify(fdatasync);

const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
database.exec("PRAGMA journal_mode = WAL");
const insert = database.prepare(
  `INSERT INTO reviews (id, school, author, stars, body, hidden, posted, created, updated, version) VALUES (?, ?, ?, 4, ?, 0, ?, ?, ?, 1)`,
);

function insertOne(): void {
  const now = new Date().toISOString();
  insert.run(
    randomUUID(),
    school,
    author,
    "A review that was written while the clock ran, of about the length that most of them have.",
    now,
    now,
    now,
  );
}

/** SQLite waits for the disk at every commit. */
async function alone(deadline: number): Promise<number> {
  database.exec("PRAGMA synchronous = FULL");
  let rows = 0;
  while (performance.now() < deadline) {
    insertOne();
    rows += 1;
  }
  return rows;
}

/** So many writers, of whom one fdatasync of the WAL serves all that committed before it began. */
async function together(deadline: number, writers: number): Promise<number> {
  database.exec("PRAGMA synchronous = NORMAL");
  insertOne();
  const wal = openSync(`${path}-wal`, "r+");
  let waiting: (() => void)[] = [];
  let syncing = false;
  const sync = async (): Promise<void> => {
    syncing = true;
    while (waiting.length > 0) {
      const served = waiting;
      waiting = [];
      await synced(wal);
      for (const answer of served) answer();
      // Those who were just answered commit again, so that the next sync serves all of them.
      await setImmediate();
    }
    syncing = false;
  };
  const durable = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!syncing) void sync();
    });
  let rows = 0;
  const writer = async (): Promise<void> => {
    while (performance.now() < deadline) {
      insertOne();
      await durable();
      rows += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  closeSync(wal);
  return rows;
}

process.on("message", ({ writers, milliseconds }: InsertOrder) => {
  const deadline = performance.now() + milliseconds;
  const work = writers === 1 ? alone(deadline) : together(deadline, writers);
  void work.then((rows) => process.send?.({ rows } satisfies InsertResult));
});
process.on("disconnect", () => {
  database.close();
  process.exit();
});
