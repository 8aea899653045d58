import type { AnyBackend, CurrentSession } from "#client";
import type { FromJson, FunctionsOf, SchemaOf } from "#client-calls";
import type { FunctionSignature, TableName } from "#data-types";
import type { MutationOptions, ReadQuery, SendOptions, WriteMutation } from "./query-options.ts";
import type { TableQueries } from "./table-queries.ts";

type FunctionQueries<F, T extends string> =
  F extends FunctionSignature<infer I, infer O, infer K>
    ? K extends "mutation"
      ? (options?: MutationOptions<T>) => WriteMutation<FromJson<O>, undefined extends I ? I | void : I>
      : undefined extends I
        ? (input?: I, options?: SendOptions) => ReadQuery<FromJson<O>>
        : (input: I, options?: SendOptions) => ReadQuery<FromJson<O>>
    : never;

interface QueriesMethods<B extends AnyBackend> {
  /** Functions: `useQuery(q.fn.compare({ ids }))` of a query, `useMutation(q.fn.borrow())` of a mutation. */
  readonly fn: {
    readonly [N in keyof FunctionsOf<B>]: FunctionQueries<FunctionsOf<B>[N], TableName<SchemaOf<B>>>;
  };

  /**
   * Who is signed in, null for nobody: `useQuery(q.session())`. Where it turns out to be somebody else than before, in another tab say, all
   * that was read before is forgotten.
   */
  session(options?: SendOptions): ReadQuery<CurrentSession<SchemaOf<B>> | null>;

  /**
   * Forgets all that the query client holds, and what waited to be sent; asks anew for what the page shows. It happens by itself after every call
   * of `api.auth` with which somebody else is signed in, or nobody: to be called where a token is changed without them.
   */
  startOver(): void;

  /** A table by its name: for one that is called as something that is here already, such as `session`. */
  table<T extends TableName<SchemaOf<B>>>(name: T): TableQueries<SchemaOf<B>, T>;
}

/** The tables, the functions and the session of a back end, as options of TanStack Query. */
export type Queries<B extends AnyBackend> = {
  readonly [T in Exclude<TableName<SchemaOf<B>>, keyof QueriesMethods<B>>]: TableQueries<SchemaOf<B>, T>;
} & QueriesMethods<B>;
