import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller, MutationQuery, MutationResult, ReadQuery, ReadResult, Records } from "#application";
import { AppError, type ErrorName } from "#contract";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { CallOptions, FunctionsPort } from "./functions-port.ts";
import { createRest } from "./rest-routes.ts";

/** Records that answer what they are told to, and remember what they were asked. */
class RecordedRecords implements Records {
  readonly asked: (ReadQuery | MutationQuery)[] = [];
  readonly callers: Caller[] = [];
  readonly #read: Partial<ReadResult>;
  readonly #write: Partial<MutationResult>;

  constructor(read: Partial<ReadResult> = {}, write: Partial<MutationResult> = {}) {
    this.#read = read;
    this.#write = write;
  }

  async read(query: ReadQuery, caller: Caller): Promise<ReadResult> {
    this.asked.push(query);
    this.callers.push(caller);
    return { json: "[]", rows: 0, ...this.#read };
  }

  async write(query: MutationQuery, caller: Caller): Promise<MutationResult> {
    this.asked.push(query);
    this.callers.push(caller);
    return { affected: 1, ...this.#write };
  }
}

type Implementation = { readonly type: "query" | "mutation"; readonly run: (input: unknown) => unknown };

/** Functions that run `verify` on their result as a real mutation does before it commits. */
function functionsOf(
  implementations: Readonly<Record<string, Implementation>>,
): FunctionsPort & { readonly calls: CallOptions[] } {
  const byName = new Map(Object.entries(implementations));
  const calls: CallOptions[] = [];
  return {
    calls,
    find: (name) => byName.get(name),
    async call(name, input, _caller, options) {
      calls.push(options);
      const result = await byName.get(name)?.run(input);
      options.verify?.(result);
      return result;
    },
  };
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function exchangeOf(url: string, { method = "GET", headers = {}, body = "" }: Sent): Exchange {
  const [path = "", search = ""] = url.split("?", 2);
  return {
    method,
    segments: path.split("/").slice(1).map(decodeURIComponent),
    search,
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    body: async () => (typeof body === "string" ? new TextEncoder().encode(body) : body),
    signal: new AbortController().signal,
    requestId: "1",
  };
}

async function send(
  url: string,
  sent: Sent = {},
  {
    read,
    write,
    functions = {},
  }: { read?: Partial<ReadResult>; write?: Partial<MutationResult>; functions?: Readonly<Record<string, Implementation>> } = {},
): Promise<{ answer: Answer; asked: readonly (ReadQuery | MutationQuery)[]; calls: readonly CallOptions[] }> {
  const records = new RecordedRecords(read, write);
  const port = functionsOf(functions);
  const answer = await createRest({ records, functions: port })(exchangeOf(`/rest/v1/${url}`, sent), null);
  return { answer, asked: records.asked, calls: port.calls };
}

const two = { json: '[{"id":1},{"id":2}]', rows: 2 };
const one = { json: '[{"id":1}]', rows: 1 };
const prefer = (value: string, more: Readonly<Record<string, string>> = {}) => ({ headers: { prefer: value, ...more } });
const asObject = { accept: "application/vnd.pgrst.object+json" };
const representation = { affected: 1, json: '[{"id":1}]' };

interface Scenario {
  readonly name: string;
  readonly url: string;
  readonly sent?: Sent;
  readonly read?: Partial<ReadResult>;
  readonly write?: Partial<MutationResult>;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly query?: object;
}

const scenarios: readonly Scenario[] = [
  // Reading
  {
    name: "a table is an array",
    url: "films?select=id",
    read: two,
    status: 200,
    headers: { "content-range": "0-1/*", "content-type": "application/json; charset=utf-8" },
    body: two.json,
  },
  { name: "no rows", url: "films", status: 200, headers: { "content-range": "*/*" }, body: "[]" },
  {
    name: "part of the rows, counted",
    url: "films?limit=2",
    sent: prefer("count=exact"),
    read: { ...two, total: { count: 5, exact: true } },
    status: 206,
    headers: { "content-range": "0-1/5", "preference-applied": "count=exact" },
    query: { count: "exact" },
  },
  {
    name: "all rows, counted",
    url: "films",
    sent: prefer("count=exact"),
    read: { ...two, total: { count: 2, exact: true } },
    status: 200,
    headers: { "content-range": "0-1/2" },
  },
  {
    name: "an offset shows in the range",
    url: "films?offset=10",
    read: two,
    status: 200,
    headers: { "content-range": "10-11/*" },
  },
  {
    name: "a Range header",
    url: "films",
    sent: { headers: { range: "10-11", "range-unit": "items" } },
    read: two,
    status: 200,
    headers: { "content-range": "10-11/*" },
    query: { values: ["2", "10"] },
  },
  {
    name: "a range in bytes is passed over",
    url: "films",
    sent: { headers: { range: "0-1", "range-unit": "bytes" } },
    read: two,
    status: 200,
    query: { values: [] },
  },
  {
    name: "HEAD heeds no range",
    url: "films",
    sent: { method: "HEAD", headers: { range: "10-11" } },
    read: two,
    status: 200,
    query: { values: [] },
  },
  {
    name: "one object",
    url: "films?id=eq.1",
    sent: { headers: asObject },
    read: one,
    status: 200,
    headers: { "content-type": "application/vnd.pgrst.object+json; charset=utf-8" },
    body: '{"id":1}',
  },
  {
    name: "CSV",
    url: "films",
    sent: { headers: { accept: "text/csv" } },
    read: { json: '[{"id":1,"name":"a,b"},{"id":2,"name":null}]', rows: 2 },
    status: 200,
    headers: { "content-type": "text/csv; charset=utf-8" },
    body: 'id,name\n1,"a,b"\n2,\n',
  },
  {
    name: "stripped nulls",
    url: "films",
    sent: { headers: { accept: "application/vnd.pgrst.array+json;nulls=stripped" } },
    status: 200,
    query: { stripNulls: true },
  },
  {
    name: "a page by cursor",
    url: "films?limit=2&after=",
    read: { ...two, next: "c1" },
    status: 200,
    headers: { "next-cursor": "c1", link: '<?limit=2&after=c1>; rel="next"', "content-range": "*/*" },
    query: { after: null },
  },
  {
    name: "the last page by cursor",
    url: "films?after=c1",
    read: { ...two, next: null },
    status: 200,
    headers: { "next-cursor": undefined, link: undefined },
  },
  { name: "the public profile", url: "films", sent: { headers: { "accept-profile": "public" } }, status: 200 },
  {
    name: "caches are told what the answer depends on",
    url: "films",
    status: 200,
    headers: { vary: "Accept, Accept-Profile, Authorization, Cookie, Prefer, Range" },
  },

  // One row by its address
  {
    name: "a row is itself, not an array",
    url: "films/7",
    read: one,
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", "content-range": undefined },
    body: '{"id":1}',
    query: {
      table: "films",
      values: ["7"],
      selection: {
        items: [{ type: "all" }],
        where: { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 },
      },
    },
  },
  {
    name: "a row with select and an embed's order",
    url: "films/7?select=id,roles(*)&roles.order=id",
    read: one,
    status: 200,
    body: '{"id":1}',
    query: { values: ["7"] },
  },
  { name: "a row as CSV", url: "films/7", sent: { headers: { accept: "text/csv" } }, read: one, status: 200, body: "id\n1\n" },
  {
    name: "a row is changed",
    url: "films/7",
    sent: { method: "PATCH", body: '{"a":1}' },
    status: 204,
    body: undefined,
    query: { type: "update", set: { a: 1 }, values: ["7"] },
  },
  {
    name: "a row is changed and shown",
    url: "films/7",
    sent: { method: "PATCH", body: '{"a":1}', ...prefer("return=representation") },
    write: representation,
    status: 200,
    body: '{"id":1}',
  },
  { name: "a row is deleted", url: "films/7", sent: { method: "DELETE" }, status: 204, query: { type: "delete", values: ["7"] } },
  {
    name: "a row is put",
    url: "films/7",
    sent: { method: "PUT", body: '{"a":1}', ...prefer("return=representation") },
    write: { ...representation, inserted: 1 },
    status: 201,
    body: '{"id":1}',
    query: { type: "insert", onConflict: { resolution: "merge" } },
  },
  {
    name: "a row that its writer may not read",
    url: "films/7",
    sent: { method: "PATCH", body: '{"a":1}', ...prefer("return=representation") },
    write: { affected: 1, json: "[]" },
    status: 204,
    body: undefined,
  },

  // Inserting
  {
    name: "one row",
    url: "films",
    sent: { method: "POST", body: '{"a":1}' },
    status: 201,
    headers: { "content-range": "*/*", location: undefined },
    body: undefined,
    query: { type: "insert", rows: [{ a: 1 }], rowForm: "json", missing: "null" },
  },
  {
    name: "many rows, counted",
    url: "films?columns=a,b",
    sent: { method: "POST", body: '[{"a":1},{"b":2}]', ...prefer("count=exact,missing=default") },
    write: { affected: 2 },
    status: 201,
    headers: { "content-range": "*/2", "preference-applied": "missing=default, count=exact" },
    query: { columns: ["a", "b"], missing: "default" },
  },
  {
    name: "with what was made",
    url: "films?select=id",
    sent: { method: "POST", body: "{}", ...prefer("return=representation") },
    write: representation,
    status: 201,
    headers: { "content-type": "application/json; charset=utf-8", "preference-applied": "return=representation" },
    body: '[{"id":1}]',
    query: { returning: { items: [{ type: "field", path: { column: "id", json: [] } }] } },
  },
  {
    name: "with one object",
    url: "films",
    sent: { method: "POST", body: "{}", ...prefer("return=representation", asObject) },
    write: representation,
    status: 201,
    body: '{"id":1}',
    query: { expectSingle: true },
  },
  {
    name: "with its address",
    url: "films",
    sent: { method: "POST", body: "{}", ...prefer("return=headers-only") },
    write: { affected: 1, keys: ["a b"] },
    status: 201,
    headers: { location: "/rest/v1/films?id=eq.a%20b" },
    body: undefined,
  },
  {
    name: "merged with what was there",
    url: "films?on_conflict=name",
    sent: { method: "POST", body: "{}", ...prefer("resolution=merge-duplicates") },
    write: { affected: 1, inserted: 0 },
    status: 200,
    headers: { "preference-applied": "resolution=merge-duplicates" },
    query: { onConflict: { resolution: "merge", columns: ["name"] } },
  },
  {
    name: "merged, partly new",
    url: "films",
    sent: { method: "POST", body: "[{},{}]", ...prefer("resolution=merge-duplicates") },
    write: { affected: 2, inserted: 1 },
    status: 201,
  },
  {
    name: "duplicates ignored",
    url: "films",
    sent: { method: "POST", body: "{}", ...prefer("resolution=ignore-duplicates") },
    write: { affected: 0, inserted: 0 },
    status: 201,
    query: { onConflict: { resolution: "ignore" } },
  },
  {
    name: "rolled back",
    url: "films",
    sent: { method: "POST", body: "{}", ...prefer("tx=rollback") },
    status: 201,
    headers: { "preference-applied": "tx=rollback" },
    query: { dryRun: true },
  },
  {
    name: "from CSV",
    url: "films",
    sent: { method: "POST", body: "a,b\n1,\n", headers: { "content-type": "text/csv" } },
    status: 201,
    query: { rowForm: "text" },
  },
  {
    name: "from a form",
    url: "films",
    sent: { method: "POST", body: "a=J+D&b=%C3%A9", headers: { "content-type": "application/x-www-form-urlencoded" } },
    status: 201,
    query: { rowForm: "text" },
  },

  // Changing
  {
    name: "an update",
    url: "films?a=eq.1",
    sent: { method: "PATCH", body: '{"b":2}' },
    write: { affected: 3 },
    status: 204,
    headers: { "content-range": "0-2/*" },
    body: undefined,
    query: {
      type: "update",
      set: { b: 2 },
      where: { type: "compare", path: { column: "a", json: [] }, operator: "eq", value: 0 },
    },
  },
  {
    name: "an update of nothing",
    url: "films?a=eq.1",
    sent: { method: "PATCH", body: '{"b":2}' },
    write: { affected: 0 },
    status: 204,
    headers: { "content-range": "*/*" },
  },
  {
    name: "an update with what was changed",
    url: "films?a=eq.1&select=id,roles(*)&roles.x=eq.2&order=id",
    sent: { method: "PATCH", body: '{"b":2}', ...prefer("return=representation,count=exact") },
    write: { affected: 2, json: two.json },
    status: 200,
    headers: { "content-range": "0-1/2" },
    body: two.json,
  },
  {
    name: "an update of every row, bounded",
    url: "films",
    sent: { method: "PATCH", body: '{"b":2}', ...prefer("handling=strict,max-affected=10") },
    status: 204,
    headers: { "preference-applied": "handling=strict, max-affected=10" },
    query: { maxAffected: 10 },
  },
  {
    name: "an update with a limit",
    url: "films?a=eq.1&order=id&limit=5",
    sent: { method: "PATCH", body: "{}" },
    status: 204,
    query: { limit: 1, values: ["1", "5"], order: [{ path: { column: "id", json: [] }, direction: "asc" }] },
  },
  {
    name: "a delete",
    url: "films?a=eq.1",
    sent: { method: "DELETE" },
    status: 204,
    headers: { "content-range": "*/*" },
    query: { type: "delete" },
  },
  {
    name: "a delete with what is gone",
    url: "films?a=eq.1",
    sent: { method: "DELETE", ...prefer("return=representation,count=exact") },
    write: { affected: 2, json: two.json },
    status: 200,
    headers: { "content-range": "*/2" },
    body: two.json,
  },
  {
    name: "a put",
    url: "films?id=eq.4",
    sent: { method: "PUT", body: '{"id":4}' },
    write: { affected: 1, inserted: 0 },
    status: 204,
    query: { rows: [{ id: 4 }], onConflict: { resolution: "merge" } },
  },
  {
    name: "a put that changes, shown",
    url: "films?id=eq.4",
    sent: { method: "PUT", body: '{"id":4}', ...prefer("return=representation") },
    write: { ...representation, inserted: 0 },
    status: 200,
    body: '[{"id":1}]',
  },

  {
    name: "what a table takes",
    url: "films",
    sent: { method: "OPTIONS" },
    status: 200,
    headers: { allow: "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE" },
  },
  {
    name: "what a row takes",
    url: "films/1",
    sent: { method: "OPTIONS" },
    status: 200,
    headers: { allow: "OPTIONS,GET,HEAD,PUT,PATCH,DELETE" },
  },
];

for (const { name, url, sent, read, write, status, headers = {}, query, ...expected } of scenarios) {
  test(`${sent?.method ?? "GET"} ${url}: ${name}`, async () => {
    const { answer, asked } = await send(url, sent, { ...(read && { read }), ...(write && { write }) });
    assert.equal(answer.status, status);
    for (const [header, value] of Object.entries(headers)) assert.equal(answer.headers[header], value, header);
    if ("body" in expected) assert.equal(answer.body, expected.body);
    if (query !== undefined) assert.partialDeepStrictEqual(asked[0], query);
    if (query !== undefined && "values" in query) assert.deepEqual(asked[0]?.values, query.values);
  });
}

const refusals: readonly (readonly [url: string, sent: Sent, error: ErrorName, says?: RegExp])[] = [
  ["", {}, "invalidPath"],
  ["films/1/x", {}, "invalidPath"],
  ["rpc", {}, "invalidPath"],
  ["films", { method: "TRACE" }, "methodNotAllowed"],
  ["films/1", { method: "POST" }, "methodNotAllowed"],
  ["films/1", {}, "notFound"],
  ["films/1?id=eq.2", {}, "invalidQuery", /row's address/],
  ["films/1?limit=2", {}, "invalidQuery"],
  ["films", { headers: { accept: "image/png" } }, "notAcceptable"],
  ["films", { headers: { "accept-profile": "private" } }, "unknownSchema"],
  ["films", { headers: { prefer: "handling=strict, foo" } }, "invalidPreference"],
  ["films", { headers: asObject }, "singleRowExpected", /The result contains 0 rows/],
  ["films", { headers: { range: "5-3" } }, "invalidRange", /lower boundary/],
  ["films?limit=2", { headers: { range: "5-9" } }, "invalidRange", /no row in common/],
  ["films?limit=-1", {}, "invalidRange"],
  ["films", { method: "POST", headers: { "content-profile": "private" } }, "unknownSchema"],
  ["films?a=eq.1", { method: "POST", body: "{}" }, "invalidQuery", /no filter/],
  ["films", { method: "POST" }, "invalidBody", /It is empty/],
  ["films", { method: "POST", body: "{" }, "invalidBody"],
  ["films", { method: "POST", body: '"x"' }, "invalidBody", /It is a string/],
  ["films", { method: "POST", body: "[{}, null]" }, "invalidBody", /Item 1 of the array is null/],
  ["films", { method: "POST", body: "[[]]" }, "invalidBody", /an array/],
  ["films", { method: "POST", body: new Uint8Array([0x22, 0xff, 0x22]) }, "invalidBody", /UTF-8/],
  ["films", { method: "POST", body: `{"a":${"[".repeat(64)}${"]".repeat(64)}}` }, "limitExceeded", /64 \(jsonDepth\)/],
  [
    "films",
    { method: "POST", body: "x", headers: { "content-type": "application/xml" } },
    "unsupportedMediaType",
    /application\/xml/,
  ],
  [
    "films",
    { method: "POST", body: "x", headers: { "content-type": "application/json; charset=latin1" } },
    "unsupportedMediaType",
  ],
  [
    "films",
    { method: "POST", body: "a=1&a=2", headers: { "content-type": "application/x-www-form-urlencoded" } },
    "invalidBody",
    /twice/,
  ],
  ["films", { method: "POST", body: "a=%zz", headers: { "content-type": "application/x-www-form-urlencoded" } }, "invalidBody"],
  ["films", { method: "PATCH", body: "{}" }, "unfilteredMutation", /handling=strict/],
  ["films", { method: "PATCH", body: "{}", headers: { prefer: "max-affected=5" } }, "unfilteredMutation"],
  ["films?order=id", { method: "DELETE" }, "unfilteredMutation"],
  ["films?a=eq.1&offset=2", { method: "DELETE" }, "invalidQuery", /no offset/],
  ["films?a=eq.1&columns=a", { method: "DELETE" }, "invalidQuery", /no columns/],
  ["films?a=eq.1", { method: "PATCH", body: "[{},{}]" }, "invalidBody", /2 rows/],
  ["films?a=eq.1", { method: "PATCH", body: "{}", headers: { "if-match": '"x"' } }, "notSupported", /If-Match/],
  ["films", { method: "PUT", body: "{}" }, "invalidPut"],
  ["films?id=gt.4", { method: "PUT", body: '{"id":4}' }, "invalidPut"],
  ["films?id=eq.4&a=eq.1", { method: "PUT", body: '{"id":4}' }, "invalidPut"],
  ["films?id=eq.4&limit=1", { method: "PUT", body: '{"id":4}' }, "putWithLimit"],
  ["films?id=eq.4", { method: "PUT", body: '{"id":5}' }, "putKeyMismatch"],
  ["films?id=eq.4", { method: "PUT", body: '{"a":5}' }, "putKeyMismatch"],
  ["films/4", { method: "PUT", body: '{"id":5}' }, "putKeyMismatch"],
];

for (const [url, sent, error, says = /./] of refusals) {
  test(`${sent.method ?? "GET"} ${url} ${JSON.stringify(sent.headers ?? {})} is ${error}, and nothing is written`, async () => {
    const records = new RecordedRecords();
    const rest = createRest({ records, functions: functionsOf({}) });
    const address = url === "" ? "/rest/v1" : `/rest/v1/${url}`;
    await assert.rejects(rest(exchangeOf(address, sent), null), (thrown: unknown) => {
      assert.ok(thrown instanceof AppError, String(thrown));
      assert.equal(thrown.error, error);
      assert.match([thrown.message, thrown.details, thrown.hint].join("\n"), says);
      return true;
    });
    assert.ok(records.asked.every((query) => !("type" in query)));
  });
}

test("a change of a row that is not there is not found", async () => {
  for (const method of ["PATCH", "DELETE"]) {
    await assert.rejects(send("films/1", { method, body: "{}" }, { write: { affected: 0 } }), { error: "notFound" });
  }
});

test("a body over its limit is refused by its name", async () => {
  const rest = createRest({
    records: new RecordedRecords(),
    functions: functionsOf({}),
    limits: { bodyBytes: 4, insertRows: 1 },
  });
  const post = (body: string) => rest(exchangeOf("/rest/v1/films", { method: "POST", body }), null);
  await assert.rejects(post("[{}, {}]"), { error: "bodyTooLarge", message: /4 bytes \(bodyBytes\)/ });
  const rows = createRest({ records: new RecordedRecords(), functions: functionsOf({}), limits: { insertRows: 1 } });
  await assert.rejects(rows(exchangeOf("/rest/v1/films", { method: "POST", body: "[{}, {}]" }), null), {
    error: "limitExceeded",
    message: /insertRows/,
  });
});

test("keys such as __proto__ are data, in every form of body", async () => {
  const json = await send("films/7", { method: "PUT", body: '{"__proto__":{"x":1}}' });
  const csv = await send("films", { method: "POST", body: "__proto__\n1\n", headers: { "content-type": "text/csv" } });
  const form = await send("films", {
    method: "POST",
    body: "__proto__=1",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  for (const { asked } of [json, csv, form]) {
    const [query] = asked;
    assert.ok(query !== undefined && "type" in query && query.type === "insert");
    assert.ok(Object.keys(query.rows[0] ?? {}).includes("__proto__"));
  }
  assert.equal(({} as { x?: number }).x, undefined);
});

test("a row put by its address gets the key that the path names", async () => {
  const rowsOf = async (id: string, sent: Sent) => {
    const [query] = (await send(`films/${id}`, { method: "PUT", ...sent })).asked;
    assert.ok(query !== undefined && "type" in query && query.type === "insert");
    return query.rows.map((row) => ({ ...row }));
  };
  assert.deepEqual(await rowsOf("7", { body: '{"a":1}' }), [{ a: 1, id: 7 }]);
  assert.deepEqual(await rowsOf("0190-AB", { body: '{"id":"0190-ab"}' }), [{ id: "0190-ab" }]);
  assert.deepEqual(await rowsOf("x", { body: '{"a":1}' }), [{ a: 1, id: "x" }]);
});

test("PATCH takes only the columns that are named", async () => {
  const { asked } = await send("films?columns=a,c&id=eq.1", { method: "PATCH", body: '{"a":1,"b":2}' });
  assert.deepEqual({ ...(asked[0] as { set?: object }).set }, { a: 1 });
});

test("an answer that the caller has already is not sent again", async () => {
  const first = await send("films", {}, { read: two });
  const tag = first.answer.headers["etag"] ?? "";
  const again = await send("films", { headers: { "if-none-match": tag } }, { read: two });
  assert.equal(again.answer.status, 304);
  assert.equal(again.answer.body, undefined);
  assert.equal(again.answer.headers["etag"], tag);
  assert.equal((await send("films", { headers: { "if-none-match": tag } }, { read: one })).answer.status, 200);
  const counted = { read: { ...two, total: { count: 9, exact: true } } };
  assert.notEqual((await send("films", prefer("count=exact"), counted)).answer.headers["etag"], tag);
});

test("an offset behind the last row is 416 with the total", async () => {
  await assert.rejects(send("films?offset=100", prefer("count=exact"), { read: { total: { count: 15, exact: true } } }), {
    error: "invalidRange",
    headers: { "content-range": "*/15" },
  });
});

const integers =
  (...names: string[]) =>
  (input: unknown) => {
    const given = input as Record<string, unknown>;
    const fields = names
      .filter((name) => !Number.isInteger(given[name]))
      .map((field) => ({ field, message: "must be a whole number" }));
    if (fields.length > 0) throw new AppError("validationFailed", { fields });
    return names.reduce((sum, name) => sum + Number(given[name]), 0);
  };

const functions: Readonly<Record<string, Implementation>> = {
  echo: { type: "query", run: (input) => input },
  add: { type: "query", run: integers("a", "b") },
  list: {
    type: "query",
    run: () => [
      { id: 1, x: null },
      { id: 2, x: [null] },
    ],
  },
  none: { type: "query", run: () => [] },
  nothing: { type: "mutation", run: () => undefined },
  change: { type: "mutation", run: () => [{ id: 1 }, { id: 2 }] },
  plus: {
    type: "query",
    run(input) {
      const { list } = input as { list: unknown };
      if (!Array.isArray(list))
        throw new AppError("validationFailed", { fields: [{ field: "list", message: "must be a list" }] });
      const fields = list.flatMap((item, index) =>
        typeof item === "number" ? [] : [{ field: `list.${index}`, message: "must be a number" }],
      );
      if (fields.length > 0) throw new AppError("validationFailed", { fields });
      return list.map((item) => Number(item) + 1);
    },
  },
};

const calls: readonly (readonly [url: string, sent: Sent, status: number, body: string | undefined, range?: string])[] = [
  ["rpc/echo?a=1&b=x+y&c=1&c=2", {}, 200, '{"a":"1","b":"x y","c":["1","2"]}', "0-0/*"],
  ["rpc/add?a=1&b=2", {}, 200, "3"],
  ["rpc/add", { method: "POST", body: '{"a":1,"b":2}' }, 200, "3"],
  ["rpc/plus?list={1,2,3}", {}, 200, "[2,3,4]"],
  ["rpc/plus?list=[1,2]", {}, 200, "[2,3]"],
  ["rpc/plus?list=1&list=2", {}, 200, "[2,3]"],
  ["rpc/echo", { method: "POST", body: "" }, 200, "{}"],
  ["rpc/echo", { method: "POST", body: "[1,null]" }, 200, "[1,null]"],
  ["rpc/echo", { method: "POST", body: "x y", headers: { "content-type": "text/plain" } }, 200, '"x y"'],
  [
    "rpc/echo",
    { method: "POST", body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    200,
    '{"a":"1"}',
  ],
  ["rpc/list", {}, 200, '[{"id":1,"x":null},{"id":2,"x":[null]}]', "0-1/*"],
  ["rpc/list?limit=1&offset=1", {}, 200, '[{"id":2,"x":[null]}]', "1-1/*"],
  ["rpc/list", { headers: { range: "0-0", prefer: "count=exact" } }, 206, '[{"id":1,"x":null}]', "0-0/2"],
  ["rpc/list", { headers: { accept: "application/vnd.pgrst.array+json;nulls=stripped" } }, 200, '[{"id":1},{"id":2,"x":[null]}]'],
  ["rpc/list", { headers: { accept: "text/csv" } }, 200, "id,x\n1,\n2,[null]\n"],
  ["rpc/add?a=1&b=2", { headers: { accept: "text/csv" } }, 200, "add\n3\n"],
  ["rpc/add?a=1&b=2", { headers: asObject }, 200, "3"],
  ["rpc/none", {}, 200, "[]", "*/*"],
  ["rpc/nothing", { method: "POST" }, 204, undefined],
];

for (const [url, sent, status, body, range] of calls) {
  test(`${sent.method ?? "GET"} ${url} calls the function`, async () => {
    const { answer } = await send(url, sent, { functions });
    assert.equal(answer.status, status);
    assert.equal(answer.body, body);
    if (range !== undefined) assert.equal(answer.headers["content-range"], range);
  });
}

const badCalls: readonly (readonly [url: string, sent: Sent, error: ErrorName])[] = [
  ["rpc/unknown", {}, "unknownFunction"],
  ["rpc/constructor", {}, "unknownFunction"],
  ["rpc/nothing", {}, "functionMethodNotAllowed"],
  ["rpc/echo", { method: "DELETE" }, "functionMethodNotAllowed"],
  ["rpc/add?a=1&b=x", {}, "validationFailed"],
  ["rpc/add?a=1", {}, "validationFailed"],
  ["rpc/list?select=id", {}, "notSupported"],
  ["rpc/list?id=eq.1", { method: "POST" }, "notSupported"],
  ["rpc/list", { headers: asObject }, "singleRowExpected"],
  ["rpc/change", { method: "POST", headers: { prefer: "handling=strict,max-affected=1" } }, "maxAffectedExceeded"],
  ["rpc/echo", { method: "POST", body: "{" }, "invalidBody"],
];

for (const [url, sent, error] of badCalls) {
  test(`${sent.method ?? "GET"} ${url} is ${error}`, () => assert.rejects(send(url, sent, { functions }), { error }));
}

test("OPTIONS of a function says what it takes", async () => {
  const allow = async (name: string) => (await send(`rpc/${name}`, { method: "OPTIONS" }, { functions })).answer.headers["allow"];
  assert.equal(await allow("add"), "OPTIONS,GET,HEAD,POST");
  assert.equal(await allow("change"), "OPTIONS,POST");
});

test("a call can be tried without being committed", async () => {
  const { calls: options } = await send("rpc/change", { method: "POST", ...prefer("tx=rollback") }, { functions });
  assert.equal(options[0]?.dryRun, true);
});
