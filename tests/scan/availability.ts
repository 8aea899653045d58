import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** The address that a probe comes from: another client than the tools, which come from 127.0.0.1. */
export const PROBE_ADDRESS = "127.0.0.2";
const PAUSE = 250;
const PATIENCE = 5000;

/** How somebody else was served meanwhile. */
export interface Availability {
  readonly probes: number;
  /** Not answered with 200 within five seconds. */
  readonly failed: number;
  /** Milliseconds. */
  readonly median: number;
  readonly longest: number;
  /** Connections that the server held, at most and when the work was done; our own probes are among them. */
  readonly connections: { readonly most: number; readonly last: number };
}

/** Asks for an address four times a second, each time on a connection of its own, until `work` is done. */
export async function whileProbing<Result>(
  url: string,
  headers: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly availability: Availability }> {
  const stop = new AbortController();
  const times: number[] = [];
  const held: number[] = [];
  let failed = 0;
  const probing = (async () => {
    while (!stop.signal.aborted) {
      const started = performance.now();
      if (!(await isServed(url, headers))) failed += 1;
      times.push(performance.now() - started);
      held.push(await heldConnections(Number(new URL(url).port)));
      await wait(PAUSE, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  try {
    const result = await work();
    stop.abort();
    await probing;
    return {
      result,
      availability: { ...summary(times, failed), connections: { most: Math.max(0, ...held), last: held.at(-1) ?? 0 } },
    };
  } finally {
    stop.abort();
  }
}

function summary(times: readonly number[], failed: number): Omit<Availability, "connections"> {
  const sorted = times.toSorted((a, b) => a - b);
  return { probes: times.length, failed, median: sorted[Math.floor(sorted.length / 2)] ?? 0, longest: sorted.at(-1) ?? 0 };
}

/** Connections of a port of this machine that its server has not closed, whatever the other side did, as Linux tells (proc(5)). */
async function heldConnections(port: number): Promise<number> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = (await readFile("/proc/net/tcp", "latin1")).split("\n").map((line) => line.trim().split(/ +/));
  return lines.filter(([, address, , state]) => address?.endsWith(local) === true && (state === "01" || state === "08")).length;
}

function isServed(url: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { headers, localAddress: PROBE_ADDRESS, agent: false, timeout: PATIENCE }, (answer) => {
      answer
        .resume()
        .on("end", () => resolve(answer.statusCode === 200))
        .on("error", () => resolve(false));
    });
    asked
      .on("error", () => resolve(false))
      .on("timeout", () => asked.destroy())
      .end();
  });
}
