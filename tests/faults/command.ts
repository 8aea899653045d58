import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RunScope } from "./scope.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const backend = fileURLToPath(new URL("backend.ts", import.meta.url));

export interface CommandOptions {
  readonly dataDirectory: string;
  /** A command that runs it: `strace ...`. */
  readonly under?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The file of another back end. Default: ./backend.ts. */
  readonly file?: string;
}

export interface CommandResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs one command line on ./backend.ts in a process of its own, to its end. */
export async function runCommand(
  scope: RunScope,
  args: readonly string[],
  { dataDirectory, under = [], environment = {}, file = backend }: CommandOptions,
): Promise<CommandResult> {
  const words = [...under, process.execPath, program, ...args, "--backend", file];
  const child = spawn(words[0] ?? "", words.slice(1), {
    env: { ...process.env, CHASSIS_DATA: dataDirectory, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (texts.output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (texts.errors += chunk));
  const closed = once(child, "close");
  scope.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await closed;
  });
  await closed;
  return { code: child.exitCode, ...texts };
}
