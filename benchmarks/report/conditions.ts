import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type as systemName } from "node:os";
import { pinning } from "../servers/server-process.ts";

/** Numbers of file systems as Linux has them (statfs(2)). */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: "ext4",
  0x58465342: "xfs",
  0x9123683e: "btrfs",
  0x01021994: "tmpfs",
  0x794c7630: "overlayfs",
};

export interface RunFacts {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly folder: string;
  readonly pocketBase: string;
}

/** Where and how the figures came about, a line each. */
export function describeConditions({ rounds, milliseconds, folder, pocketBase }: RunFacts): readonly string[] {
  const processors = cpus();
  const fileSystem = fileSystems[statfsSync(folder).type] ?? "an unknown file system";
  const [load = 0] = loadavg();
  return [
    `Machine: ${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${systemName()} ${release()}, data on ${fileSystem}; load average at the start ${load.toFixed(2)}`,
    `Node.js ${process.versions.node}, SQLite ${process.versions.sqlite ?? "?"}, Chassis at commit ${commit()}`,
    `PocketBase: ${pocketBase}`,
    pinning === undefined
      ? "Servers and load generator share all cores: no `taskset`, or one core alone"
      : `Servers on core ${pinning.server}, load generator on core ${pinning.load}`,
    `${rounds} rounds of ${milliseconds / 1000} s for each lane, taken in turn, after one that is not counted; figures are medians, in parentheses the lowest and the highest`,
  ];
}

function commit(): string {
  const git = (...parameters: string[]): string =>
    spawnSync("git", parameters, { encoding: "utf8", cwd: import.meta.dirname }).stdout.trim();
  const changed = git("status", "--porcelain", "--", "../../src") === "" ? "" : " with changes";
  return `${git("rev-parse", "--short", "HEAD")}${changed}`;
}
