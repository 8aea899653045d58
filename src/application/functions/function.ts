import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Actor } from "#contract";
import type { Expression } from "#database";

/** A function of the back end once it is defined, without its types: what `/rpc` and `db.call` run. */
export interface FunctionDefinition {
  readonly type: "query" | "mutation";
  /** Undefined takes no input. */
  readonly input: StandardSchemaV1 | undefined;
  /** Who may call it: an expression about the actor alone. */
  readonly access: Expression;
  /** Whatever JSON can say; the context is made by the records part. */
  readonly handler: (context: HandlerContext) => unknown;
}

export interface HandlerContext {
  readonly input: unknown;
  readonly me: Actor | null;
  /** Typed for the author of the function; see the `Db` interface. */
  readonly db: unknown;
  readonly signal: AbortSignal;
  /** Typed for the author likewise. */
  readonly enqueue: unknown;
  readonly jobs: unknown;
  readonly webhooks: unknown;
  readonly suppressions: unknown;
}
