/**
 * The typed client with TanStack Query, for React: what its hooks take, made of the calls of the client.
 *
 * ```ts
 * import { QueryClient, useQuery } from "@tanstack/react-query";
 * import { createQueries } from "chassis/react";
 *
 * export const queryClient = new QueryClient();
 * export const q = createQueries(api, queryClient);
 * // in a component
 * const { data } = useQuery(q.reviews.list({ where: { stars: { gte: 4 } } }));
 * ```
 */
export { createQueries, type QueriesOptions } from "./create-queries.ts";
export type { Queries } from "./queries.ts";
export type { PagesQuery, ReadQuery, WriteMutation } from "./query-options.ts";
export type { TableQueries } from "./table-queries.ts";
