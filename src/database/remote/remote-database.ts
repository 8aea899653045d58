import type { Stored } from "#contract";
import type { Connection, SnapshotOptions, TransactionalDatabase, TransactionOptions } from "../driver.ts";
import { unpackError } from "../pack-error.ts";
import type { RemoteAnswer, RemoteOrder, RemotePort, RemoteRequest } from "./remote-messages.ts";

/**
 * A database that another thread has open: statements and their results cross, and the transactions are that thread's. Those of one that ends are
 * rolled back. See `serveDatabase` for the other side.
 */
export class RemoteDatabase implements TransactionalDatabase {
  readonly #port: RemotePort;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #requests = 0;
  #isClosed = false;

  constructor(port: RemotePort) {
    this.#port = port;
    port.on("message", (message) => this.#hear(message as RemoteAnswer));
    port.on("close", () => this.#lose());
  }

  all(sql: string, parameters: readonly Stored[]): ReturnType<Connection["all"]> {
    return this.#outside.all(sql, parameters);
  }

  get(sql: string, parameters: readonly Stored[]): ReturnType<Connection["get"]> {
    return this.#outside.get(sql, parameters);
  }

  run(sql: string, parameters: readonly Stored[]): ReturnType<Connection["run"]> {
    return this.#outside.run(sql, parameters);
  }

  execute(sql: string, parameters: readonly Stored[]): ReturnType<Connection["execute"]> {
    return this.#outside.execute(sql, parameters);
  }

  transaction<T>(work: (connection: Connection) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { signal, brief: _, ...others } = options;
    return this.#scoped({ type: "transaction", options: others }, work, signal);
  }

  /** Of the committed state of one moment. Its work is not repeated. */
  snapshot<T>(work: (connection: Connection) => Promise<T>, { name, signal }: SnapshotOptions = {}): Promise<T> {
    return this.#scoped({ type: "snapshot", name }, work, signal);
  }

  readonly #outside = this.#connectionOf(undefined);

  async #scoped<T>(
    opening: RemoteRequest,
    work: (connection: Connection) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted();
    const { id: scope, answer } = this.#ask(opening);
    const stop = (): void => this.#post({ type: "stop", scope });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await answer;
      let result: T;
      try {
        result = await work(this.#connectionOf(scope));
      } catch (error) {
        // Why it could not be rolled back, that thread says.
        await this.#ask({ type: "end", scope, keep: false }).answer.catch(() => undefined);
        throw error;
      }
      await this.#ask({ type: "end", scope, keep: true }).answer;
      return result;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #connectionOf(scope: number | undefined): Connection {
    const use =
      (type: "all" | "get" | "run" | "execute") =>
      (sql: string, parameters: readonly Stored[]): Promise<unknown> =>
        this.#ask({ type, scope, sql, parameters }).answer;
    return { all: use("all"), get: use("get"), run: use("run"), execute: use("execute") } as Connection;
  }

  #ask(request: RemoteRequest): { readonly id: number; readonly answer: Promise<unknown> } {
    const id = ++this.#requests;
    const pending = Promise.withResolvers<unknown>();
    if (this.#isClosed) pending.reject(lost());
    else {
      this.#pending.set(id, pending);
      this.#post({ ...request, id });
    }
    return { id, answer: pending.promise };
  }

  #post(order: RemoteOrder): void {
    this.#port.postMessage(order);
  }

  #hear(answer: RemoteAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) pending?.reject(unpackError(answer.error));
    else pending?.resolve(answer.result);
  }

  #lose(): void {
    this.#isClosed = true;
    for (const { reject } of this.#pending.values()) reject(lost());
    this.#pending.clear();
  }
}

function lost(): Error {
  return new Error("The thread that has the database does not serve this one any more.");
}
