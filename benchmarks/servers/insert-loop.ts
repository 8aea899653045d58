import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Lane } from "../measure/race.ts";
import { ask } from "./ask.ts";
import type { InsertOrder, InsertResult, InsertWay } from "./insert-orders.ts";
import { pinning } from "./server-process.ts";

/** `bare-inserts.ts`, running on the servers' core. */
export class InsertLoop {
  readonly #process: ChildProcess;

  /** `path` is a database that nobody else has open. */
  constructor({ path, school, author }: { readonly path: string; readonly school: string; readonly author: string }) {
    this.#process = fork(join(import.meta.dirname, "bare-inserts.ts"), [path, school, author]);
    if (pinning !== undefined) spawnSync("taskset", ["-a", "-p", "-c", pinning.server, String(this.#process.pid)]);
  }

  lane(name: string, way: InsertWay, writers = 1): Lane {
    return {
      name,
      run: async (milliseconds) => {
        const order: InsertOrder = { way, writers, milliseconds };
        const { rows, p50, p99 } = await ask<InsertResult>(this.#process, order);
        return { rate: (rows * 1000) / milliseconds, p50, p99, cpu: Number.NaN };
      },
    };
  }

  close(): void {
    this.#process.disconnect();
  }
}
