import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** The state of a socket that listens, in the tables of Linux (proc_net_tcp(5)). */
const LISTENS = "0A";

/** Who listens on a port of this machine, as far as Linux lets this user know; elsewhere nobody is known. */
export function portHolder(port: number): PortHolder | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const sockets = new Set(["tcp", "tcp6"].flatMap((table) => listening(readFileSync(`/proc/net/${table}`, "utf8"), port)));
    if (sockets.size === 0) return undefined;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (!holds(pid, sockets)) continue;
      return { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() };
    }
  } catch {
    // It may have ended meanwhile; then there is nothing to tell.
  }
  return undefined;
}

/** The inodes of the sockets of one table. */
function listening(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === LISTENS && local.endsWith(suffix) ? [`socket:[${inode}]`] : [];
  });
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((name) => sockets.has(readlinkSync(`/proc/${pid}/fd/${name}`)));
  } catch {
    return false;
  }
}
