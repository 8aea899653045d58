import { type Clock, during, type Logger } from "#base";
import { AppError } from "#contract";
import type { Model } from "#database";
import { authorOf } from "../access/author.ts";
import { type Caller, system } from "../access/caller.ts";
import { hintOf, scopeOf } from "../access/key-scope.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { Records } from "../records/records.ts";
import type { DataScope } from "./data-scope.ts";
import type { FunctionDefinition } from "./function.ts";
import { mayCall } from "./function-reach.ts";
import { type Enqueuer, noJobs } from "../jobs/enqueue.ts";
import { type JobControlIn, noJobControl } from "../jobs/job-control.ts";
import { jsonProblem } from "./json-problem.ts";
import type { DbOpener } from "./open-db.ts";
import { validateInput } from "./validate-input.ts";
import { noSuppressions, type SuppressionsIn } from "../mail/suppressions.ts";
import { noWebhooks, type WebhooksIn } from "../webhooks/sending/webhooks.ts";
import { watchScope } from "./work-under-way.ts";

export interface CallOptions {
  readonly signal: AbortSignal;
  /** The request as the log names it, for the audit log. */
  readonly requestId?: string;
  /** Run all, then roll back. */
  readonly dryRun?: boolean;
  /** Called with the result before it is committed: what it throws rolls back, and is thrown. */
  readonly verify?: (result: unknown) => void;
  /** Runs within a transaction that is open already, and neither commits nor ends it. */
  readonly within?: Pick<DataScope, "records" | "connection">;
}

/** The functions of a back end, ready to be called. */
export interface Functions {
  /** Undefined where there is none of that name, or none that this caller may call: the two look the same. */
  find(name: string, caller: Caller): { readonly type: "query" | "mutation" } | undefined;
  /** The names of those that this caller may call. */
  names(caller: Caller): readonly string[];
  /**
   * Runs one as the caller. A mutation is one transaction: what its handler throws undoes it. Throws `unknownFunction`,
   * `validationFailed` for its input, and what the handler throws.
   */
  call(name: string, input: unknown, caller: Caller, options: CallOptions): Promise<unknown>;
}

export interface FunctionsOptions {
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly model: Model;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dbs: DbOpener;
  /** By default there are no jobs. */
  readonly enqueuer?: Enqueuer;
  readonly jobControl?: JobControlIn;
  /** By default there are no webhooks. */
  readonly webhooksIn?: WebhooksIn;
  /** By default there are no mails. */
  readonly suppressionsIn?: SuppressionsIn;
  /** Milliseconds that a handler may take. Default 10,000. */
  readonly timeLimit?: number;
}

