import { median, type Spread, spreadOf } from "../measure/statistics.ts";
import type { ServerProcess } from "../servers/server-process.ts";

export interface Starter {
  readonly name: string;
  readonly start: () => Promise<ServerProcess>;
  /** Milliseconds that it may take. */
  readonly atMost?: number;
}

export interface StartResult extends Omit<Starter, "start"> {
  /** Milliseconds from the command to the first answer of 200. */
  readonly time: Spread;
  /** Bytes in memory after that answer. */
  readonly memory: number;
}

/** Starts each in turn, round after round, once more than is counted. */
export async function raceStarts(starters: readonly Starter[], rounds: number): Promise<readonly StartResult[]> {
  const seen = starters.map(() => ({ times: [] as number[], memory: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { start }] of starters.entries()) {
      const started = performance.now();
      const server = await start();
      const time = performance.now() - started;
      const memory = server.memory();
      await server.stop();
      if (round === 0) continue;
      seen[index]?.times.push(time);
      seen[index]?.memory.push(memory);
    }
  }
  return starters.map(({ name, atMost }, index) => ({
    name,
    ...(atMost === undefined ? {} : { atMost }),
    time: spreadOf(seen[index]?.times ?? []),
    memory: median(seen[index]?.memory ?? []),
  }));
}
