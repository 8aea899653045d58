import type { Connection, TransactionalDatabase } from "../driver.ts";
import { packError } from "../pack-error.ts";
import type { RemoteAnswer, RemoteOrder, RemotePort } from "./remote-messages.ts";

/** A transaction or snapshot that is open for the other thread. */
interface Scope {
  readonly connection: Connection;
  readonly end: PromiseWithResolvers<void>;
}

/** What another thread may do with a database, until it is closed. */
export interface ServedDatabase {
  /** Rolls back what the other thread has left open. */
  rollBack(): void;
  /** The same, and nothing is answered any more. Also happens by itself when the other thread ends. */
  close(): void;
}

/** Lets the other end of the port, which a `RemoteDatabase` has, use the database. */
export function serveDatabase(database: TransactionalDatabase, port: RemotePort): ServedDatabase {
  return new DatabaseServer(database, port);
}

class DatabaseServer implements ServedDatabase {
  readonly #database: TransactionalDatabase;
  readonly #port: RemotePort;
  readonly #scopes = new Map<number, Scope>();
  /** Of scopes that are open or wait for their turn. */
  readonly #stops = new Map<number, AbortController>();
  /** Requests to end a scope: answered when it has. */
  readonly #endings = new Map<number, { readonly id: number; readonly keep: boolean }>();
  /** Why scopes ended that their thread has not asked to end yet: their time was up, say. */
  readonly #broken = new Map<number, unknown>();
  #isClosed = false;

  constructor(database: TransactionalDatabase, port: RemotePort) {
    this.#database = database;
    this.#port = port;
    port.on("message", (message) => this.#obey(message as RemoteOrder));
    port.on("close", () => this.close());
  }

  rollBack(): void {
    for (const stop of this.#stops.values()) stop.abort(new Error("The thread that opened the transaction is done with it."));
    for (const { end } of this.#scopes.values()) end.reject(new RolledBack());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.rollBack();
    this.#port.close();
  }

  #obey(order: RemoteOrder): void {
    if (this.#isClosed) return;
    switch (order.type) {
      case "transaction":
      case "snapshot":
        return this.#open(order);
      case "end":
        return this.#end(order);
      case "stop":
        return this.#stops.get(order.scope)?.abort(new Error("The transaction was given up."));
      default: {
        const connection = order.scope === undefined ? this.#database : this.#scopes.get(order.scope)?.connection;
        if (connection === undefined) return this.#refuse(order.id, this.#broken.get(order.scope ?? 0) ?? over());
        connection[order.type](order.sql, order.parameters).then(
          (result) => this.#answer({ id: order.id, result }),
          (error: unknown) => this.#refuse(order.id, error),
        );
      }
    }
  }

  #open(order: Extract<RemoteOrder, { readonly type: "transaction" | "snapshot" }>): void {
    const { id } = order;
    const stop = new AbortController();
    this.#stops.set(id, stop);
    const hold = (connection: Connection): Promise<void> => {
      const end = Promise.withResolvers<void>();
      this.#scopes.set(id, { connection, end });
      this.#answer({ id, result: undefined });
      return end.promise;
    };
    const { signal } = stop;
    const settled =
      order.type === "transaction"
        ? this.#database.transaction(hold, { ...order.options, signal })
        : this.#database.snapshot(hold, { signal, ...(order.name === undefined ? {} : { name: order.name }) });
    settled.then(
      () => this.#settle(id, undefined),
      (error: unknown) => this.#settle(id, error),
    );
  }

  #end({ id, scope, keep }: Extract<RemoteOrder, { readonly type: "end" }>): void {
    const open = this.#scopes.get(scope);
    if (open === undefined) {
      this.#refuse(id, this.#broken.get(scope) ?? over());
      this.#broken.delete(scope);
      return;
    }
    this.#endings.set(scope, { id, keep });
    if (keep) open.end.resolve();
    else open.end.reject(new RolledBack());
  }

  #settle(id: number, error: unknown): void {
    const wasOpen = this.#scopes.delete(id);
    this.#stops.delete(id);
    const ending = this.#endings.get(id);
    this.#endings.delete(id);
    if (!wasOpen) this.#refuse(id, error);
    else if (ending === undefined) this.#broken.set(id, error);
    else if (error === undefined || (error instanceof RolledBack && !ending.keep))
      this.#answer({ id: ending.id, result: undefined });
    else this.#refuse(ending.id, error);
  }

  #refuse(id: number, error: unknown): void {
    this.#answer({ id, error: packError(error) });
  }

  #answer(answer: RemoteAnswer): void {
    if (!this.#isClosed) this.#port.postMessage(answer);
  }
}

/** The other thread wants it so. */
class RolledBack extends Error {
  override readonly name: string = "RolledBack";
}

function over(): Error {
  return new Error("The transaction of this connection is over: it was used after its work had resolved.");
}
