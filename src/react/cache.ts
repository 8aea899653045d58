import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { asksRelated, watchSession } from "#client-calls";
import type { PlainApi } from "./plain-api.ts";
import type { SendOptions } from "./query-options.ts";

/** What the query client holds of one back end, and for whom. */
export interface Cache {
  readonly key: (...parts: readonly unknown[]) => QueryKey;
  /** Asks again for what the page shows of these tables, or of any, and resolves when it is there; what is not on the page is asked for later. */
  readonly changed: (tables?: readonly string[]) => Promise<void>;
  readonly session: (options?: SendOptions) => object;
  readonly startOver: () => void;
}

type UserId = string | number | null;

/** Calls that read, by which a key is known. */
const reads: ReadonlySet<unknown> = new Set(["list", "first", "get", "page", "pages", "count", "aggregate", "versions"]);

/** Of a function. No table can be called so. */
const functionKey = /\(\)$/;

export function watchCache(api: PlainApi, queryClient: QueryClient, prefix: readonly string[]): Cache {
  /** Who asked last, where that is known and no session is held. */
  let user: UserId | undefined;

  const key = (...parts: readonly unknown[]): QueryKey => [...prefix, ...parts];
  const sessionKey = key("auth", "session");
  const isSession = (key: QueryKey): boolean =>
    key.length === sessionKey.length && key.every((part, at) => part === sessionKey[at]);

  /** Without the prefix; undefined for what others put into the query client. */
  function ownPart(key: QueryKey): QueryKey | undefined {
    const own = key.slice(prefix.length);
    if (prefix.some((part, at) => key[at] !== part) || typeof own[0] !== "string") return undefined;
    return reads.has(own[1]) || functionKey.test(own[0]) || isSession(key) ? own : undefined;
  }

  function known(): UserId | undefined {
    const session = queryClient.getQueryData<{ readonly user: string | number } | null>(sessionKey);
    return session === undefined ? user : (session?.user ?? null);
  }

  function changed(tables?: readonly string[]): Promise<void> {
    return queryClient.invalidateQueries({
      predicate: ({ queryKey }) => {
        const own = ownPart(queryKey);
        return own !== undefined && (tables === undefined || mayShow(own, tables));
      },
    });
  }

  /** Of everything that is held, whoever put it there: it may be of the same person. */
  function forget(isForgotten: (key: QueryKey) => boolean): void {
    const mutations = queryClient.getMutationCache();
    for (const mutation of mutations.getAll())
      if (mutation.state.status !== "pending" || mutation.state.isPaused) mutations.remove(mutation);
    // What was asked for before and has not been answered ends here too.
    void queryClient.resetQueries({ predicate: ({ queryKey }) => isForgotten(queryKey) });
    const queries = queryClient.getQueryCache();
    for (const query of queries.getAll())
      if (isForgotten(query.queryKey) && query.getObserversCount() === 0) queries.remove(query);
  }

  watchSession(api, (now) => {
    const before = known();
    if (now === undefined || now === before) {
      void changed();
      return;
    }
    user = now;
    forget(() => true);
  });

  return {
    key,
    changed,
    startOver() {
      user = undefined;
      forget(() => true);
    },
    session: (options) => ({
      queryKey: sessionKey,
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        const session = await api.auth.session({ ...options, signal });
        const before = known();
        user = session?.user ?? null;
        if (before !== undefined && before !== user) forget((key) => !isSession(key));
        return session;
      },
      // However fresh the rows are that a page may show: another tab may have signed out a moment ago.
      refetchOnWindowFocus: "always",
      refetchOnReconnect: "always",
      retry: false,
    }),
  };
}

/** Names of relations do not say to which tables they lead, nor does a function say what it reads. */
function mayShow([name, , ...args]: QueryKey, tables: readonly string[]): boolean {
  if (tables.length === 0) return false;
  if (functionKey.test(String(name)) || tables.includes(String(name))) return true;
  const { include, where } = (args.at(-1) ?? {}) as { readonly include?: object; readonly where?: unknown };
  return Object.keys(include ?? {}).length > 0 || asksRelated(where);
}
