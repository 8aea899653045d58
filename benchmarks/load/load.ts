import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Lane } from "../measure/race.ts";
import { ask } from "../servers/ask.ts";
import { pinning, type ServerProcess } from "../servers/server-process.ts";
import type { LoadOrder, LoadResult } from "./exchange.ts";

export interface LaneOptions {
  readonly name: string;
  readonly server: ServerProcess;
  readonly requests: readonly string[];
  readonly connections: number;
}

/** The load generator, in a process of its own. */
export class Load {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = fork(join(import.meta.dirname, "generator.ts"));
    if (pinning !== undefined) spawnSync("taskset", ["-a", "-p", "-c", pinning.load, String(this.#process.pid)]);
  }

  /** Throws where an answer was not 2xx. */
  async run(order: LoadOrder): Promise<LoadResult> {
    const [result] = await this.runTogether([order]);
    if (result === undefined) throw new Error("The load generator gave no result.");
    return result;
  }

  /** All of them at the same time. Throws where an answer was not 2xx. */
  async runTogether(orders: readonly LoadOrder[]): Promise<readonly LoadResult[]> {
    const results = await ask<readonly LoadResult[]>(this.#process, orders);
    for (const [index, { failure }] of results.entries()) {
      if (failure === undefined) continue;
      throw new Error(`A request to port ${orders[index]?.port} was not answered well: ${failure}`);
    }
    return results;
  }

  /** A lane that is a server under these requests. */
  lane({ name, server, requests, connections }: LaneOptions): Lane {
    return {
      name,
      run: async (milliseconds) => {
        const before = server.cpuTime();
        const result = await this.run({ port: server.port, requests, connections, milliseconds });
        const cpu = ((server.cpuTime() - before) * 1000) / result.answers;
        return { rate: (result.answers * 1000) / result.milliseconds, p50: result.p50, p99: result.p99, cpu };
      },
    };
  }

  close(): void {
    this.#process.disconnect();
  }
}
