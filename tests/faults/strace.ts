import { spawn } from "node:child_process";
import { once } from "node:events";
import type { RunScope } from "./scope.ts";

export interface Injection {
  /** System calls, with commas between them. */
  readonly calls: string;
  /** As strace has it: `error=EIO:when=3`, `signal=KILL:when=10+2`, `retval=0`. Counted for each thread by itself. */
  readonly fault: string;
  /** Only calls on these files. */
  readonly paths?: readonly string[];
}

export interface Strace {
  /** Ends the fault: the calls work again. */
  detach(): Promise<void>;
  /** How many calls were tampered with. */
  injected(): number;
}

/** A command that runs another under a fault from its first instruction on. */
export function underStrace(injection: Injection): readonly string[] {
  return ["strace", "-f", "-qq", "-o", "/dev/null", ...argumentsOf(injection)];
}

/** Does it to a process that runs. */
export async function attachStrace(scope: RunScope, pid: number, injection: Injection): Promise<Strace> {
  const child = spawn("strace", ["-f", "-p", String(pid), ...argumentsOf(injection)], { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    child.emit("written");
  });
  const ended = once(child, "close");
  const detach = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    await ended;
  };
  scope.after(detach);
  const deadline = AbortSignal.timeout(20_000);
  while (!/attached/.test(text)) {
    if (child.exitCode !== null) throw new Error(`strace cannot be attached: ${text}`);
    await Promise.race([once(child, "written", { signal: deadline }), ended]);
  }
  return { detach, injected: () => [...text.matchAll(/\((?:INJECTED|DELAYED)[^)]*\)|INJECTED/g)].length };
}

function argumentsOf({ calls, fault, paths = [] }: Injection): readonly string[] {
  return ["-e", `trace=${calls}`, "-e", `inject=${calls}:${fault}`, ...paths.flatMap((path) => ["-P", path])];
}
