import type { QueryClient } from "@tanstack/react-query";
import type { AnyBackend, Client } from "#client";
import { byName } from "#client-calls";
import { watchCache } from "./cache.ts";
import { functionQueries, tableQueries } from "./make-options.ts";
import type { PlainApi } from "./plain-api.ts";
import type { Queries } from "./queries.ts";

/** What holds for all of a client's queries. */
export interface QueriesOptions {
  /** Stands before all keys: for a page that asks two back ends with one query client. */
  readonly prefix?: string;
}

/**
 * The calls of a client as options of TanStack Query, whose answers are kept in that query client. One for each pair: in a browser for the page,
 * on a server for the request.
 *
 * ```ts
 * export const q = createQueries(api, queryClient);
 * const { data } = useQuery(q.reviews.list({ where: { stars: { gte: 4 } } }));
 * const { mutate } = useMutation(q.reviews.create());
 * ```
 *
 * Throws `TypeError` where `api` is no client.
 */
export function createQueries<B extends AnyBackend>(
  api: Client<B>,
  queryClient: QueryClient,
  { prefix }: QueriesOptions = {},
): Queries<B> {
  const plain = api as unknown as PlainApi;
  const cache = watchCache(plain, queryClient, prefix === undefined ? [] : [prefix]);
  const methods: Readonly<Record<string, unknown>> = {
    fn: byName((name) => functionQueries(plain, cache, name)),
    session: cache.session,
    startOver: cache.startOver,
    table: (name: string) => tableQueries(plain, cache, name),
  };
  return byName((name) => methods[name] ?? tableQueries(plain, cache, name)) as Queries<B>;
}
