import type { Lane } from "../measure/race.ts";
import type { ServerProcess } from "../servers/server-process.ts";

export interface MemoryResult {
  readonly name: string;
  /** Bytes, by the seconds of load that came before. */
  readonly samples: readonly { readonly seconds: number; readonly bytes: number }[];
  /** Bytes that it may hold. */
  readonly atMost: number;
}

const seconds = 60;
const step = 10;

/** What a server that has just started holds while it is under load for a minute, the lanes taking turns. */
export async function memoryUnderLoad(name: string, server: ServerProcess, lanes: readonly Lane[]): Promise<MemoryResult> {
  const samples = [{ seconds: 0, bytes: server.memory() }];
  for (let second = 0; second < seconds; second += step) {
    for (const lane of lanes) await lane.run((step * 1000) / lanes.length);
    samples.push({ seconds: second + step, bytes: server.memory() });
  }
  return { name, samples, atMost: 100 * 2 ** 20 };
}
