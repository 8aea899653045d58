import { createAuth } from "./auth.ts";
import { sendBatch } from "./batch.ts";
import { byName } from "./by-name.ts";
import { ApiCall, type Call } from "./call.ts";
import type { ClientOptions, WriteOptions } from "./call-options.ts";
import type { AnyBackend, Client } from "./client-types.ts";
import { planFunction } from "./function-plan.ts";
import { pagesOf, rowsOf } from "./pages.ts";
import type { Plan } from "./request.ts";
import { planTable } from "./table-plans.ts";
import { createTransport, type Transport } from "./transport.ts";
import { type SessionListener, sessionListeners } from "./watch-session.ts";

/**
 * A client of the back end at that address, typed by it:
 *
 * ```ts
 * import type backend from "./backend.ts";
 * const api = createClient<typeof backend>("https://example.org");
 * const best = await api.reviews.list({ where: { stars: { gte: 4 } }, include: { author: true } });
 * ```
 *
 * Nothing of the back end is loaded: an `import type` is erased. The address may have a path, where the back end is mounted under one; in a
 * browser it may be left out, which is the origin of the page. Throws `TypeError` for one that is none.
 */
export function createClient<B extends AnyBackend>(url: string | URL = "", options: ClientOptions = {}): Client<B> {
  const transport = createTransport(baseOf(url), options);
  const listeners = new Set<SessionListener>();
  const methods: Readonly<Record<string, unknown>> = {
    fn: byName(
      (name) => (input?: unknown, own?: WriteOptions & { readonly method?: "GET" | "POST" }) =>
        new ApiCall(transport, () => planFunction(name, input, own?.method), own),
    ),
    auth: createAuth(transport, (user) => {
      for (const listener of listeners) listener(user);
    }),
    batch: (calls: readonly Call<unknown>[], own?: WriteOptions) => sendBatch(transport, calls, own),
    table: (name: string) => tableClient(transport, name),
  };
  const client = byName((name) => methods[name] ?? tableClient(transport, name)) as Client<B>;
  sessionListeners.set(client, listeners);
  return client;
}

/** Which argument of a call holds its options. */
const optionsAt: Readonly<Record<string, number>> = {
  get: 1,
  create: 1,
  createMany: 1,
  update: 2,
  upsert: 1,
  delete: 1,
  restore: 1,
  versions: 1,
};

function tableClient(transport: Transport, table: string): object {
  const plans = planTable(table) as unknown as Readonly<Record<string, (...given: unknown[]) => Plan<unknown>>>;
  const calls = Object.entries(plans).map(([name, plan]) => [
    name,
    (...given: unknown[]) => {
      const at = optionsAt[name] ?? 0;
      // How it is sent is no part of what is asked.
      const { signal, timeout, retries, headers, idempotencyKey, ...asked } = (given[at] ?? {}) as WriteOptions;
      const args = [...given.slice(0, at), ...(given[at] === undefined ? [] : [asked])];
      return new ApiCall(transport, () => plan(...args), { signal, timeout, retries, headers, idempotencyKey });
    },
  ]);
  const page = plans["page"] as (options: never) => Plan<unknown>;
  const pages = (options: object) => pagesOf(transport, page, options);
  return { ...Object.fromEntries(calls), pages, each: (options: object) => rowsOf(pages(options)) };
}

function baseOf(url: string | URL): string {
  const base = String(url).replace(/\/+$/, "");
  // Not shown: what stands there is mostly a password, and messages go to logs.
  if (/^[a-z][a-z\d+.-]*:\/*[^/?#]*@/i.test(base))
    throw new TypeError("createClient needs an address without a user name or password: use `token`.");
  const isRelative = base === "" || (base.startsWith("/") && !base.startsWith("//"));
  if (isRelative ? typeof location === "object" : /^https?:\/\/[^?#]+$/.test(base)) return base;
  throw new TypeError(
    isRelative
      ? "createClient needs the whole address here, such as http://localhost:4000."
      : `createClient needs an address such as https://example.org, without a query: '${base}' is none.`,
  );
}
