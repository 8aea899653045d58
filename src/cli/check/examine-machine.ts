import { readdirSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { latestTime } from "#application";
import type { Clock } from "#base";
import type { DeployFinding } from "./finding.ts";

export interface Machine {
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Of Node.js: `26.1.0`. */
  readonly version: string;
  /** The process of the server on this database, where there is one: it is looked at, and not this command. */
  readonly server: number | undefined;
}

const MEBIBYTE = 1_048_576;

/** Files of the data directory that prove something, or hold everybody's data. */
const PRIVATE_FILE = /secret|key|token|\.db/;

/** Whoever has it as root has the machine; and the rest of what the server stands on. */
export async function examineMachine(machine: Machine): Promise<readonly DeployFinding[]> {
  return [
    ...examineUser(machine),
    ...examineFiles(machine.dataDirectory),
    examineNode(machine.version),
    await examineClock(machine),
    examineSpace(await statfs(machine.dataDirectory)),
  ].filter((finding) => finding !== undefined);
}

function examineUser({ dataDirectory, server }: Machine): readonly DeployFinding[] {
  // There are no such users on Windows.
  if (process.getuid === undefined) return [];
  const user =
    (server === undefined ? undefined : statSync(`/proc/${server}`, { throwIfNoEntry: false })?.uid) ?? process.getuid();
  const findings: DeployFinding[] = [];
  if (user === 0) {
    findings.push({
      check: "user",
      level: "problem",
      message: `${server === undefined ? "This command runs" : "The server runs"} as root.`,
      why: "A defect in the server, or in a package that it uses, is then one of the whole machine.",
      action:
        "Run the server as a user of its own, who owns the data directory and nothing else. (Run this command as that user too.)",
    });
  }
  const { uid } = statSync(dataDirectory);
  if (uid !== user) {
    findings.push({
      check: "data-directory",
      level: "problem",
      message: `${dataDirectory} belongs to user ${uid}, and the server runs as ${user}.`,
      why: "Whoever owns the folder can replace every file in it, the token secret too.",
      action: `chown -R ${user} ${dataDirectory}`,
    });
  }
  return findings;
}

/** Whether others on this machine may look into the data directory, or read a secret in it. */
export function examineFiles(dataDirectory: string): readonly DeployFinding[] {
  if (process.platform === "win32") return [];
  const mode = (path: string): number => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
  const findings: DeployFinding[] = [];
  if ((mode(dataDirectory) & 0o077) !== 0) {
    findings.push({
      check: "data-directory",
      level: "problem",
      message: `Other users of this machine may look into ${dataDirectory} (mode ${mode(dataDirectory).toString(8)}).`,
      why: "It has everybody's data, and what signs tokens.",
      action: `chmod 700 ${dataDirectory}`,
    });
  }
  for (const name of readdirSync(dataDirectory)) {
    const path = join(dataDirectory, name);
    // The database's own files have the folder's protection.
    const isSecret = PRIVATE_FILE.test(name) && !name.includes(".db");
    if (!isSecret || !statSync(path).isFile() || (mode(path) & 0o077) === 0) continue;
    findings.push({
      check: "secret-files",
      level: "problem",
      message: `Other users of this machine may read ${path} (mode ${mode(path).toString(8)}).`,
      why: "With it they make tokens for anybody.",
      action: `chmod 600 ${path}; and if somebody may have read it: chassis secret rotate.`,
    });
  }
  return findings;
}

/** Versions that one should not run on, the newest first. `below` is the first that is good again. */
const badVersions: readonly {
  readonly from: readonly [number, number];
  readonly below: readonly [number, number];
  readonly why: string;
}[] = [
  { from: [25, 0], below: [26, 0], why: "Node.js 25 gets no fixes any more: what is found in it stays." },
  {
    from: [0, 0],
    below: [24, 15],
    why: "Defects of its HTTP parser, its SQLite and its permissions have been mended since, and Chassis does not start on it.",
  },
];

export function examineNode(version: string): DeployFinding | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isBelow = ([otherMajor, otherMinor]: readonly [number, number]): boolean =>
    major < otherMajor || (major === otherMajor && minor < otherMinor);
  const bad = badVersions.find(({ from, below }) => !isBelow(from) && isBelow(below));
  if (bad === undefined) return undefined;
  return {
    check: "node",
    level: "problem",
    message: `This is Node.js ${version}.`,
    why: bad.why,
    action: "Install the newest of a line that is supported: https://nodejs.org",
  };
}

/** Milliseconds that a clock may be behind what a server has seen: a correction, and no more. */
const BEHIND = 60_000;
/** Before this was written: 2026. */
const FIRST_MOMENT = Date.UTC(2026, 0, 1);

/** Whether the clock is behind what a server on this data has seen. */
export async function examineClock({
  clock,
  dataDirectory,
}: Pick<Machine, "clock" | "dataDirectory">): Promise<DeployFinding | undefined> {
  const now = clock.now();
  const latest = await latestTime(dataDirectory);
  if (now >= Math.max(FIRST_MOMENT, latest - BEHIND)) return undefined;
  return {
    check: "clock",
    level: "problem",
    message: `The machine's clock says ${new Date(now).toISOString()}, and it has been ${new Date(Math.max(latest, FIRST_MOMENT)).toISOString()} already.`,
    why: "When tokens, links and jobs are due is then wrong, and what others sign cannot be checked.",
    action: "Set the clock, and let it be kept (chrony, systemd-timesyncd).",
  };
}

/** `space` is that of the file system where the data is. */
export function examineSpace({
  bavail,
  blocks,
  bsize,
}: {
  readonly bavail: number;
  readonly blocks: number;
  readonly bsize: number;
}): DeployFinding | undefined {
  const [free, whole] = [bavail * bsize, blocks * bsize];
  if (free >= 1024 * MEBIBYTE || free >= whole / 5) return undefined;
  return {
    check: "disk",
    level: free < 128 * MEBIBYTE ? "problem" : "advice",
    message: `${Math.floor(free / MEBIBYTE)} MiB are free where the data is.`,
    why: "When there is none, writes are refused, and a stranger who may write decides when that is.",
    action: "Make room, and watch it.",
  };
}
