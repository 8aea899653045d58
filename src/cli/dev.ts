import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "#config";
import type { DevMessage, DevOrder } from "./dev-messages.ts";
import { findBackend } from "./load-backend.ts";
import { watchFiles } from "./watch-files.ts";
import type { AddressOptions } from "./start.ts";
import type { Terminal } from "./terminal.ts";

const WORKER = fileURLToPath(new URL(`./dev-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/**
 * Runs a back end and starts it anew when its files change. Each version is a process of its own: it first reads the
 * definition and has it compared with the database by the one that serves, and takes over only when both are good. Until then the
 * last good one goes on.
 */
export async function dev(path: string, options: AddressOptions, terminal: Terminal): Promise<void> {
  const file = findBackend(path);
  loadConfig({ overrides: { port: options.port, host: options.host } });
  const supervisor = new Supervisor(file, options, terminal);
  const watcher = watchFiles(file, () => void supervisor.restart());
  supervisor.onFiles = (files) => watcher.add(files);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      watcher.close();
      void supervisor.close().then(() => process.exit(0));
    });
  }
  await supervisor.restart();
}

class Supervisor {
  readonly #file: string;
  readonly #options: AddressOptions;
  readonly #terminal: Terminal;
  #serving: Worker | undefined;
  #port: string | undefined;
  #latest = 0;
  #turn: Promise<void> = Promise.resolve();
  onFiles: (files: readonly string[]) => void = () => {};

  constructor(file: string, options: AddressOptions, terminal: Terminal) {
    this.#file = file;
    this.#options = options;
    this.#terminal = terminal;
    this.#port = options.port;
  }

  /** One version at a time; of several changes in a row only the last is tried. */
  restart(): Promise<void> {
    const version = ++this.#latest;
    this.#turn = this.#tryAfter(this.#turn, version);
    return this.#turn;
  }

  async #tryAfter(previous: Promise<void>, version: number): Promise<void> {
    await previous;
    if (version === this.#latest) await this.#tryVersion();
  }

  async close(): Promise<void> {
    this.#latest += 1;
    await this.#serving?.end();
  }

  async #tryVersion(): Promise<void> {
    const worker = new Worker(this.#file, { ...this.#options, ...(this.#port === undefined ? {} : { port: this.#port }) });
    try {
      const loaded = await worker.next("loaded", "failed");
      this.onFiles(loaded.files);
      if (loaded.type === "failed") throw new Error(loaded.message);
      if (this.#serving !== undefined) {
        const { differences } = await this.#serving.ask({ type: "compare", schema: loaded.schema }, "compared");
        if (differences.length > 0) throw new Error(describeDifferences(differences));
        await this.#serving.end();
        this.#serving = undefined;
      }
      const started = await worker.ask({ type: "serve" }, "serving", "failed");
      if (started.type === "failed") throw new Error(started.message);
      // Where a free port was asked for, the next version takes the same one.
      this.#port = new URL(started.url).port;
      this.#serving = worker;
    } catch (error) {
      await worker.end();
      this.#terminal.report(`\n${(error as Error).message}\n`);
      this.#terminal.report(
        this.#terminal.style(
          "yellow",
          this.#serving === undefined
            ? "Nothing is served. Waiting for a change."
            : "The last good version goes on. Waiting for a change.",
        ),
      );
    }
  }
}

class Worker {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #exited = false;

  constructor(file: string, options: AddressOptions) {
    this.#process = fork(WORKER, [file, JSON.stringify(options)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#ended = new Promise((resolve) => {
      this.#process.once("exit", () => {
        this.#exited = true;
        resolve();
      });
    });
  }

  /** The next message of one of these types; rejects where the process ends without it. */
  next<T extends DevMessage["type"]>(...types: readonly T[]): Promise<Extract<DevMessage, { type: T }>> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        const { type } = message as DevMessage;
        if (!types.includes(type as T)) return;
        settle();
        resolve(message as Extract<DevMessage, { type: T }>);
      };
      const onExit = (code: number | null): void => {
        settle();
        reject(new Error(`The back end's process ended${code === null ? "" : ` with ${code}`}.`));
      };
      const settle = (): void => void this.#process.off("message", onMessage).off("exit", onExit);
      this.#process.on("message", onMessage).on("exit", onExit);
      if (this.#exited) onExit(this.#process.exitCode);
    });
  }

  async ask<T extends DevMessage["type"]>(order: DevOrder, ...types: readonly T[]): Promise<Extract<DevMessage, { type: T }>> {
    const answer = this.next(...types);
    if (this.#process.connected) this.#process.send(order);
    return answer;
  }

  /** Lets it finish what is under way. */
  async end(): Promise<void> {
    if (!this.#exited) this.#process.kill("SIGTERM");
    await this.#ended;
  }
}

function describeDifferences(differences: readonly string[]): string {
  const lines = differences.map((line) => `  ${line}`).join("\n");
  return `The database differs from the new definition:\n${lines}\nPut the definition back as it was, or move the data directory away to start with a new database.`;
}
