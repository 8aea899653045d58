import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, connect } from "node:net";

/** Servers run on one core and the load on another, where there are two and `taskset` to say so. */
export const pinning: { readonly server: string; readonly load: string } | undefined =
  spawnSync("taskset", ["-c", "0,1", "true"]).status === 0 ? { server: "0", load: "1" } : undefined;

/** A command that runs on the servers' core. */
function onServerCore(command: readonly string[]): readonly string[] {
  return pinning === undefined ? command : ["taskset", "-c", pinning.server, ...command];
}

export interface ServerProcess {
  readonly port: number;
  /** Milliseconds of processor time since it started, of all its threads; NaN where the system does not tell. */
  cpuTime(): number;
  /** Bytes that it holds in memory now; NaN where the system does not tell. */
  memory(): number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** Gets the port that it is to listen on. */
  readonly command: (port: number) => readonly string[];
  readonly environment?: (port: number) => Readonly<Record<string, string>>;
  /** An address that answers 200 once it serves. */
  readonly ready: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A folder to run in, where it matters. */
  readonly directory?: string;
}

const START_TIMEOUT = 30_000;

/** Starts a server and waits for its first good answer. Rejects with what it wrote where it ends or takes too long. */
export async function startServer({
  command,
  environment,
  ready,
  headers = {},
  directory,
}: ServerCommand): Promise<ServerProcess> {
  const port = await freePort();
  const [program = "", ...parameters] = onServerCore(command(port));
  // taskset becomes the command that it starts, so the process that is measured is the server's own.
  const child = spawn(program, parameters, {
    env: { ...process.env, NODE_ENV: "production", ...environment?.(port) },
    stdio: ["ignore", "pipe", "pipe"],
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output = (output + text.toString()).slice(-4000)));
  const head = [
    `GET ${ready} HTTP/1.1`,
    `Host: localhost:${port}`,
    "Connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\r\n");
  const deadline = performance.now() + START_TIMEOUT;
  while (!(await answers(port, head))) {
    if (child.exitCode !== null) throw new Error(`${command(port).join(" ")} ended with ${child.exitCode}:\n${output}`);
    if (performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command(port).join(" ")} did not answer ${ready} in ${START_TIMEOUT} ms:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const pid = child.pid ?? 0;
  return { port, cpuTime: () => readCpuTime(pid), memory: () => readMemory(pid), stop: () => stop(child) };
}

/** One connection and one request of as few instructions as there can be: it takes processor time from what is starting. */
function answers(port: number, head: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(head));
    socket.once("data", (chunk: Buffer) => {
      resolve(chunk.toString("latin1", 9, 12) === "200");
      socket.destroy();
    });
    socket.once("error", () => resolve(false)).once("close", () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const CLOCK_TICK_MILLISECONDS = 10;

function readCpuTime(pid: number): number {
  try {
    // The fields after the name, which is in parentheses and may hold anything: utime and stime are the 12th and 13th (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MILLISECONDS;
  } catch {
    return Number.NaN;
  }
}

function readMemory(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
