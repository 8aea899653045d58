import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  dehydrate,
  HydrationBoundary,
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryClientProvider,
  QueryObserver,
  type QueryKey,
  useQuery,
} from "@tanstack/react-query";
import { everyone, mutation, query, defineBackend, defineSchema, integer, ref, signedIn, text } from "chassis";
import { ChassisError, type Client, createClient, type Fetch } from "chassis/client";
import { createQueries, type Queries } from "chassis/react";
import { openTestBackend, type TestBackend } from "chassis/testing";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  books: { title: text(), copies: integer().default(1) },
  shelves: { room: text() },
  notes: { book: ref("books").onDelete("cascade"), reader: ref("users").defaultToActor(), body: text().min(1) },
});
const backend = defineBackend(schema, {
  auth: { anonymous: true },
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: () => ({ read: everyone, write: signedIn }),
    shelves: () => ({ read: everyone, write: signedIn }),
    notes: ({ row, me }) => ({ read: row.reader.eq(me.id), write: row.reader.eq(me.id) }),
  },
  functions: {
    titles: query({ access: everyone }, async ({ db }) => (await db.books.list()).map(({ title }) => title)),
    tidy: mutation({ access: everyone }, () => "done"),
  },
});

let app: TestBackend<typeof schema>;
before(async () => {
  app = await openTestBackend(backend, { settings: { CHASSIS_BASE_URL: "http://localhost" } });
  await app.db.books.createMany(["a", "b", "c", "d", "e"].map((title) => ({ title })));
});
after(() => app.close());

interface Site {
  readonly api: Client<typeof backend>;
  readonly queryClient: QueryClient;
  readonly q: Queries<typeof backend>;
  /** Paths that were asked for. */
  readonly asked: string[];
}

/** Somebody's session. */
async function signIn(name: string): Promise<{ readonly user: string; readonly token: string }> {
  let token = "";
  const api = createClient<typeof backend>("http://localhost", {
    fetch: (request) => app.fetch(request),
    token: { get: () => undefined, set: (next) => void (token = next ?? "") },
  });
  const { user } = await api.auth.signInAnonymously({ user: { name } });
  return { user, token };
}

/** A page of somebody. */
async function site(name?: string, fetch: Fetch = (request) => app.fetch(request), prefix?: string): Promise<Site> {
  let token = name === undefined ? undefined : (await signIn(name)).token;
  const asked: string[] = [];
  const api = createClient<typeof backend>("http://localhost", {
    token: { get: () => token, set: (next) => void (token = next) },
    fetch: (request) => {
      asked.push(decodeURIComponent(request.url.replace("http://localhost", "")));
      return fetch(request);
    },
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } });
  return { api, queryClient, q: createQueries(api, queryClient, prefix === undefined ? {} : { prefix }), asked };
}

const keysOf = ({ queryClient }: Site): readonly QueryKey[] =>
  queryClient
    .getQueryCache()
    .getAll()
    .map(({ queryKey }) => queryKey);

const mutate = <R, V>({ queryClient }: Site, options: { mutationFn: (variables: V) => Promise<R> }, variables: V): Promise<R> =>
  new MutationObserver<R, Error, V>(queryClient, options).mutate(variables);

const staleOf = ({ queryClient }: Site, key: QueryKey): boolean | undefined => queryClient.getQueryState(key)?.isInvalidated;

