import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { DevMessage, DevOrder } from "./dev-messages.ts";

const WORKER = fileURLToPath(new URL(`./dev-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/** Five times what it may take in order: a busy machine is no reason. */
const KILL_MILLISECONDS = 5000;

/**
 * One version of a back end as `chassis dev` sees it: a process that is asked and answers. It begins by loading the package, and waits then for its back end:
 * one that was made early has that behind it.
 */
export class DevProcess {
  readonly #process: ChildProcess;
  /** Fulfilled with what it died of, in words. */
  readonly ended: Promise<Error>;
  #death: Error | undefined;
  #packageFiles: ReadonlySet<string> = new Set();

  constructor() {
    const cache = getCompileCacheDir();
    this.#process = fork(WORKER, cache === undefined ? [] : [cache], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.ended = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        const how = code === null ? ` by ${signal}` : code === 0 ? "" : ` with ${code}`;
        resolve((this.#death = new Error(`The back end's process ended${how}.`)));
      });
    });
    void this.next("ready").then(
      ({ files }) => void (this.#packageFiles = new Set(files)),
      () => {},
    );
  }

  /** Whether it began before one of these files of the package was changed. */
  isOlderThan(changed: readonly string[]): boolean {
    return this.#death !== undefined || changed.some((file) => this.#packageFiles.has(file));
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
      const onExit = (): void => {
        settle();
        reject(this.#death);
      };
      const settle = (): void => void this.#process.off("message", onMessage).off("exit", onExit);
      this.#process.on("message", onMessage).on("exit", onExit);
      if (this.#death !== undefined) onExit();
    });
  }

  /** Gives an order, and the answer to it. Rejects with what it says where it fails. */
  async ask<T extends DevMessage["type"]>(order: DevOrder, type: T): Promise<Extract<DevMessage, { type: T }>> {
    const answer = this.next<T | "failed">(type, "failed");
    this.tell(order);
    const message = await answer;
    if (message.type === "failed") throw new Error((message as Extract<DevMessage, { type: "failed" }>).message);
    return message as Extract<DevMessage, { type: T }>;
  }

  tell(order: DevOrder): void {
    if (this.#process.connected) this.#process.send(order);
  }

  /** Hands a connection over; whoever sent it learns by its end where the process is gone. */
  readonly take = (socket: Socket): void => {
    if (!this.#process.connected) socket.destroy();
    else this.#process.send({ type: "connection" } satisfies DevOrder, socket, {}, (error) => void (error && socket.destroy()));
  };

  /** Lets it finish what is under way; one that does not heed that, in a loop that never ends perhaps, is killed. */
  async end(): Promise<void> {
    if (this.#death === undefined) this.#process.kill("SIGTERM");
    const kill = setTimeout(() => this.#process.kill("SIGKILL"), KILL_MILLISECONDS);
    await this.ended;
    clearTimeout(kill);
  }
}
