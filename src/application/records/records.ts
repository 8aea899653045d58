import type { Caller } from "../access/caller.ts";
import type { MutationQuery, MutationResult, ReadQuery, ReadResult } from "./query.ts";

/** A request itself may stand here: its signal is only made when somebody asks for it. */
export interface RecordOptions {
  readonly signal?: AbortSignal;
  /** The request as the log names it, for the audit log. */
  readonly requestId?: string;
}

/**
 * The one road to the data: every protocol, page and function goes through here, and so through the rules. Throws `AppError`.
 * Inside a mutation function both run in its transaction; else each call is one statement or one transaction.
 */
export interface Records {
  read(query: ReadQuery, caller: Caller, options?: RecordOptions): Promise<ReadResult>;
  write(query: MutationQuery, caller: Caller, options?: RecordOptions): Promise<MutationResult>;
}
