import { spawn } from "node:child_process";

/** Milliseconds between being asked to end and being made to. */
const PATIENCE = 5000;

export interface Ran {
  /** Of both streams, as it came. */
  readonly output: string;
  /** Ended by us, since its time was over. */
  readonly wasEnded: boolean;
  readonly seconds: number;
}

export interface Bounds {
  readonly seconds: number;
  /** Its home and its working folder: it leaves nothing elsewhere. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Runs a program and all that it starts for so many seconds at most. Rejects where it cannot be started, and when the signal says stop. */
export async function runBounded(program: string, args: readonly string[], { seconds, folder, signal }: Bounds): Promise<Ran> {
  signal.throwIfAborted();
  const started = performance.now();
  // A process group of its own: what it started ends with it.
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, TERM: "dumb", LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const kill = (how: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // Gone already.
    }
  };
  let wasEnded = false;
  const end = (): void => {
    wasEnded = true;
    kill("SIGINT");
    setTimeout(() => kill("SIGKILL"), PATIENCE).unref();
  };
  const timer = setTimeout(end, seconds * 1000);
  signal.addEventListener("abort", end, { once: true });
  try {
    await new Promise<void>((resolve, reject) => child.on("error", reject).on("close", () => resolve()));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
  signal.throwIfAborted();
  return { output, wasEnded, seconds: (performance.now() - started) / 1000 };
}
