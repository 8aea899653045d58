import type { LoadOrder, LoadResult } from "../load/exchange.ts";
import type { Load } from "../load/load.ts";
import { rawRequest } from "../load/request.ts";
import type { RaceOptions } from "../measure/race.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { oneReview, visibleReviews } from "./addresses.ts";
import { insertReview } from "./inserts.ts";
import { usualConnections, type World } from "./world.ts";

/** What becomes of small requests while somebody does something large. */
export interface Delays {
  readonly title: string;
  readonly lanes: readonly DelayLane[];
}

export interface DelayLane {
  readonly name: string;
  /** The small requests' results, by round. */
  readonly turns: readonly LoadResult[];
  /** Milliseconds that none of them may wait beyond the longest of the first lane, where the large thing is not done. */
  readonly atMost?: number;
}

/** Nobody's scan, and nobody's writing, may delay another's point read by more than this. */
const mostDelay = 50;

interface Scene {
  readonly title: string;
  readonly small: Omit<LoadOrder, "milliseconds">;
  /** What else goes on, by its name. */
  readonly large: Readonly<Record<string, Omit<LoadOrder, "milliseconds">>>;
}

/** Point reads alone, and while 64 callers write. */
export function readsBesideWrites({ load, chassis, callers }: World, options: RaceOptions): Promise<Delays> {
  const requests = visibleReviews(5000).map((n) => rawRequest({ path: oneReview(n).chassis, headers: callers.usual }));
  return measureDelays(load, options, {
    title: "Point reads while others write",
    small: { port: chassis.port, requests, connections: usualConnections },
    large: {
      "64 callers write": { port: chassis.port, requests: [insertReview(callers.usual, "return=minimal")], connections: 64 },
    },
  });
}

/** Point reads alone, and while others ask for what no index finds among a million rows. */
export function readsBesideScans(load: Load, server: ServerProcess, options: RaceOptions): Promise<Delays> {
  const { port } = server;
  const requests = Array.from({ length: 5000 }, (_, index) =>
    rawRequest({ path: `/rest/v1/many?id=eq.${((index * 7919) % 1_000_000) + 1}` }),
  );
  // No two alike: nothing of them can be remembered. Where one takes longer than a query may, it is answered with 503.
  const scans = Array.from({ length: 50 }, (_, index) =>
    rawRequest({ path: `/rest/v1/many?name=like.*no-${index}-such*&order=name.desc&limit=20` }),
  );
  return measureDelays(load, options, {
    title: "Point reads while others scan a million rows",
    small: { port, requests, connections: usualConnections },
    large: {
      "1 caller scans": { port, requests: scans, connections: 1, alsoGood: 503 },
      "4 callers scan": { port, requests: scans, connections: 4, alsoGood: 503 },
    },
  });
}

async function measureDelays(load: Load, { rounds, milliseconds }: RaceOptions, { title, small, large }: Scene): Promise<Delays> {
  const lanes = new Map<string, LoadResult[]>([
    ["nothing else", []],
    ...Object.keys(large).map((name): [string, LoadResult[]] => [name, []]),
  ]);
  // The first round warms up and does not count.
  for (let round = -1; round < rounds; round++) {
    for (const [name, turns] of lanes) {
      const beside = large[name];
      const orders = beside === undefined ? [small] : [small, beside];
      const [result] = await load.runTogether(orders.map((order) => ({ ...order, milliseconds })));
      if (round >= 0 && result !== undefined) turns.push(result);
    }
  }
  return {
    title,
    lanes: [...lanes].map(([name, turns]) => ({ name, turns, ...(name in large ? { atMost: mostDelay } : {}) })),
  };
}
