import type { QueryKey } from "@tanstack/react-query";
import type { Cache } from "./cache.ts";
import { callOf, type PlainApi } from "./plain-api.ts";
import type { MutationOptions } from "./query-options.ts";

interface ReadContext {
  readonly signal: AbortSignal;
  readonly pageParam: string | null;
}

interface RowVariables {
  readonly id: unknown;
  readonly set?: unknown;
  readonly version?: number;
}

/** Which argument of a call that reads holds its options. */
const optionsAt: Readonly<Record<string, 0 | 1>> = { list: 0, first: 0, get: 1, page: 0, count: 0, aggregate: 0, versions: 1 };

/** What `mutate` takes as the arguments of the call that writes. The last of them takes how it is sent. */
const writes: Readonly<Record<string, (variables: never) => readonly [...unknown[], object]>> = {
  create: (row: object) => [row, {}],
  createMany: (rows: readonly object[]) => [rows, {}],
  upsert: (row: object) => [row, {}],
  update: ({ id, set, version }: RowVariables) => [id, set, { version }],
  updateMany: (change: object) => [change],
  delete: ({ id, version }: RowVariables) => [id, { version }],
  deleteMany: (change: object) => [change],
  restore: ({ id, version }: RowVariables) => [id, { version }],
};

/** The rows of a page where nothing is said: as `pages` of the client. */
const defaultPageSize = 100;

/** The options of every call of a table, as `TableQueries` has them. */
export function tableQueries(api: PlainApi, cache: Cache, table: string): object {
  const read = (name: string, given: readonly unknown[]): object => {
    const at = optionsAt[name] ?? 0;
    const { asked, sent } = split(given[at]);
    const args = given.slice(0, at);
    return {
      queryKey: keyOf(cache, [table, name, ...args], asked),
      queryFn: ({ signal }: ReadContext) => callOf(api.table(table), name)(...args, { ...asked, ...sent, signal }),
      retry: false,
    };
  };

  const pages = (options?: object): object => {
    const { asked, sent } = split(options);
    const { pageSize: limit = defaultPageSize, ...rest } = asked;
    return {
      queryKey: keyOf(cache, [table, "pages"], asked),
      queryFn: ({ signal, pageParam }: ReadContext) =>
        callOf(api.table(table), "page")({ ...rest, ...sent, limit, after: pageParam, signal }),
      initialPageParam: null,
      getNextPageParam: (last: { readonly next: string | null }) => last.next,
      retry: false,
    };
  };

  const write = (name: string, given: MutationOptions<string> = {}): object => {
    const { changes, ...options } = given;
    const { asked, sent } = split(options);
    const send = async (variables: never): Promise<unknown> => {
      const args = writes[name]?.(variables) ?? [];
      const last = args.at(-1) as object;
      return callOf(api.table(table), name)(...args.slice(0, -1), { ...last, ...asked, ...sent });
    };
    return mutation(cache, cache.key(table, name), send, changes);
  };

  return {
    ...Object.fromEntries(Object.keys(optionsAt).map((name) => [name, (...given: unknown[]) => read(name, given)])),
    pages,
    ...Object.fromEntries(Object.keys(writes).map((name) => [name, (options?: object) => write(name, options)])),
  };
}

/**
 * The options of a function. Only types know whether it reads or writes, so these are both: what `useQuery` takes, with the input as the first
 * argument, and what `useMutation` takes, whose first argument is how it is sent.
 */
export function functionQueries(api: PlainApi, cache: Cache, name: string): (first?: unknown, second?: object) => object {
  return (first, second) => {
    const call = (input: unknown, options: object): Promise<unknown> => callOf(api.fn, name)(input, options);
    const { changes, ...options } = (first ?? {}) as MutationOptions<string>;
    return {
      queryKey: cache.key(`${name}()`, ...(first === undefined ? [] : [first])),
      queryFn: ({ signal }: ReadContext) => call(first, { ...split(second).sent, signal }),
      ...mutation(cache, cache.key(`${name}()`), (input) => call(input, split(options).sent), changes),
    };
  };
}

function mutation(
  cache: Cache,
  mutationKey: QueryKey,
  send: (variables: never) => Promise<unknown>,
  changes: readonly string[] | undefined,
): object {
  const mutationFn = async (variables: never): Promise<unknown> => {
    let result: unknown;
    try {
      result = await send(variables);
    } catch (error) {
      // It may have happened, or failed because what is shown is old.
      void cache.changed(changes);
      throw error;
    }
    await cache.changed(changes);
    return result;
  };
  return { mutationKey, mutationFn, retry: false };
}

type Plain = Readonly<Record<string, unknown>>;

/** What is asked, and how it is sent. A signal is TanStack Query's, and one key for several writes would make them one. */
function split(options: unknown): { readonly asked: Plain; readonly sent: Plain } {
  const { timeout, retries, headers, signal: _signal, idempotencyKey: _key, ...asked } = (options ?? {}) as Plain;
  return { asked: given(asked), sent: given({ timeout, retries, headers }) };
}

function given(options: Plain): Plain {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function keyOf(cache: Cache, parts: readonly unknown[], asked: Plain): QueryKey {
  return cache.key(...parts, ...(Object.keys(asked).length === 0 ? [] : [asked]));
}
