import { existsSync } from "node:fs";
import type { Config } from "#config";
import type { DevDoor } from "./dev-door.ts";
import { DevProcess } from "./dev-process.ts";
import type { DevWords } from "./dev-words.ts";
import { findBackend } from "../backend/load-backend.ts";
import type { AddressOptions } from "../start/start.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { watchFiles } from "./watch-files.ts";

export interface DevOptions extends AddressOptions {
  /** One JSON object a line, as where the output is no terminal. */
  readonly json?: boolean;
}

/** How long after a version has begun to serve the process of the next one is made, so that it does not take its time from it. */
const SPARE_MILLISECONDS = 300;
/** How often somebody looks whether the database is still there. */
const LOOK_MILLISECONDS = 500;

/**
 * Runs a back end and starts it anew when its files change. Each version is a process of its own: it first reads the
 * definition and looks at the database beside the one that serves. What is safe to change in the database is changed, the rest is asked
 * about, and the new version takes over only when all is good. Until then the last good one goes on. Connections are taken here, and wait while one version
 * makes way for the next.
 */
export async function dev(path: string, options: DevOptions, terminal: Terminal): Promise<void> {
  const file = findBackend(path);
  // Before all else: it loads the package while this process does.
  const first = new DevProcess();
  try {
    const { DevDoor } = await import("./dev-door.ts");
    const { loadConfig } = await import("#config");
    const config = loadConfig({ overrides: { port: options.port, host: options.host } });
    const door = new DevDoor();
    await door.open(config);
    const words = options.json === true ? await wordsAsJson(config) : (await import("./dev-words.ts")).wordsFor(terminal);
    const supervisor = new Supervisor({ file, options, terminal, words, door, first });
    const watcher = watchFiles(file, (files) => void supervisor.restart(files));
    supervisor.onFiles = (files, since) => watcher.add(files, since);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        watcher.close();
        void supervisor.close().then(() => process.exit(0));
      });
    }
    await supervisor.restart([]);
  } catch (error) {
    await first.end();
    throw error;
  }
}

async function wordsAsJson({ logLevel }: Config): Promise<DevWords> {
  const { createLogger } = await import("#server");
  const { wordsInLog } = await import("./dev-words.ts");
  return wordsInLog(await createLogger({ level: logLevel, format: "json", stream: process.stderr }));
}

interface SupervisorOptions {
  readonly file: string;
  readonly options: DevOptions;
  readonly terminal: Terminal;
  readonly door: DevDoor;
  readonly first: DevProcess;
  readonly words: DevWords;
}

