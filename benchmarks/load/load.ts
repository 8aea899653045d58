import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Lane } from "../measure/race.ts";
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
    const result = await new Promise<LoadResult>((resolve, reject) => {
      const onExit = (): void => reject(new Error("The load generator ended."));
      this.#process.once("exit", onExit);
      this.#process.once("message", (message) => {
        this.#process.off("exit", onExit);
        resolve(message as LoadResult);
      });
      this.#process.send(order);
    });
    if (result.failure !== undefined) throw new Error(`A request to port ${order.port} was not answered well: ${result.failure}`);
    return result;
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
