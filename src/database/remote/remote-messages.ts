import type { Stored } from "#contract";
import type { TransactionOptions } from "../driver.ts";
import type { PackedError } from "../pack-error.ts";

/** What a thread asks of the database that another has. A scope is a transaction or a snapshot, named by the id of the request that opened it. */
export type RemoteRequest =
  | {
      readonly type: "all" | "get" | "run" | "execute";
      /** Undefined: outside of all. */
      readonly scope: number | undefined;
      readonly sql: string;
      readonly parameters: readonly Stored[];
    }
  | { readonly type: "transaction"; readonly options: RemoteTransactionOptions }
  | { readonly type: "snapshot"; readonly name: string | undefined }
  /** Commits, or rolls back. */
  | { readonly type: "end"; readonly scope: number; readonly keep: boolean };

/**
 * Not `brief`, for each statement goes to and fro between the threads while those who share the commit wait; not `signal`, which has a message of its
 * own.
 */
export type RemoteTransactionOptions = Omit<TransactionOptions, "signal" | "brief">;

export type RemoteOrder =
  | (RemoteRequest & { readonly id: number })
  /** The caller of that scope waits no more. */
  | { readonly type: "stop"; readonly scope: number };

export type RemoteAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PackedError };

/** One end of a channel between threads, as `node:worker_threads` has it. */
export interface RemotePort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  close(): void;
}
