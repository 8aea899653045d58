import assert from "node:assert/strict";
import { test } from "node:test";
import { expiry } from "../../http/expiry.ts";
import { prefer, runScenarios, type Scenario, type Sent, send, two } from "../rest-testing.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const query = (body: string, headers: Readonly<Record<string, string>> = {}): Sent => ({
  method: "POST",
  headers: { ...form, ...headers },
  body,
});

const scenarios: readonly Scenario[] = [
  {
    name: "says what an address would, and has no tag",
    url: "films/query",
    sent: query("select=id&name=eq.a%20b&limit=2", { ...prefer("count=exact").headers, "if-none-match": "*" }),
    read: { ...two, total: { count: 5, exact: true } },
    status: 206,
    headers: { "content-range": "0-1/5", "preference-applied": "count=exact", etag: undefined, link: undefined },
    body: two.json,
    query: { count: "exact", values: ["a b", "2"] },
  },
  {
    name: "a page by cursor leads to the next by its cursor alone",
    url: "films/query",
    sent: query("after=&limit=2"),
    read: { ...two, next: "abc" },
    status: 200,
    headers: { "next-cursor": "abc", link: undefined },
  },
  {
    name: "a Range and a form that is asked for",
    url: "films/query",
    sent: query("", { range: "10-11", accept: "text/csv" }),
    read: two,
    status: 200,
    headers: { "content-range": "10-11/*", "content-type": "text/csv; charset=utf-8" },
  },
  {
    name: "a key has nothing to do for a read",
    url: "films/query",
    sent: query("id=eq.1", { "idempotency-key": "k", "content-profile": "other" }),
    read: two,
    status: 200,
  },
];
runScenarios(scenarios);

test("what is longer than an address may be, as long as it is no longer than queryBytes", async () => {
  const { asked } = await send("films/query", query(`name=eq.${"x".repeat(200_000)}`));
  assert.equal(String(asked[0]?.values[0]).length, 200_000);
  await assert.rejects(send("films/query", query(`name=eq.${"x".repeat(262_144)}`)), /262144 \(queryBytes\)/);
});

const refused: readonly (readonly [string, string, Sent, object])[] = [
  ["parameters in the address", "films/query?limit=1", query(""), { error: "invalidQuery" }],
  ["JSON", "films/query", { method: "POST", body: "{}" }, { error: "unsupportedMediaType" }],
  ["text", "films/query", query("", { "content-type": "text/plain" }), { error: "unsupportedMediaType" }],
  ["another schema", "films/query", query("", { "accept-profile": "other" }), { error: "unknownSchema" }],
  ["what no address says", "films/query", query("name=eq.é"), { error: "invalidUrl" }],
  ["more members than a list may have", "films/query", query(`id=in.(1${",1".repeat(5000)})`), { error: "limitExceeded" }],
  ["of a row", "films/1/query", query(""), { error: "invalidPath" }],
  ["of a function that is not there", "rpc/query", query(""), { error: "unknownFunction" }],
];
for (const [name, url, sent, error] of refused)
  test(`refused: ${name}`, () => assert.rejects(send(url, sent), error as Record<string, unknown>));

test("OPTIONS says that it can be asked, where it can", async () => {
  for (const [url, allow] of [
    ["films/query", "OPTIONS,GET,HEAD,PUT,PATCH,DELETE,POST"],
    ["films/1", "OPTIONS,GET,HEAD,PUT,PATCH,DELETE"],
  ] as const)
    assert.equal((await send(url, { method: "OPTIONS" })).answer.headers["allow"], allow, url);
});

test("what did not come in time was no change", () => {
  const errorOf = (path: string): string => expiry({ method: "POST", segments: path.split("/") }).error;
  assert.equal(errorOf("rest/v1/films/query"), "timeout");
  for (const path of ["rest/v1/films", "rest/v1/rpc/query", "auth/v1/films/query", "rest/v1/films/1/query"])
    assert.equal(errorOf(path), "outcomeUnknown", path);
});
