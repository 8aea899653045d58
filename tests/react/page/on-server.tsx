import { dehydrate, QueryClient } from "@tanstack/react-query";
import { createClient, type Fetch } from "chassis/client";
import { createQueries } from "chassis/react";
import { renderToString } from "react-dom/server";
import type backend from "../../../examples/react/backend.ts";
import { Site } from "./site.tsx";

/** The page as its first answer has it, for whoever has that cookie. */
export async function render(origin: string, { fetch, cookie }: { fetch: Fetch; cookie: string }): Promise<string> {
  const api = createClient<typeof backend>(origin, { fetch, headers: { cookie } });
  const queryClient = new QueryClient();
  const q = createQueries(api, queryClient);
  await Promise.all([
    queryClient.prefetchQuery(q.books.list({ orderBy: { title: "asc" } })),
    queryClient.prefetchQuery(q.session()),
    queryClient.prefetchQuery(q.notes.list()),
  ]);
  const state = dehydrate(queryClient);
  const html = renderToString(<Site ground={{ api, queryClient, q, state }} />);
  const json = JSON.stringify(state).replaceAll("<", "\\u003c");
  return `<!doctype html><title>Books</title><div id="site">${html}</div><script type="application/json" id="state">${json}</script><script type="module" src="/page.js"></script>`;
}
