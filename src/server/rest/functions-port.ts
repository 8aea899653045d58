import type { Caller } from "#application";

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Run all, then roll back. */
  readonly dryRun?: boolean;
  /** Called with the result before it is committed: what it throws rolls back, and is thrown. */
  readonly verify?: (result: unknown) => void;
}

/** What `/rest/v1/rpc` needs of the functions of a back end. */
export interface FunctionsPort {
  /** Undefined where there is none of that name, or none that this caller may call. */
  find(name: string, caller: Caller): { readonly type: "query" | "mutation" } | undefined;
  /** Validates the input (`validationFailed`, its fields named by their path), and runs the function as the caller. */
  call(name: string, input: unknown, caller: Caller, options: CallOptions): Promise<unknown>;
}
