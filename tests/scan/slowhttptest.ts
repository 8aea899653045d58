import { stripVTControlCharacters } from "node:util";
import type { Finding, Reading, Scanner, Trial } from "./scanner.ts";

/**
 * What slowhttptest says at its end: whether others were served. When it still has connections then, they need not be the server's
 * any more: what it has not read keeps its own end open. Whether the server let go of them is seen from the server's side.
 */
export function readSlowHttpTest(output: string): Reading {
  const text = stripVTControlCharacters(output);
  const where = /test type: +(.+)/.exec(text)?.[1]?.trim().toLowerCase() ?? "";
  const status = /Exit status: +(.+)/.exec(text)?.[1]?.trim();
  const findings: readonly Finding[] = /service available: +NO/.test(text) ? [{ what: "others were not served", where }] : [];
  const letGo = status === "No open connections left";
  return { complete: letGo || status === "Hit test time limit", findings, letGo };
}

interface Attack {
  readonly what: string;
  readonly mode: "-H" | "-B" | "-X" | "-R";
  readonly path: string;
  readonly connections: number;
  /** By then the server must have ended them all. */
  readonly seconds: number;
  readonly more?: readonly string[];
  readonly limited?: boolean;
}

const trial = ({ what, mode, path, connections, seconds, more = [], limited = false }: Attack): Trial => ({
  what,
  seconds: seconds + 20,
  limited,
  letsGo: true,
  least: 0,
  args: ({ target }) =>
    [mode, "-u", target.origin + path, "-c", String(connections), "-r", "200", "-l", String(seconds), "-p", "3"].concat(more),
  read: readSlowHttpTest,
});

const headers: Attack = {
  what: "headers that never end",
  mode: "-H",
  path: "/schools",
  connections: 500,
  seconds: 30,
  more: ["-i", "3"],
};
const body: Attack = {
  what: "a body that comes a few bytes at a time",
  mode: "-B",
  path: "/rest/v1/rpc/compare",
  connections: 500,
  seconds: 75,
  more: ["-i", "5", "-s", "8192", "-x", "8"],
};
const read: Attack = {
  what: "answers that are read a few bytes at a time",
  mode: "-X",
  path: "/rest/v1/schools?limit=1000",
  connections: 100,
  seconds: 75,
  more: ["-k", "10", "-n", "3", "-w", "1", "-y", "64", "-z", "32"],
};
const ranges: Attack = { what: "many overlapping ranges", mode: "-R", path: "/schools", connections: 100, seconds: 75 };

export const slowhttptest: Scanner = {
  name: "slowhttptest",
  versionArgs: ["-h"],
  version: /version (\d[\w.]*)/,
  trials: [
    trial(headers),
    trial(body),
    trial(read),
    trial(ranges),
    trial({ ...headers, what: `${headers.what}, with rate limits`, limited: true }),
  ],
  calibration: [
    {
      trial: trial({
        ...headers,
        what: "a server that waits for ever",
        path: "/",
        connections: 60,
        seconds: 12,
        more: ["-i", "2"],
      }),
      finds: [/others were not served/],
    },
  ],
};
