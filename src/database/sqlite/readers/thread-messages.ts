import type { Stored } from "#contract";
import type { PackedError } from "../../pack-error.ts";
import type { ConnectionOptions } from "../connection.ts";

/** What a thread is started with. */
export interface ThreadOptions extends Omit<ConnectionOptions, "isInterrupted"> {
  /** Of one 32-bit integer: not 0 once the statement under way shall end. */
  readonly interrupt: SharedArrayBuffer;
}

export type ThreadRequest =
  | { readonly type: "all" | "get" | "run" | "execute"; readonly sql: string; readonly parameters: readonly Stored[] }
  | { readonly type: "checkpoint" }
  | { readonly type: "close" };

export type ThreadOrder = ThreadRequest & { readonly id: number };

export type ThreadAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PackedError };
