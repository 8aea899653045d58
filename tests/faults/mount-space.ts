import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { DatabaseState } from "./database-state.ts";
import type { RunScope } from "./scope.ts";

const printer = fileURLToPath(new URL("print-state.ts", import.meta.url));
const run = promisify(execFile);

/**
 * A mount namespace of its own, which lives as long as this process keeps a pipe open to its holder: whatever is mounted in it,
 * loop devices too, is gone when the test ends, also when the test is killed.
 */
export class MountSpace {
  /** Where in the space something is to be mounted. */
  readonly folder: string;
  readonly #holder: ChildProcess;

  constructor(folder: string, holder: ChildProcess) {
    this.folder = folder;
    this.#holder = holder;
  }

  static async open(scope: RunScope): Promise<MountSpace> {
    const folder = await temporaryFolder(scope);
    const holder = spawn("unshare", ["--mount", "--propagation", "private", "cat"], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(holder, "close");
    scope.after(async () => {
      holder.stdin.end();
      await ended;
    });
    // It is in its namespace once it says what it heard.
    holder.stdin.write("here\n");
    await Promise.race([once(holder.stdout, "data"), ended.then(() => Promise.reject(new Error("unshare ended.")))]);
    return new MountSpace(folder, holder);
  }

  /** A command that runs another within. */
  get prefix(): readonly string[] {
    return ["nsenter", "--target", String(this.#holder.pid), "--mount", "--"];
  }

  /** Runs a program within, to its end. */
  async run(...command: readonly string[]): Promise<string> {
    const [program = "", ...rest] = [...this.prefix, ...command];
    const { stdout } = await run(program, rest, { timeout: 60_000, maxBuffer: 256 * 1_048_576 });
    return stdout;
  }

  /** Reads a database within: SQLite follows the links of /proc to where there is nothing, so it must be opened from inside. */
  async readState(path: string): Promise<DatabaseState> {
    return JSON.parse(await this.run(process.execPath, printer, path)) as DatabaseState;
  }

  /** A path within, as it is reached from outside. */
  outside(path: string): string {
    return `/proc/${this.#holder.pid}/root${path}`;
  }
}
