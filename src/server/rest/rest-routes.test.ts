import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputRow } from "#application";
import { AppError, type ErrorName } from "#contract";
import { createRest } from "./rest-routes.ts";
import {
  asObject,
  exchangeOf,
  functionsOf,
  noUnits,
  nothingKept,
  one,
  prefer,
  RecordedRecords,
  type Sent,
  send,
  two,
} from "./rest-testing.ts";

const refusals: readonly (readonly [url: string, sent: Sent, error: ErrorName, says?: RegExp])[] = [
  ["", {}, "noDescription"],
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
  ["films", { method: "POST", body: '{"a":1}', headers: { "content-type": "application/x-www-form-urlencoded" } }, "invalidBody"],
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
    const rest = createRest({ records, functions: functionsOf({}), units: noUnits, idempotency: nothingKept });
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
    units: noUnits,
    idempotency: nothingKept,
    limits: { bodyBytes: 4, insertRows: 1 },
  });
  const post = (body: string) => rest(exchangeOf("/rest/v1/films", { method: "POST", body }), null);
  await assert.rejects(post("[{}, {}]"), { error: "bodyTooLarge", message: /4 bytes \(bodyBytes\)/ });
  const rows = createRest({
    records: new RecordedRecords(),
    functions: functionsOf({}),
    units: noUnits,
    idempotency: nothingKept,
    limits: { insertRows: 1 },
  });
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
    assert.ok(query !== undefined && "type" in query && query.type === "insert" && Array.isArray(query.rows));
    assert.ok(Object.keys(query.rows[0] ?? {}).includes("__proto__"));
  }
  assert.equal(({} as { x?: number }).x, undefined);
});

test("a row put by its address gets the key that the path names", async () => {
  const rowsOf = async (id: string, sent: Sent) => {
    const [query] = (await send(`films/${id}`, { method: "PUT", ...sent })).asked;
    assert.ok(query !== undefined && "type" in query && query.type === "insert" && Array.isArray(query.rows));
    return (query.rows as readonly InputRow[]).map((row) => ({ ...row }));
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
