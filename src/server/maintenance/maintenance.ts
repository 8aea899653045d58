import type { Logger } from "#base";
import { AppError } from "#contract";
import type { NamedMigration, Progress } from "#database";
import type { ImportOrder } from "./import-spool.ts";

/** What may be asked of a database while it serves. Plain data: whoever asks has the files, the server needs none. */
export type MaintenanceOrder =
  | { readonly type: "apply"; readonly migration: NamedMigration }
  /** `fill`: values for rows that were made since and have none, by `table.column`. */
  | { readonly type: "rollback"; readonly fill?: Readonly<Record<string, string>> }
  | { readonly type: "purge"; readonly everything: boolean }
  | ImportOrder;

/** How far the order is, or how it ended. */
export type MaintenanceState =
  | { readonly state: "idle" }
  | { readonly state: "running"; readonly progress: Progress | undefined }
  | { readonly state: "done"; readonly result: unknown }
  | { readonly state: "failed"; readonly message: string };

export type RunOrder = (order: MaintenanceOrder, tools: OrderTools) => Promise<unknown>;

export interface OrderTools {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/**
 * Runs one order at a time, however long it takes: it goes on when whoever asked has gone, and stops between two batches when the
 * server closes, to be gone on with later.
 */
export class Maintenance {
  readonly #run: RunOrder;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  #state: MaintenanceState = { state: "idle" };
  #work: Promise<void> = Promise.resolve();

  constructor(run: RunOrder, logger: Logger) {
    this.#run = run;
    this.#logger = logger;
  }

  get state(): MaintenanceState {
    return this.#state;
  }

  /** @throws AppError `maintenanceRunning` while an earlier order runs. */
  start(order: MaintenanceOrder): void {
    if (this.#state.state === "running") throw new AppError("maintenanceRunning");
    if (this.#closing.signal.aborted) throw new AppError("unavailable");
    this.#state = { state: "running", progress: undefined };
    this.#work = this.#obey(order);
  }

  async #obey(order: MaintenanceOrder): Promise<void> {
    const what = order.type === "apply" ? { order: order.type, migration: order.migration.id } : { order: order.type };
    this.#logger.info(what, "Maintenance begins.");
    try {
      const result = await this.#run(order, {
        signal: this.#closing.signal,
        report: (progress) => (this.#state = { state: "running", progress }),
      });
      this.#state = { state: "done", result };
      this.#logger.info(what, "Maintenance is done.");
    } catch (error) {
      this.#state = { state: "failed", message: error instanceof Error ? error.message : String(error) };
      this.#logger.error({ ...what, err: error }, "Maintenance failed.");
    }
  }

  /** Stops after the batch under way. */
  async close(): Promise<void> {
    this.#closing.abort(
      new Error("The server is closing: what was begun stops here, and a migration goes on when it is applied again."),
    );
    await this.#work;
  }
}
