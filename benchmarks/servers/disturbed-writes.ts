import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createIdSource, systemClock } from "#base";
import {
  applyMigration,
  openSqlite,
  openStore,
  planMigration,
  prepareDatabase,
  type SqliteDatabase,
  takeBackup,
} from "#database";
import { fillItems, type Items, itemsAfter, itemsBefore } from "../data/fill-items.ts";
import { percentile } from "../measure/statistics.ts";
import type { Disturbance, DisturbanceOrder, DisturbanceResult, WritesSeen } from "./disturbances.ts";

// The program in which writers write while something large is done to the same database: without HTTP, which would hide a part of it.

process.on("message", (order: DisturbanceOrder) => {
  void run(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit());

async function run({ folder, disturbance, writers, quiet }: DisturbanceOrder): Promise<DisturbanceResult> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "chassis.db");
  const database = await openSqlite({ path });
  try {
    await prepareDatabase(database, itemsBefore, systemClock);
    await fillItems(database, sizeOf(disturbance));
    const load = new WriteLoad(database, writers);
    await pause(quiet / 4);
    const before = await load.during(() => pause(quiet));
    const bytes = statSync(path).size;
    let notes: readonly string[] = [];
    const during = await load.during(async () => {
      notes = await disturb(database, disturbance, folder);
    });
    const after = await load.during(() => pause(quiet));
    await load.close();
    return { before, during, after, bytes, notes };
  } finally {
    await database.close();
  }
}

function sizeOf(disturbance: Disturbance): Items {
  switch (disturbance.type) {
    case "migration":
      return { rows: disturbance.rows, textLength: 60 };
    case "backup":
      return { rows: disturbance.megabytes * 256, textLength: 3900 };
    case "feed":
      return { rows: 10_000, textLength: 60 };
  }
}

async function disturb(database: SqliteDatabase, disturbance: Disturbance, folder: string): Promise<readonly string[]> {
  switch (disturbance.type) {
    case "migration": {
      const { steps, from, to, kinds, isReady } = await planMigration(database, itemsAfter, { fill: { "items.code": "'none'" } });
      if (!isReady) throw new Error("The migration of the benchmark asks something.");
      const migration = { name: "benchmark", from, to, kinds, steps };
      const applied = await applyMigration(database, { id: "20260101000000_benchmark", migration });
      return applied.steps.map(
        ({ text, milliseconds, transactions, longestStall }) =>
          `${text}: ${(milliseconds / 1000).toFixed(1)} s in ${transactions} transactions, the longest ${longestStall.toFixed(0)} ms`,
      );
    }
    case "backup": {
      const destination = join(folder, "backups");
      const store = openStore(destination, {} as never, () => Date.now());
      const { bytes } = await takeBackup({
        places: { dataDirectory: folder, databasePath: join(folder, "chassis.db") },
        settings: { passphrase: undefined },
        isGentle: true,
        store,
      });
      return [`a file of ${Math.round(bytes / 2 ** 20)} MB`];
    }
    case "feed": {
      const subscription = await database.feed.subscribe();
      const timer = setTimeout(() => subscription.close(), disturbance.milliseconds);
      let entries = 0;
      for await (const _ of subscription) entries += 1;
      clearTimeout(timer);
      return [`${entries} entries were consumed`];
    }
  }
}

/** Writers that each insert one row after the other, as single requests do. */
class WriteLoad {
  readonly #writers: readonly Promise<void>[];
  #open = true;
  #latencies: number[] = [];

  constructor(database: SqliteDatabase, writers: number) {
    const ids = createIdSource(systemClock);
    const write = async (): Promise<void> => {
      while (this.#open) {
        const start = performance.now();
        const now = new Date().toISOString();
        await database.transaction(
          (connection) =>
            connection.run("INSERT INTO orders (id, item, note, created, updated, version) VALUES (?, 1, 'An order', ?, ?, 1)", [
              ids.uuid(),
              now,
              now,
            ]),
          { brief: true },
        );
        this.#latencies.push(performance.now() - start);
      }
    };
    this.#writers = Array.from({ length: writers }, write);
  }

  /** What the writers saw while that was done. */
  async during(work: () => Promise<unknown>): Promise<WritesSeen> {
    this.#latencies = [];
    const start = performance.now();
    await work();
    const milliseconds = performance.now() - start;
    const latencies = this.#latencies.sort((left, right) => left - right);
    return { writes: latencies.length, milliseconds, p99: percentile(latencies, 0.99), longest: latencies.at(-1) ?? 0 };
  }

  async close(): Promise<void> {
    this.#open = false;
    await Promise.all(this.#writers);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
