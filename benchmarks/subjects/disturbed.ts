import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Figures } from "../report/figures.ts";
import { ask } from "../servers/ask.ts";
import type { Disturbance, DisturbanceOrder, DisturbanceResult } from "../servers/disturbances.ts";
import { pinning } from "../servers/server-process.ts";

const writers = 16;

/** What becomes of 16 writers while a large table is migrated. */
export async function migrationBesideWrites(folder: string, rows: number): Promise<Figures> {
  const result = await disturb(folder, { type: "migration", rows });
  const { before, during, notes } = result;
  return {
    title: `A migration of ${rows.toLocaleString("en")} rows while ${writers} write`,
    figures: [
      { name: "longest stall of a write, ms", value: during.longest, atMost: 1000 },
      { name: "longest write when nothing else goes on, ms", value: before.longest },
      { name: "99 % of the writes meanwhile within, ms", value: during.p99 },
      { name: "writes meanwhile, as a share of those before and after", value: share(result) },
      { name: "seconds that it takes", value: during.milliseconds / 1000 },
    ],
    notes,
  };
}

/** What becomes of 16 writers while a verified backup is made. */
export async function backupBesideWrites(folder: string, megabytes: number): Promise<Figures> {
  const result = await disturb(folder, { type: "backup", megabytes });
  const { before, during, bytes, notes } = result;
  return {
    title: `A backup of ${Math.round(bytes / 2 ** 20).toLocaleString("en")} MB while ${writers} write`,
    figures: [
      { name: "writes meanwhile, as a share of those before and after", value: share(result), atLeast: 0.8 },
      { name: "longest write meanwhile, ms", value: during.longest },
      { name: "longest write when nothing else goes on, ms", value: before.longest },
      { name: "seconds that it takes", value: during.milliseconds / 1000 },
    ],
    notes,
  };
}

/** What a consumer of the commit feed costs those who write. */
export async function feedBesideWrites(folder: string, milliseconds: number): Promise<Figures> {
  const result = await disturb(folder, { type: "feed", milliseconds });
  return {
    title: `The commit feed while ${writers} write`,
    figures: [{ name: "writes with a consumer, as a share of those without", value: share(result) }],
    notes: result.notes,
  };
}

/** Rates before and after are both there, because a machine gets faster or slower by itself. */
function share({ before, during, after }: DisturbanceResult): number {
  const rate = ({ writes, milliseconds }: DisturbanceResult["before"]): number => writes / milliseconds;
  return rate(during) / ((rate(before) + rate(after)) / 2);
}

async function disturb(parent: string, disturbance: Disturbance): Promise<DisturbanceResult> {
  const folder = join(parent, `disturbed-${disturbance.type}`);
  rmSync(folder, { recursive: true, force: true });
  const program = start();
  try {
    const order: DisturbanceOrder = { folder, disturbance, writers, quiet: 5000 };
    return await ask<DisturbanceResult>(program, order);
  } finally {
    program.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its main thread on the servers' core; threads that it starts, such as that of a backup, go where there is room. */
function start(): ChildProcess {
  const program = fork(join(import.meta.dirname, "../servers/disturbed-writes.ts"));
  if (pinning !== undefined) spawnSync("taskset", ["-p", "-c", `${pinning.server},${pinning.load}`, String(program.pid)]);
  return program;
}
