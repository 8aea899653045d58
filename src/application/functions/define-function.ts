import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Enqueue } from "../jobs/enqueue-types.ts";
import type { JobControl } from "../jobs/job-control.ts";
import type { Suppressions } from "../mail/suppressions.ts";
import type { ActorValue } from "../rules/row-types.ts";
import type { Condition } from "../rules/value.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { ActorOf } from "../schema/types.ts";
import type { Webhooks } from "../webhooks/sending/webhooks.ts";
import type { Db } from "./db.ts";
import type { FunctionDefinition } from "./function.ts";

/** What a function's handler is given. */
export interface FunctionContext<S extends AnySchema, I> {
  /** The data as the caller may see and change it; in a mutation all within its one transaction. */
  readonly db: Db<S>;
  /** What the input schema made of the caller's input. */
  readonly input: I;
  /** Who is calling; null for nobody in particular. */
  readonly me: ActorOf<S> | null;
  /** Aborts when the caller goes away or the time limit is reached. */
  readonly signal: AbortSignal;
  /** Hands over a job: in a mutation, as part of its transaction. Queries cannot. */
  readonly enqueue: Enqueue;
  /** Sees and steers jobs, as the system: no rule guards it. In a mutation it is part of the transaction; queries only see. */
  readonly jobs: JobControl;
  /**
   * Who receives webhooks, and what was sent to them. It knows no rules: `access`, or the handler, decides who may. In a mutation, what it does is
   * part of the transaction; a query only sees.
   */
  readonly webhooks: Webhooks;
  /** To whom no mail is sent. It knows no rules either; what a mutation changes is part of its transaction, and a query only sees. */
  readonly suppressions: Suppressions;
}

/** Who may call a function: a condition, or a function of who is asking. It knows of no row. */
export type Access<S extends AnySchema> = Condition | ((scope: { readonly me: ActorValue<S> }) => Condition);

export interface FunctionOptions<S extends AnySchema, I extends StandardSchemaV1> {
  /** Checks the input: a schema of zod, valibot, arktype or any other Standard Schema. Left out, the function takes none. */
  readonly input?: I;
  /** Who may call it. There is no default: a function is closed until this opens it. */
  readonly access: Access<S>;
}

/** A function as it is written, before its schema is known. */
export interface WrittenFunction {
  readonly type: FunctionDefinition["type"];
  readonly input: StandardSchemaV1 | undefined;
  readonly access: unknown;
  readonly handler: FunctionDefinition["handler"];
}

/** What callers of a function need to know: what they give and what they get. No word of its handler or its schema. */
export interface FunctionSignature<I, O, K extends FunctionDefinition["type"] = FunctionDefinition["type"]> {
  readonly input: I;
  readonly output: O;
  readonly type: K;
}

/** A function of a back end on the schema `S`. */
export interface BackendFunction<S extends AnySchema, F> {
  readonly "~function": WrittenFunction;
  /** For the type checker alone: never present. */
  readonly "~types"?: { readonly schema: (schema: S) => S; readonly signature: F };
}

/** A schema for a function without input. */
type NoInput = StandardSchemaV1<undefined, undefined>;

/**
 * A function that reads: called at `/rpc/<name>` by GET or POST. Inside `defineBackend` its `db` is typed by the schema there; in a
 * file of its own use the `query` that `functionsOf(schema)` gives.
 */
export function query<S extends AnySchema, O, I extends StandardSchemaV1 = NoInput>(
  options: FunctionOptions<S, I>,
  handler: (context: FunctionContext<S, StandardSchemaV1.InferOutput<I>>) => O | Promise<O>,
): BackendFunction<S, FunctionSignature<StandardSchemaV1.InferInput<I>, O, "query">> {
  return written("query", options, handler);
}

/**
 * A function that changes data: called at `/rpc/<name>` by POST, and one transaction: what its handler throws undoes all of it.
 * Inside `defineBackend` its `db` is typed by the schema there; in a file of its own use the `mutation` that `functionsOf(schema)` gives.
 */
export function mutation<S extends AnySchema, O, I extends StandardSchemaV1 = NoInput>(
  options: FunctionOptions<S, I>,
  handler: (context: FunctionContext<S, StandardSchemaV1.InferOutput<I>>) => O | Promise<O>,
): BackendFunction<S, FunctionSignature<StandardSchemaV1.InferInput<I>, O, "mutation">> {
  return written("mutation", options, handler);
}

function written<S extends AnySchema, F>(
  type: FunctionDefinition["type"],
  options: FunctionOptions<S, StandardSchemaV1>,
  handler: (context: never) => unknown,
): BackendFunction<S, F> {
  // Callers without types may leave options out; buildFunctions reports it with the function's name.
  const { input, access } = (options as Partial<typeof options> | undefined) ?? {};
  return { "~function": { type, input, access, handler: handler as FunctionDefinition["handler"] } };
}

/** `query` and `mutation` for one schema. */
export interface FunctionBuilders<S extends AnySchema> {
  readonly query: <O, I extends StandardSchemaV1 = NoInput>(
    options: FunctionOptions<S, I>,
    handler: (context: FunctionContext<S, StandardSchemaV1.InferOutput<I>>) => O | Promise<O>,
  ) => BackendFunction<S, FunctionSignature<StandardSchemaV1.InferInput<I>, O, "query">>;
  readonly mutation: <O, I extends StandardSchemaV1 = NoInput>(
    options: FunctionOptions<S, I>,
    handler: (context: FunctionContext<S, StandardSchemaV1.InferOutput<I>>) => O | Promise<O>,
  ) => BackendFunction<S, FunctionSignature<StandardSchemaV1.InferInput<I>, O, "mutation">>;
}

/** `const { query, mutation } = functionsOf(schema)`: for functions in files of their own. */
export function functionsOf<S extends AnySchema>(_schema: S): FunctionBuilders<S> {
  return { query, mutation };
}
