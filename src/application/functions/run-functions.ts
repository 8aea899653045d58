import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Clock } from "#base";
import { AppError, type FieldProblem } from "#contract";
import { actorFacts, evaluateTruth, type Model } from "#database";
import { type Caller, system } from "../access/caller.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { Records } from "../records/records.ts";
import type { FunctionDefinition } from "./function.ts";

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Run all, then roll back. */
  readonly dryRun?: boolean;
  /** Called with the result before it is committed: what it throws rolls back, and is thrown. */
  readonly verify?: (result: unknown) => void;
}

/** The functions of a back end, ready to be called. */
export interface Functions {
  /** Undefined where there is none of that name, or none that this caller may call: the two look the same. */
  find(name: string, caller: Caller): { readonly type: "query" | "mutation" } | undefined;
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
  /** What a handler gets as `db`: the data as the caller sees it, within the transaction where there is one. */
  readonly openDb: (records: Records, caller: Caller) => unknown;
}

export function createFunctions({ functions, model, records, clock, openDb }: FunctionsOptions): Functions {
  function allowed(name: string, caller: Caller): FunctionDefinition | undefined {
    const definition = functions.get(name);
    if (definition === undefined || caller === system) return definition;
    const context = { rows: {}, actor: actorFacts(caller, model), now: new Date(clock.now()).toISOString() };
    return evaluateTruth(definition.access, context) === 1 ? definition : undefined;
  }

  return {
    find: allowed,
    async call(name, given, caller, { signal, dryRun = false, verify }) {
      const definition = allowed(name, caller);
      if (definition === undefined) throw new AppError("unknownFunction");
      const input = await validateInput(definition.input, given);
      const run = async (within: Records): Promise<unknown> => {
        signal.throwIfAborted();
        const me = caller === system ? null : caller;
        const result = await definition.handler({ input, me, db: openDb(within, caller), signal });
        verify?.(result);
        return result;
      };
      return definition.type === "query" ? run(readOnly(records)) : records.transaction(run, { signal, rollback: dryRun });
    },
  };
}

/** A query is also called by GET, which browsers send unasked and caches repeat: it must not write, not even by mistake. */
function readOnly(records: Records): Records {
  return {
    read: (query, caller, options) => records.read(query, caller, options),
    write: () => Promise.reject(new Error("A query function may only read: define it with mutation(...) to write.")),
  };
}

async function validateInput(schema: StandardSchemaV1 | undefined, input: unknown): Promise<unknown> {
  if (schema === undefined) {
    const isEmpty = input === undefined || input === null || (typeof input === "object" && Object.keys(input).length === 0);
    if (isEmpty) return undefined;
    throw new AppError("validationFailed", { details: "This function takes no input." });
  }
  const result = await schema["~standard"].validate(input);
  if (result.issues === undefined) return result.value;
  throw new AppError("validationFailed", { fields: result.issues.map(toProblem) });
}

function toProblem({ message, path = [] }: StandardSchemaV1.Issue): FieldProblem {
  const field = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return { field, message };
}
