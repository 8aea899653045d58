import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Scope } from "./temporary-folder.ts";

const ownProgram = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface ChildServer {
  readonly process: ChildProcess;
  /** Everything that it wrote, to both streams. */
  text(): string;
  /** Waits until it has written something that matches, after what was waited for before. */
  written(pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code. */
  ended(): Promise<number | null>;
}

/** Runs the command line in a process of its own, which ends with the test. */
export function spawnProgram(
  t: Scope,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  program: string = ownProgram,
): ChildServer {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let seen = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      child.emit("written");
    });
  }
  const exited = once(child, "exit");
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
  });
  return {
    process: child,
    text: () => text,
    async written(pattern) {
      const deadline = AbortSignal.timeout(20_000);
      for (;;) {
        const match = pattern.exec(text.slice(seen));
        if (match !== null) {
          seen += match.index + match[0].length;
          return match;
        }
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before ${pattern}:\n${text}`);
        try {
          await Promise.race([once(child, "written", { signal: deadline }), exited]);
        } catch {
          throw new Error(`Nothing matches ${pattern} in:\n${text}`);
        }
      }
    },
    async ended() {
      await exited;
      return child.exitCode;
    },
  };
}
