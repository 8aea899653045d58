import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { DevMessage, DevOrder } from "./dev-messages.ts";
import type { AddressOptions } from "./start.ts";

const WORKER = fileURLToPath(new URL(`./dev-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/** One version of a back end as `chassis dev` sees it: a process that is asked and answers. */
export class DevProcess {
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

  /** Gives an order, and the answer to it. Rejects with what it says where it fails. */
  async ask<T extends DevMessage["type"]>(order: DevOrder, type: T): Promise<Extract<DevMessage, { type: T }>> {
    const answer = this.next<T | "failed">(type, "failed");
    if (this.#process.connected) this.#process.send(order);
    const message = await answer;
    if (message.type === "failed") throw new Error((message as Extract<DevMessage, { type: "failed" }>).message);
    return message as Extract<DevMessage, { type: T }>;
  }

  /** Lets it finish what is under way. */
  async end(): Promise<void> {
    if (!this.#exited) this.#process.kill("SIGTERM");
    await this.#ended;
  }
}
