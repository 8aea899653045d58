import { AppError, type AppErrorOptions, type ErrorName, type Stored } from "#contract";
import type { ConnectionOptions } from "./connection.ts";

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

/** An error as it crosses between threads, where classes and their properties are lost. */
export type PackedError =
  | {
      readonly kind: "expected";
      readonly name: ErrorName;
      readonly options: AppErrorOptions;
      readonly cause: PackedError | undefined;
    }
  | {
      readonly kind: "other";
      readonly message: string;
      readonly stack: string | undefined;
      readonly errcode: number | undefined;
    };

export function packError(thrown: unknown): PackedError {
  if (thrown instanceof AppError) {
    const { message, details, hint, headers, cause } = thrown;
    const options = { message, headers, ...(details === null ? {} : { details }), ...(hint === null ? {} : { hint }) };
    return { kind: "expected", name: thrown.error, options, cause: cause === undefined ? undefined : packError(cause) };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const errcode = "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
  return { kind: "other", message: error.message, stack: error.stack, errcode };
}

export function unpackError(packed: PackedError): Error {
  if (packed.kind === "expected") {
    const cause = packed.cause === undefined ? undefined : unpackError(packed.cause);
    return new AppError(packed.name, { ...packed.options, cause });
  }
  const error = new Error(packed.message);
  if (packed.stack !== undefined) error.stack = packed.stack;
  return packed.errcode === undefined ? error : Object.assign(error, { errcode: packed.errcode });
}
