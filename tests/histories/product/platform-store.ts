import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import type { Operation } from "../checker/history.ts";
import { Refused, type Store, type Task, type Work } from "../run/run-plan.ts";
import { backend, takenMark } from "./backend.ts";
import { createSend, type Send } from "./client.ts";
import { Tally } from "./tally.ts";
import { type Way, ways } from "./ways.ts";

/** Chassis as it is started, asked by HTTP: half of the transactions through sockets, half through `fetch`. */
export class RunningChassis {
  readonly #platform: Platform;
  readonly #sends: readonly Send[];
  /** What it logged as errors: a caller is not told. */
  readonly #defects: unknown[];
  readonly tally = new Tally();
  #runs = 0;

  private constructor(platform: Platform, sends: readonly Send[], defects: unknown[]) {
    this.#platform = platform;
    this.#sends = sends;
    this.#defects = defects;
  }

  static async start(dataDirectory: string): Promise<RunningChassis> {
    const config = loadConfig({ environment: {}, overrides: { port: "0", rateLimits: "off" } });
    const defects: unknown[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void defects.push(fields) };
    const platform = await createPlatform({ backend, config, dataDirectory, logger });
    const { token } = await platform.tokens.issue({ actor: { id: "tester", roles: [], claims: {} }, lifetime: 86_400_000 });
    const sends = [
      createSend(async (request) => platform.fetch(request), "http://localhost", token),
      createSend(fetch, await platform.listen(), token),
    ];
    await sends[0]?.("/entries", { method: "POST", body: { list: "none", value: 0, mark: takenMark } });
    return new RunningChassis(platform, sends, defects);
  }

  /** The database for one history: its keys belong to it alone. */
  readonly store = (): Store => {
    const prefix = `${++this.#runs}-`;
    return { run: (work) => this.#run(prefix, work) };
  };

  async #run(prefix: string, work: Work): Promise<readonly Operation[]> {
    const own = {
      ...work,
      tasks: work.tasks.map((task): Task => (task.do === "pause" ? task : { ...task, key: prefix + task.key })),
    };
    const fitting = ways.filter((way) => way.fits(own));
    const way = fitting[work.way % fitting.length] as Way;
    const send = this.#sends[Math.floor(work.way / fitting.length) % this.#sends.length] as Send;
    const operations = await this.tally
      .count(way.name, work.signal, () => way.run(own, send))
      .catch((error: unknown) => {
        if (error instanceof Refused || work.signal.aborted) throw error;
        throw new Error(`By '${way.name}': ${String(error)}`, { cause: this.#defects.at(-1) });
      });
    return operations.map((operation) => ({ ...operation, key: operation.key.slice(prefix.length) }));
  }

  close(): Promise<void> {
    return this.#platform.close();
  }
}
