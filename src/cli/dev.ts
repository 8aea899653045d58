import { loadConfig } from "#config";
import { agreeOnChange, describeChange } from "./dev-migrate.ts";
import { DevProcess } from "./dev-process.ts";
import { findBackend } from "./load-backend.ts";
import { watchFiles } from "./watch-files.ts";
import type { AddressOptions } from "./start.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs a back end and starts it anew when its files change. Each version is a process of its own: it first reads the
 * definition and looks at the database beside the one that serves. What is safe to change in the database is changed, the rest is asked
 * about, and the new version takes over only when all is good. Until then the last good one goes on.
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
  #serving: DevProcess | undefined;
  #port: string | undefined;
  #latest = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Ends the questions about a version when a newer one is there. */
  #asking = new AbortController();
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
    this.#asking.abort();
    this.#turn = this.#tryAfter(this.#turn, version);
    return this.#turn;
  }

  async #tryAfter(previous: Promise<void>, version: number): Promise<void> {
    await previous;
    if (version === this.#latest) await this.#tryVersion();
  }

  async close(): Promise<void> {
    this.#latest += 1;
    this.#asking.abort();
    await this.#endServing();
  }

  async #tryVersion(): Promise<void> {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const version = new DevProcess(this.#file, { ...this.#options, ...(this.#port === undefined ? {} : { port: this.#port }) });
    try {
      const loaded = await version.next("loaded", "failed");
      this.onFiles(loaded.files);
      if (loaded.type === "failed") throw new Error(loaded.message);
      await this.#changeDatabase(version, signal);
      await this.#endServing();
      const { url } = await version.ask({ type: "serve" }, "serving");
      // Where a free port was asked for, the next version takes the same one.
      this.#port = new URL(url).port;
      this.#serving = version;
      void version.ended.then((death) => this.#onDeath(version, death));
    } catch (error) {
      await version.end();
      if (!signal.aborted) this.#explain(error as Error);
    }
  }

  /** By the version that serves, which goes on meanwhile; where it cannot, or there is none, by the new one. */
  async #changeDatabase(version: DevProcess, signal: AbortSignal): Promise<void> {
    const { ask } = this.#terminal;
    const terminal = ask === undefined ? this.#terminal : { ...this.#terminal, ask: (question: string) => ask(question, signal) };
    const change = await agreeOnChange(version, terminal);
    if (change === undefined) return;
    if (change.needsStop) await this.#endServing();
    const { applied } = await (this.#serving ?? version).ask({ type: "migrate", migration: change.migration }, "migrated");
    this.#terminal.report(describeChange(applied));
  }

  /** One that ends though nobody told it to: killed, out of memory, or by its own code. */
  #onDeath(version: DevProcess, death: Error): void {
    if (this.#serving !== version) return;
    this.#serving = undefined;
    this.#explain(death);
  }

  async #endServing(): Promise<void> {
    const ending = this.#serving;
    this.#serving = undefined;
    await ending?.end();
  }

  #explain({ message }: Error): void {
    const next =
      this.#serving === undefined
        ? "Nothing is served. Waiting for a change."
        : "The last good version goes on. Waiting for a change.";
    this.#terminal.report(`\n${message}\n`);
    this.#terminal.report(this.#terminal.style("yellow", next));
  }
}
