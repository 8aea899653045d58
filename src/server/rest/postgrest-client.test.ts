import assert from "node:assert/strict";
import { test } from "node:test";
import { PostgrestClient } from "@supabase/postgrest-js";
import type { Functions, MutationQuery, ReadQuery, Records } from "#application";
import { toAppError } from "#contract";
import { unknownClient } from "../clients/read-client.ts";
import { errorAnswer } from "../http/error-answer.ts";
import { createRest } from "./rest-routes.ts";
import { noUnits, nothingKept } from "./rest-testing.ts";

type Query = ReadQuery | MutationQuery;

/** The unmodified JavaScript client, whose requests go to the routes without a network; `asked` is what they became. */
function connect(): { client: PostgrestClient; asked: Query[] } {
  const asked: Query[] = [];
  const records: Records = {
    async read(query) {
      asked.push(query);
      return { json: '[{"id":1,"name":null}]', rows: 1, ...(query.count && { total: { count: 1, exact: true } }) };
    },
    async write(query) {
      asked.push(query);
      return { affected: 1, inserted: 1, ...(query.returning && { json: '[{"id":1}]' }) };
    },
  };
  const functions: Functions = {
    find: (name) => (name === "f" ? { type: "query" } : undefined),
    names: () => ["f"],
    async call(_name, input, _caller, options) {
      const result = [{ id: 1, input }];
      options.verify?.(result);
      return result;
    },
  };
  const rest = createRest({ records, functions, units: noUnits, idempotency: nothingKept });
  const fetch = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(address, init);
    const url = new URL(request.url);
    const exchange = {
      method: request.method,
      segments: url.pathname.split("/").slice(1).map(decodeURIComponent),
      search: url.search.slice(1),
      header: (name: string) => request.headers.get(name) ?? undefined,
      body: async () => new Uint8Array(await request.arrayBuffer()),
      signal: request.signal,
      async *stream() {
        yield await this.body();
      },
      requestId: "1",
      tell() {},
      remoteAddress: undefined,
      client: unknownClient,
    };
    const answer = await rest(exchange, null).catch((error: unknown) => errorAnswer(toAppError(error)));
    const body = request.method === "HEAD" || answer.status === 204 ? null : (answer.body as string | undefined);
    return new Response(body ?? null, { status: answer.status, headers: answer.headers });
  };
  return { client: new PostgrestClient("http://localhost/rest/v1", { fetch }), asked };
}

interface Reply {
  readonly status: number;
  readonly data: unknown;
  readonly count: number | null;
  readonly error: { readonly code?: string } | null;
}

type Use = (client: PostgrestClient) => PromiseLike<Reply>;

const select = (client: PostgrestClient) => client.from("t").select();