describe("reads", () => {
  test("keys begin with the table and hold what is asked, not how it is sent", async () => {
    const { q } = await site();
    assert.deepEqual(q.books.list({ where: { title: "a" }, timeout: 5, headers: { a: "b" } }).queryKey, [
      "books",
      "list",
      { where: { title: "a" } },
    ]);
    assert.deepEqual(q.books.list().queryKey, ["books", "list"]);
    assert.deepEqual(q.books.get("1", { select: ["title"] }).queryKey, ["books", "get", "1", { select: ["title"] }]);
    assert.deepEqual(q.books.pages({ pageSize: 2 }).queryKey, ["books", "pages", { pageSize: 2 }]);
    assert.deepEqual(q.fn.titles().queryKey, ["titles()"]);
    assert.deepEqual(q.session().queryKey, ["auth", "session"]);
    assert.deepEqual((await site(undefined, undefined, "crm")).q.books.count().queryKey, ["crm", "books", "count"]);
  });

  test("answers are those of the client, pages go on by cursor, and both can be prefetched", async () => {
    const { q, queryClient, asked } = await site();
    const [first] = await queryClient.fetchQuery(q.books.list({ orderBy: { title: "asc" }, select: ["id", "title"] }));
    assert.equal(first?.title, "a");
    assert.equal((await queryClient.fetchQuery(q.books.get(first.id)))?.title, "a");
    assert.equal(await queryClient.fetchQuery(q.books.count({ where: { title: "a" } })), 1);
    assert.deepEqual(await queryClient.fetchQuery(q.fn.titles()), ["a", "b", "c", "d", "e"]);
    const observer = new InfiniteQueryObserver(queryClient, q.books.pages({ orderBy: { title: "asc" }, pageSize: 2 }));
    const leave = observer.subscribe(() => {});
    await observer.fetchNextPage();
    await observer.fetchNextPage();
    const { data, hasNextPage } = await observer.fetchNextPage();
    leave();
    assert.deepEqual(
      data?.pages.map(({ rows }) => rows.map(({ title }) => title)),
      [["a", "b"], ["c", "d"], ["e"]],
    );
    assert.equal(hasNextPage, false);
    assert.equal(asked.filter((path) => path.includes("limit=2")).length, 3);
  });

  test("what is no longer wanted is aborted, and a failure is told once", async () => {
    const aborted = Promise.withResolvers<void>();
    const slow = await site(
      undefined,
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener("abort", () => {
            aborted.resolve();
            reject(request.signal.reason);
          });
        }),
    );
    const leave = new QueryObserver(slow.queryClient, slow.q.books.list()).subscribe(() => {});
    while (slow.asked.length === 0) await new Promise(setImmediate);
    leave();
    await aborted.promise;

    const failing = await site(undefined, () => Promise.resolve(Response.json({ code: "x", message: "No" }, { status: 400 })));
    const observer = new QueryObserver(failing.queryClient, failing.q.books.list());
    const stop = observer.subscribe(() => {});
    while (observer.getCurrentResult().status === "pending") await new Promise(setImmediate);
    stop();
    assert.ok(observer.getCurrentResult().error instanceof ChassisError);
    assert.equal(failing.asked.length, 1);
    // What cannot be asked is an error of the query, not of the page that renders.
    const wrong = failing.q.books.list({ where: { title: Number.NaN as unknown as string } });
    await assert.rejects(failing.queryClient.fetchQuery(wrong), TypeError);
  });
});

describe("writes", () => {
  test("are done when what is shown has been asked for again", async () => {
    const page = await site("Ada");
    const { q, queryClient } = page;
    const shown = new QueryObserver(queryClient, q.books.count());
    const leave = shown.subscribe(() => {});
    while (shown.getCurrentResult().data === undefined) await new Promise(setImmediate);
    const before = shown.getCurrentResult().data ?? 0;
    await queryClient.fetchQuery(q.shelves.list());
    queryClient.setQueryData(["weather"], "fine");
    const book = await mutate(page, q.books.create(), { title: "f" });
    assert.equal(shown.getCurrentResult().data, before + 1);
    assert.deepEqual([staleOf(page, q.shelves.list().queryKey), staleOf(page, ["weather"])], [true, false]);
    await mutate(page, q.books.update(), { id: book.id, set: { title: "g" }, version: book.version });
    const late = mutate(page, q.books.update(), { id: book.id, set: { title: "h" }, version: book.version });
    await assert.rejects(late, { error: "preconditionFailed" });
    assert.equal(await mutate(page, q.books.updateMany(), { where: { title: "g" }, set: { copies: 2 } }), 1);
    assert.equal(await mutate(page, q.books.delete(), { id: book.id }), true);
    assert.equal(await mutate(page, q.fn.tidy(), undefined), "done");
    assert.equal(shown.getCurrentResult().data, before);
    leave();
  });

  test("with `changes`, what can show no other table is left", async () => {
    const page = await site("Ada");
    const { q, queryClient } = page;
    const of = {
      books: q.books.list(),
      shelves: q.shelves.list({ where: { or: [{ room: "a" }, { room: { neq: "b" } }] } }),
      included: q.notes.list({ include: { book: true } }),
      asked: q.notes.list({ where: { not: { book: { title: "a" } } } }),
      titles: q.fn.titles(),
    };
    const stale = async (changes: readonly "books"[]): Promise<readonly string[]> => {
      for (const options of Object.values(of)) await queryClient.fetchQuery(options as typeof of.titles);
      await mutate(page, q.books.updateMany({ changes }), { where: { title: "a" }, set: { copies: 3 } });
      return Object.entries(of).flatMap(([name, { queryKey }]) => (staleOf(page, queryKey) === true ? [name] : []));
    };
    assert.deepEqual(await stale([]), []);
    assert.deepEqual(await stale(["books"]), ["books", "included", "asked", "titles"]);
  });
});