export function createFunctions(options: FunctionsOptions): Functions {
  const {
    functions,
    model,
    records,
    clock,
    logger,
    dbs,
    enqueuer = noJobs,
    jobControl = noJobControl,
    webhooksIn = noWebhooks,
    suppressionsIn = noSuppressions,
    timeLimit = 10_000,
  } = options;

  function allowed(name: string, caller: Caller): FunctionDefinition | undefined {
    const definition = functions.get(name);
    if (definition === undefined) return undefined;
    return mayCall(name, definition, { caller, model, now: clock.now() }) ? definition : undefined;
  }

  async function handle(definition: FunctionDefinition, { name, input, caller, within, signal }: Handling): Promise<unknown> {
    const watched = watchScope(within);
    const db = dbs.open(watched.scope, caller);
    const me = caller === system ? null : caller;
    const enqueue = within.writes ? enqueuer((work) => work(watched.scope.connection)) : enqueueInQuery;
    try {
      const result = await withinTime(timeLimit, { signal, name: `function ${name}` }, async (stop) =>
        definition.handler({
          input,
          me,
          db,
          signal: stop,
          enqueue,
          jobs: jobControl(watched.scope),
          webhooks: webhooksIn(watched.scope),
          suppressions: suppressionsIn(watched.scope),
        }),
      );
      const problem = jsonProblem(result);
      if (problem !== undefined) throw new TypeError(`A function gives what JSON can say, and ${problem}.`);
      if ((await watched.end()) > 0) {
        // What would have followed in a mutation will not come any more: kept would be the first half of it.
        if (within.writes) throw new Error(notAwaited);
        logger.error({ function: name }, notAwaited);
      }
      return result;
    } finally {
      await watched.end();
    }
  }

  return {
    find: allowed,
    names: (caller) => [...functions.keys()].filter((name) => allowed(name, caller) !== undefined),
    async call(name, given, caller, { signal, requestId, dryRun = false, verify, within: outer }) {
      const definition = allowed(name, caller);
      if (definition === undefined) throw new AppError("unknownFunction", hintOf(scopeOf(caller), "functions"));
      const input = await validateInput(definition.input, given, "This function takes no input.");
      const run = async (within: DataScope): Promise<unknown> => {
        signal.throwIfAborted();
        const result = await handle(definition, { name, input, caller, within, signal });
        verify?.(result);
        return result;
      };
      try {
        if (outer !== undefined) return await runWithin(outer, definition.type, dryRun, run);
        return definition.type === "query"
          ? await records.snapshot((own, connection) => run({ records: readOnly(own), connection, writes: false }), {
              signal,
              name: `function ${name}`,
            })
          : await records.transaction((own, connection) => run({ records: own, connection, writes: true }), {
              signal,
              rollback: dryRun,
              author: authorOf(caller, requestId),
            });
      } catch (thrown) {
        if (thrown instanceof AppError || (signal.aborted && thrown === signal.reason)) throw thrown;
        throw new AppError("internal", { cause: new Error(`The function '${name}' failed.`, { cause: thrown }) });
      }
    },
  };
}

/**
 * A part of somebody's transaction. What a query writes by SQL of its own is undone, and so is a mutation that only tries: a query reads
 * through the connection that writes, because only there it sees what was written before it.
 */
async function runWithin(
  { records, connection }: NonNullable<CallOptions["within"]>,
  type: FunctionDefinition["type"],
  dryRun: boolean,
  run: (within: DataScope) => Promise<unknown>,
): Promise<unknown> {
  if (type === "mutation" && !dryRun) return run({ records, connection, writes: true });
  await connection.run("SAVEPOINT function_call", []);
  try {
    return await run({
      records: type === "query" ? readOnly(records) : records,
      connection,
      writes: type === "mutation",
    });
  } finally {
    await connection.run("ROLLBACK TO function_call", []);
    await connection.run("RELEASE function_call", []);
  }
}

const notAwaited = "It returned before its work with db had ended: await all of it.";

interface Handling {
  readonly name: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly within: DataScope;
  readonly signal: AbortSignal;
}

/** Rejects when the time is over, the caller is gone, or a timer of it throws, whether or not the work heeds its signal. */
async function withinTime<T>(
  milliseconds: number,
  { signal, name }: { readonly signal: AbortSignal; readonly name: string },
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stopped = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    abort.abort(reason);
    stopped.reject(reason);
  };
  const leave = (): void => stop(signal.reason);
  const timer = setTimeout(
    () => stop(new AppError("timeout", { details: `A function may take ${milliseconds} ms.` })),
    milliseconds,
  );
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([during({ name, fail: stop }, () => work(abort.signal)), stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}

function enqueueInQuery(): Promise<never> {
  return Promise.reject(new Error("A query function may only read: define it with mutation(...) to enqueue jobs."));
}

/** A query is also called by GET, which browsers send unasked and caches repeat: it must not write, not even by mistake. */
function readOnly(records: Pick<Records, "read">): Records {
  return {
    read: (query, caller, options) => records.read(query, caller, options),
    write: () => Promise.reject(new Error("A query function may only read: define it with mutation(...) to write.")),
  };
}