/** Each method of the client used, and the error that it must meet where it is for what there is not. */
const uses: Readonly<Record<string, Use | readonly [Use, code: string]>> = {
  select: (c) => c.from("t").select("id,author:users!editor(name),count()", { count: "exact" }),
  insert: (c) =>
    c
      .from("t")
      .insert([{ a: 1 }, { b: 2 }], { defaultToNull: false, count: "exact" })
      .select("id"),
  upsert: (c) => c.from("t").upsert({ a: 1 }, { onConflict: "a", ignoreDuplicates: true }),
  update: (c) => c.from("t").update({ a: 1 }).eq("id", 1),
  delete: (c) => c.from("t").delete({ count: "exact" }).eq("id", 1),
  from: (c) => c.from("t").select("*", { head: true, count: "exact" }),
  schema: (c) => c.schema("public").from("t").select(),
  rpc: (c) => c.rpc("f", { a: 1, list: [1, 2] }, { get: true, count: "exact" }),
  eq: (c) => select(c).eq("a", 1),
  neq: (c) => select(c).neq("a", 1),
  gt: (c) => select(c).gt("a", 1),
  gte: (c) => select(c).gte("a", 1),
  lt: (c) => select(c).lt("a", 1),
  lte: (c) => select(c).lte("a", 1),
  like: (c) => select(c).like("a", "%x%"),
  likeAllOf: (c) => select(c).likeAllOf("a", ["%x", "y%"]),
  likeAnyOf: (c) => select(c).likeAnyOf("a", ["%x", "y%"]),
  ilike: (c) => select(c).ilike("a", "%x%"),
  ilikeAllOf: (c) => select(c).ilikeAllOf("a", ["%x", "y%"]),
  ilikeAnyOf: (c) => select(c).ilikeAnyOf("a", ["%x", "y%"]),
  regexMatch: (c) => select(c).regexMatch("a", "^x(y|z)$"),
  regexIMatch: (c) => select(c).regexIMatch("a", "^x"),
  is: (c) => select(c).is("a", null).is("b", true),
  isDistinct: (c) => select(c).isDistinct("a", 1),
  in: (c) => select(c).in("a", ["x,y", "z(1)", "plain", 4]),
  notIn: (c) => select(c).notIn("a", [1, 2]),
  contains: (c) => select(c).contains("a", ["x", "y"]).contains("b", { k: 1 }).contains("c", '["z"]'),
  containedBy: (c) => select(c).containedBy("a", ["x", "y"]).containedBy("b", { k: 1 }),
  overlaps: (c) => select(c).overlaps("a", ["x", "y"]),
  rangeGt: [(c) => select(c).rangeGt("a", "[1,2)"), "PGRST127"],
  rangeGte: [(c) => select(c).rangeGte("a", "[1,2)"), "PGRST127"],
  rangeLt: [(c) => select(c).rangeLt("a", "[1,2)"), "PGRST127"],
  rangeLte: [(c) => select(c).rangeLte("a", "[1,2)"), "PGRST127"],
  rangeAdjacent: [(c) => select(c).rangeAdjacent("a", "[1,2)"), "PGRST127"],
  textSearch: (c) => select(c).textSearch("a", "fat & cat").textSearch("a", "fat cat", { type: "websearch", config: "simple" }),
  match: (c) => select(c).match({ a: 1, b: "x" }),
  not: (c) => select(c).not("a", "is", null).not("b", "in", "(1,2)"),
  or: (c) => c.from("t").select("*,r(*)").or("a.eq.1,and(b.gt.2,c.is.null)").or("x.eq.1,y.eq.2", { referencedTable: "r" }),
  filter: (c) => select(c).filter("data->>k", "eq", "x"),
  order: (c) =>
    c
      .from("t")
      .select("*,r(*)")
      .order("a", { ascending: false, nullsFirst: true })
      .order("b")
      .order("c", { referencedTable: "r" }),
  limit: (c) => c.from("t").select("*,r(*)").limit(3).limit(2, { referencedTable: "r" }),
  range: (c) => c.from("t").select("*,r(*)").range(10, 19).range(0, 4, { referencedTable: "r" }),
  abortSignal: (c) => select(c).abortSignal(new AbortController().signal),
  single: (c) => c.from("t").insert({ a: 1 }).select().single(),
  maybeSingle: (c) => select(c).eq("id", 1).maybeSingle(),
  csv: (c) => select(c).csv(),
  geojson: [(c) => select(c).geojson(), "PGRST107"],
  explain: [(c) => select(c).explain({ format: "json" }), "PGRST107"],
  rollback: (c) => c.from("t").insert({ a: 1 }).rollback(),
  returns: (c) => select(c).returns<{ id: number }[]>(),
  // Its types want to know the server's version.
  maxAffected: (c) => c.from("t").update({ a: 1 }).eq("a", 1).maxAffected(10) as unknown as PromiseLike<Reply>,
  stripNulls: (c) => select(c).stripNulls(),
  setHeader: (c) => select(c).setHeader("X-Any", "1"),
  retry: (c) => select(c).retry(false),
  throwOnError: (c) => select(c).throwOnError(),
  overrideTypes: (c) => select(c).overrideTypes<{ id: number }[]>(),
};

/** Those that send nothing of their own, and the description of the API, which is not under these routes. */
const inner: ReadonlySet<string> = new Set([
  "constructor",
  "then",
  "processResponse",
  "cloneRequestState",
  "decorateFetch",
  "getOpenApiSpec",
]);

for (const [method, use] of Object.entries(uses)) {
  test(`the JavaScript client's ${method}() is understood`, async () => {
    const { client, asked } = connect();
    const [run, code] = typeof use === "function" ? [use, undefined] : use;
    const { error, status } = await run(client);
    if (code !== undefined) return assert.equal(error?.code, code);
    assert.equal(error, null, JSON.stringify(error));
    assert.ok(status >= 200 && status < 300);
    assert.equal(asked.length, method === "rpc" ? 0 : 1);
  });
}

test("no method of the client is left out", () => {
  const { client } = connect();
  const methods = new Set<string>();
  for (const start of [client, client.from("t"), client.from("t").select()]) {
    for (
      let prototype = Object.getPrototypeOf(start);
      prototype !== Object.prototype;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      for (const name of Object.getOwnPropertyNames(prototype)) methods.add(name);
    }
  }
  assert.deepEqual(
    [...methods].filter((name) => !inner.has(name) && !Object.hasOwn(uses, name)),
    [],
  );
});

test("the client gets what it expects", async () => {
  const { client } = connect();
  assert.deepEqual((await client.from("t").select("*", { count: "exact" })).count, 1);
  assert.deepEqual((await client.from("t").select("*", { head: true, count: "exact" })).count, 1);
  assert.deepEqual((await client.from("t").insert({ a: 1 }).select().single()).data, { id: 1 });
  assert.equal((await client.from("t").insert({ a: 1 })).status, 201);
  assert.equal((await client.from("t").delete().eq("id", 1)).status, 204);
  assert.equal((await client.from("t").select().csv()).data, "id,name\n1,\n");
  assert.deepEqual((await client.rpc("f", { a: 1 }).single()).data, { id: 1, input: { a: 1 } });
  assert.deepEqual((await client.rpc("f", { a: [1, 2] }, { get: true })).data, [{ id: 1, input: { a: "{1,2}" } }]);
  assert.equal((await client.rpc("f", { a: { b: 1 } }, { head: true, count: "exact" })).count, 1);
  assert.equal((await client.rpc("g")).error?.code, "PGRST202");
  assert.equal((await client.from("t").delete()).error?.code, "21000");
});