describe("whoever signs out", () => {
  test("leaves nothing that they read, were asking for or had not sent", async () => {
    const page = await site("Ada");
    const { api, q, queryClient } = page;
    const note = await api.notes.create({ book: (await api.books.first())?.id ?? "", body: "Mine" });
    const notes = new QueryObserver(queryClient, q.notes.list());
    const leave = notes.subscribe(() => {});
    while (notes.getCurrentResult().data === undefined) await new Promise(setImmediate);
    assert.equal(notes.getCurrentResult().data?.length, 1);
    await queryClient.fetchQuery(q.notes.get(note.id));
    queryClient.setQueryData(["mine", "elsewhere"], "secret");
    const seen: unknown[] = [];
    notes.subscribe(({ data }) => seen.push(data));
    await api.auth.signOut();
    assert.equal(notes.getCurrentResult().data, undefined);
    assert.deepEqual(keysOf(page), [["notes", "list"]]);
    while (notes.getCurrentResult().fetchStatus !== "idle") await new Promise(setImmediate);
    assert.ok(seen.length > 0);
    assert.deepEqual(
      seen.filter((data) => JSON.stringify(data)?.includes("Mine")),
      [],
    );
    leave();
  });

  test("in another tab is found out with the session", async () => {
    const [ada, bob] = [await signIn("Ada"), await signIn("Bob")];
    let token: string | undefined = ada.token;
    const page = await site(undefined, async (request) => {
      const headers = new Headers(request.headers);
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      return app.fetch(new Request(request, { headers }));
    });
    const { q, queryClient } = page;
    const ask = () => queryClient.fetchQuery({ ...q.session(), staleTime: 0 });
    assert.equal((await ask())?.user, ada.user);
    await queryClient.fetchQuery(q.notes.list());
    assert.equal((await ask())?.user, ada.user);
    assert.equal(keysOf(page).length, 2);
    token = bob.token;
    assert.equal((await ask())?.user, bob.user);
    assert.deepEqual(keysOf(page), [["auth", "session"]]);
    await queryClient.fetchQuery(q.books.count());
    token = undefined;
    assert.equal(await ask(), null);
    assert.deepEqual(keysOf(page), [["auth", "session"]]);
    await queryClient.fetchQuery(q.books.count());
    q.startOver();
    assert.deepEqual(keysOf(page), []);
  });
});

test("a server renders what it asked for, each request with its own, and the page goes on with it", async () => {
  function Title({ site: { q } }: { readonly site: Site }) {
    return createElement("p", null, useQuery(q.books.list({ where: { title: "b" } })).data?.[0]?.title ?? "nothing");
  }
  const server = await site("Ada");
  const other = await site("Bob");
  await server.queryClient.prefetchQuery(server.q.books.list({ where: { title: "b" } }));
  const state = JSON.parse(JSON.stringify(dehydrate(server.queryClient))) as ReturnType<typeof dehydrate>;
  const render = (site: Site, held: typeof state | null) =>
    renderToString(
      createElement(
        QueryClientProvider,
        { client: site.queryClient },
        createElement(HydrationBoundary, { state: held }, createElement(Title, { site })),
      ),
    );
  assert.equal(render(server, null), "<p>b</p>");
  assert.equal(render(other, null), "<p>nothing</p>");
  const browser = await site("Ada");
  assert.equal(render(browser, state), "<p>b</p>");
  await browser.api.auth.signOut();
  assert.equal(browser.queryClient.getQueryData(browser.q.books.list({ where: { title: "b" } }).queryKey), undefined);
});

test("what is no client is refused", () => {
  assert.throws(() => createQueries({} as Client<typeof backend>, new QueryClient()), /takes what createClient gave/);
});
