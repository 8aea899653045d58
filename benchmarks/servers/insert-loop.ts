import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Lane } from "../measure/race.ts";
import type { InsertOrder, InsertResult } from "./insert-orders.ts";
import { pinning } from "./server-process.ts";

/** `bare-inserts.ts`, running on the servers' core. */
export class InsertLoop {
  readonly #process: ChildProcess;

  /** `path` is a database that nobody else has open. */
  constructor({ path, school, author }: { readonly path: string; readonly school: string; readonly author: string }) {
    this.#process = fork(join(import.meta.dirname, "bare-inserts.ts"), [path, school, author]);
    if (pinning !== undefined) spawnSync("taskset", ["-a", "-p", "-c", pinning.server, String(this.#process.pid)]);
  }

  lane(name: string, writers: number): Lane {
    return {
      name,
      run: async (milliseconds) => {
        const { rows } = await this.#run({ writers, milliseconds });
        return { rate: (rows * 1000) / milliseconds, p50: Number.NaN, p99: Number.NaN, cpu: Number.NaN };
      },
    };
  }

  #run(order: InsertOrder): Promise<InsertResult> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error("The bare loop ended."));
      this.#process.once("exit", onExit).once("message", (result) => {
        this.#process.off("exit", onExit);
        resolve(result as InsertResult);
      });
      this.#process.send(order);
    });
  }

  close(): void {
    this.#process.disconnect();
  }
}