class Supervisor {
  readonly #options: SupervisorOptions;
  #serving: DevProcess | undefined;
  /** A version that is tried and can be given up without harm. */
  #trial: DevProcess | undefined;
  /** A process that has loaded the package, for the next version. */
  #spare: DevProcess | undefined;
  #spareTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #served = false;
  /** A version was tried since, and had mistakes. */
  #failed = false;
  /** The secret of the link that was shown, while nobody has used it. */
  #firstAdmin: string | undefined;
  #latest = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Ends the questions about a version when a newer one is there. */
  #asking = new AbortController();
  onFiles: (files: readonly string[], since: number) => void = () => {};

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#spare = options.first;
  }

  /** One version at a time; of several changes in a row only the last is tried. */
  restart(changed: readonly string[], why?: string): Promise<void> {
    const version = ++this.#latest;
    const saved = performance.now();
    this.#asking.abort();
    if (this.#spare?.isOlderThan(changed) === true) this.#dropSpare();
    void this.#trial?.end();
    this.#turn = this.#tryAfter(this.#turn, { version, saved, why });
    return this.#turn;
  }

  async #tryAfter(
    previous: Promise<void>,
    { version, saved, why }: { readonly version: number; readonly saved: number; readonly why: string | undefined },
  ): Promise<void> {
    await previous;
    if (version === this.#latest) await this.#tryVersion(saved, why);
  }

  async close(): Promise<void> {
    this.#latest += 1;
    this.#asking.abort();
    this.#options.door.close();
    clearTimeout(this.#spareTimer);
    this.#dropSpare();
    void this.#trial?.end();
    await this.#endServing();
  }

  async #tryVersion(saved: number, why: string | undefined): Promise<void> {
    const { file, options, door } = this.#options;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    clearTimeout(this.#spareTimer);
    const version = this.#spare ?? new DevProcess();
    this.#spare = undefined;
    this.#trial = version;
    // What was wrong is over for those who come now: they wait for this version.
    if (this.#serving === undefined) door.leadTo(undefined);
    try {
      const began = Date.now();
      const answer = version.next("loaded", "failed");
      version.tell({ type: "load", file, options, json: options.json === true });
      const loaded = await answer;
      this.onFiles(loaded.files, began);
      if (loaded.type === "failed") throw new Error(loaded.message);
      await this.#changeDatabase(version, signal);
      this.#trial = undefined;
      await this.#endServing();
      const brief = this.#brief(saved, why);
      const { firstAdmin } = await version.ask(
        { type: "serve", origin: door.origin, brief, firstAdmin: this.#firstAdmin },
        "serving",
      );
      door.leadTo(version.take);
      this.#serving = version;
      this.#served = true;
      this.#failed = false;
      this.#firstAdmin = firstAdmin;
      void version.ended.then((death) => this.#onDeath(version, death));
      this.#look(loaded.database);
      this.#spareTimer = setTimeout(() => (this.#spare ??= new DevProcess()), SPARE_MILLISECONDS);
    } catch (error) {
      this.#trial = undefined;
      await version.end();
      if (!signal.aborted) this.#explain(error as Error);
    }
  }

  /** What a version says when it serves, where everything has been said by one before it. */
  #brief(saved: number, why: string | undefined): string | undefined {
    if (!this.#served) return undefined;
    const { terminal } = this.#options;
    const time = `${Math.round(performance.now() - saved)} ms`;
    const what = why ?? (this.#failed ? "The mistakes are mended: serves the new version" : "Serves the new version");
    return `${terminal.style("green", what)} ${terminal.style("dim", `(${time})`)}`;
  }

  /** By the version that serves, which goes on meanwhile; where it cannot, or there is none, by the new one. */
  async #changeDatabase(version: DevProcess, signal: AbortSignal): Promise<void> {
    const { terminal: plain } = this.#options;
    const { ask } = plain;
    const terminal = ask === undefined ? plain : { ...plain, ask: (question: string) => ask(question, signal) };
    const { agreeOnChange } = await import("./dev-migrate.ts");
    const change = await agreeOnChange(version, terminal);
    if (change === undefined) return;
    this.#trial = undefined;
    if (change.needsStop) await this.#endServing();
    const { applied } = await (this.#serving ?? version).ask({ type: "migrate", migration: change.migration }, "migrated");
    this.#options.words.changed(applied);
  }

  /** One that ends though nobody told it to: killed, out of memory, or by its own code. */
  #onDeath(version: DevProcess, death: Error): void {
    if (this.#serving !== version) return;
    this.#serving = undefined;
    clearInterval(this.#lookTimer);
    this.#explain(death);
  }

  /** Whoever begins anew removes the data, and forgets that somebody has it. */
  #look(database: string): void {
    clearInterval(this.#lookTimer);
    this.#lookTimer = setInterval(() => {
      if (existsSync(database)) return;
      clearInterval(this.#lookTimer);
      this.#options.words.removed(database);
      // The link is one of the database that is gone.
      this.#firstAdmin = undefined;
      void this.restart([], "Serves a new and empty database");
    }, LOOK_MILLISECONDS);
  }

  async #endServing(): Promise<void> {
    const ending = this.#serving;
    this.#serving = undefined;
    clearInterval(this.#lookTimer);
    this.#options.door.leadTo(undefined);
    await ending?.end();
  }

  #dropSpare(): void {
    void this.#spare?.end();
    this.#spare = undefined;
  }

  #explain({ message }: Error): void {
    const { words, door } = this.#options;
    const goesOn = this.#serving !== undefined;
    this.#failed = true;
    if (!goesOn) door.explain(message);
    words.trouble(message, goesOn);
  }
}
