import type { DataTag, InfiniteData, QueryFunction, QueryKey } from "@tanstack/react-query";
import type { ChassisError } from "#client";
import type { Page } from "#data-types";

/** Never: the client sends again what can be sent again. The type says what the errors of a query are. */
type Retry = boolean | ((failures: number, error: ChassisError) => boolean);

/**
 * What `useQuery`, `useSuspenseQuery`, `useQueries`, `prefetchQuery`, `fetchQuery` and loaders take. To say more, spread it:
 * `useQuery({ ...q.reviews.get(id), enabled: isOpen })`.
 */
export interface ReadQuery<R> {
  /** Begins with the table: `["reviews", "list", { where }]`. Typed: `getQueryData` and `setQueryData` know what is under it. */
  readonly queryKey: DataTag<QueryKey, R, ChassisError>;
  readonly queryFn: QueryFunction<R, QueryKey>;
  readonly retry: Retry;
}

/** What `useInfiniteQuery`, `useSuspenseInfiniteQuery` and `prefetchInfiniteQuery` take. */
export interface PagesQuery<R> {
  readonly queryKey: DataTag<QueryKey, InfiniteData<Page<R>, string | null>, ChassisError>;
  readonly queryFn: QueryFunction<Page<R>, QueryKey, string | null>;
  readonly initialPageParam: string | null;
  readonly getNextPageParam: (last: Page<R>) => string | null;
  readonly retry: Retry;
}

/** What `useMutation` takes. It is done when what the page shows has been asked for again. */
export interface WriteMutation<R, V> {
  readonly mutationKey: readonly string[];
  readonly mutationFn: (variables: V) => Promise<R>;
  readonly retry: Retry;
}

/** How a call is sent, and no part of what it asks. TanStack Query gives its own `signal`. */
export interface SendOptions {
  /** Milliseconds for all of the call. Default: the client's own. */
  readonly timeout?: number;
  /** How often it may be sent again where that is safe. Default: the client's own. */
  readonly retries?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `T`: the names of the tables. */
export interface MutationOptions<T extends string> extends SendOptions {
  /**
   * The tables that the write changes, where that is known: then what shows no others is not asked for again. Left out, everything is, for
   * what a rule, a trigger, a cascade or a computed column depends on cannot be seen from here. `[]` asks for nothing again.
   */
  readonly changes?: readonly T[];
}
