import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RunScope } from "./scope.ts";

export const program: string = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
export const backend: string = fileURLToPath(new URL("backend.ts", import.meta.url));

export interface ServerOptions {
  readonly dataDirectory: string;
  /** A command that runs it: `strace ...`, `nsenter ...`. */
  readonly under?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The file of another back end. Default: ./backend.ts. */
  readonly file?: string;
  /** First applies the migrations that wait. */
  readonly migrates?: boolean;
}

/** `chassis start`, as people run it, on a database of its own. */
export interface FaultServer {
  /** Of the server itself, not of what it runs under. */
  readonly pid: number;
  readonly url: string;
  /** All lines that it wrote. */
  text(): string;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** SIGTERM, and gives the exit code. */
  terminate(): Promise<number | null>;
  readonly ended: Promise<number | null>;
  readonly isRunning: boolean;
}

/** Undefined where it ended before it listened, as one that a fault was waiting for may. */
export async function tryStartServer(
  scope: RunScope,
  { onEnd, ...options }: ServerOptions & { /** Hears what it wrote then. */ readonly onEnd?: (text: string) => void },
): Promise<FaultServer | undefined> {
  const started = await launch(scope, options);
  if (!(started instanceof Ended)) return started;
  onEnd?.(started.text);
  return undefined;
}

export async function startServer(scope: RunScope, options: ServerOptions): Promise<FaultServer> {
  const started = await launch(scope, options);
  if (started instanceof Ended) throw new Error(`The server did not start:\n${started.text}`);
  return started;
}

/** What a server says that must not start. */
export async function failToStart(scope: RunScope, options: ServerOptions): Promise<string> {
  const started = await launch(scope, options);
  if (!(started instanceof Ended)) throw new Error(`The server started:\n${started.text()}`);
  return started.text;
}

class Ended {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

async function launch(
  scope: RunScope,
  { dataDirectory, under = [], environment = {}, file = backend, migrates = false }: ServerOptions,
): Promise<FaultServer | Ended> {
  const start = ["start", file, ...(migrates ? ["--migrate"] : [])];
  const [command = "", ...rest]: readonly string[] = [...under, process.execPath, program, ...start];
  const child = spawn(command, rest, {
    env: {
      ...process.env,
      PORT: "0",
      CHASSIS_DATA: dataDirectory,
      CHASSIS_LOG_FORMAT: "json",
      CHASSIS_RATE_LIMITS: "off",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: what it runs under may end by itself and leave the server behind.
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      child.emit("written");
    });
  }
  const ended = once(child, "close").then(() => child.exitCode);
  scope.after(async () => {
    signalGroup(child, "SIGCONT");
    signalGroup(child, "SIGKILL");
    await ended;
  });
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const line = text.split("\n").find((candidate) => candidate.includes('"msg":"Listening."'));
    if (line !== undefined) {
      const { pid, url } = JSON.parse(line) as { pid: number; url: string };
      return serverOf(child, { pid, url: url.replace("localhost", "127.0.0.1"), ended, text: () => text });
    }
    if (await Promise.race([ended.then(() => true), once(child, "written", { signal: deadline }).then(() => false)]))
      return new Ended(text);
  }
}

function serverOf(child: ChildProcess, parts: Pick<FaultServer, "pid" | "url" | "ended" | "text">): FaultServer {
  return {
    ...parts,
    async kill() {
      signalGroup(child, "SIGKILL");
      await parts.ended;
    },
    async terminate() {
      process.kill(parts.pid, "SIGTERM");
      return parts.ended;
    },
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
