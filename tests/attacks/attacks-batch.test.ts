import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Person, type Reply, startProjects } from "../support/live-projects.ts";
import { allRefused, type Refusal } from "./all-refused.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const ndjson = { "content-type": "application/x-ndjson" };
const nowhere = "01234567-89ab-7cde-8f01-23456789abcd";

const task = (more: object = {}): object => ({ project: ids["open"], title: "New", ...more });
const post = (path: string, body: object, headers: object = {}): object => ({
  method: "POST",
  path: `/rest/v1${path}`,
  headers,
  body,
});
const patch = (path: string, body: object): object => ({ method: "PATCH", path: `/rest/v1${path}`, body });
const batch = (operations: unknown, as: Person = "bob"): Promise<Reply> => live.ask("", { method: "POST", as, body: operations });
/** The operation among good ones, so that nothing of these may stay either. */
const among = (operation: object): object[] => [post("/tasks", task()), operation, post("/tasks", task())];
const refusal = (operation: object, codes: readonly string[], as: Person = "bob"): Refusal => ({
  path: "",
  as,
  body: among(operation),
  codes,
});

describe("33: a part of a batch reaches nothing that a batch does not offer", () => {
  test("33: other routes, other spellings of them, and batches", async () => {
    const paths = [
      "/",
      "",
      "/auth/v1/revoke",
      "/health/ready",
      "/files/v1/x",
      "/admin",
      "/rest/v1",
      "/rest/v1/",
      "/rest/v2/tasks",
      "/REST/v1/tasks",
      "/rest/V1/tasks",
      "/rest/v1/tasks/",
      "//rest/v1/tasks",
      "/rest//v1/tasks",
      "/rest/v1/./tasks",
      "/rest/v1/../../health/ready",
      "/rest/v1/%2e%2e/%2e%2e/health/ready",
      "/rest/v1/%74asks",
      "/rest/v1/tasks%2f..",
      "/rest/v1/tasks;x=1",
      "/rest/v1/tasks\\..",
      "/rest/v1/tasks#x",
      "/rest/v1/tasks?a=b#c",
      "/rest/v1/tasks HTTP/1.1\r\nHost: evil",
      "/rest/v1/rpc",
      "/rest/v1/a/b/c/d",
      "http://localhost/rest/v1/tasks",
      "rest/v1/tasks",
      "tasks",
    ];
    const codes = ["PGRST125", "invalid_url", "PGRST205"];
    await allRefused(
      live,
      paths.map((path) => refusal({ method: "GET", path }, codes)),
    );
    for (const table of ["_chassis_idempotency", "_chassis", "_chassis_revoked_tokens", "sqlite_schema"])
      await allRefused(live, [refusal({ method: "GET", path: `/rest/v1/${table}` }, ["PGRST205"])]);
  });

  test("33: no part asks as somebody else, or from somewhere else", async () => {
    const { ann } = live.tokens;
    const headers = [
      { authorization: `Bearer ${ann}` },
      { Authorization: "" },
      { cookie: "a=b" },
      { host: "evil" },
      { "idempotency-key": "x" },
      { "x-forwarded-for": "127.0.0.1" },
      { "x-http-method-override": "DELETE" },
      { "x-request-id": "x" },
      { origin: "null" },
      { "content-length": "1" },
      { "transfer-encoding": "chunked" },
      { __proto__: null, constructor: "x" },
      JSON.parse('{"__proto__":"x"}') as object,
    ];
    await allRefused(
      live,
      headers.map((each) => refusal(post("/tasks", task(), each), ["invalid_header"])),
    );
    await allRefused(live, [
      refusal({ ...post("/tasks", task()), as: "ann" }, ["PGRST102"]),
      refusal(JSON.parse('{"__proto__":{"method":"GET","path":"/rest/v1/tasks"}}') as object, ["PGRST102"]),
      refusal(post("/tasks", task(), { prefer: "a\r\nb: c" }), ["PGRST102"]),
    ]);
  });

  test("33: and a thousand of them are too many", async () => {
    const operations = Array.from({ length: 1000 }, () => post("/rpc/echo", {}));
    await allRefused(live, [{ path: "", as: "bob", body: operations, codes: ["limit_exceeded"] }]);
  });

  test("42: a cross-site form is no batch", async () => {
    const body = JSON.stringify([post("/messages", { from: "a@b.co", body: "x" })]);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv"])
      await allRefused(live, [{ path: "", body, headers: { "content-type": type }, codes: ["unsupported_media_type"] }]);
    await allRefused(live, [
      {
        path: "/messages",
        body: '{"from":"a@b.co","body":"x"}',
        headers: { "content-type": "text/plain" },
        codes: ["unsupported_media_type"],
      },
    ]);
  });
});

describe("the rules hold in a batch and in a stream as they do outside", () => {
  test("10, 11: ids that are taken or none, and columns that the server sets", async () => {
    const bad: readonly [more: object, codes: readonly string[]][] = [
      [{ id: ids["paint"] }, ["23505"]],
      [{ id: "me" }, ["validation_failed"]],
      [{ id: 1 }, ["validation_failed"]],
      [{ created: "2020-01-01T00:00:00Z" }, ["validation_failed"]],
      [{ version: 9 }, ["validation_failed"]],
      [{ role: "admin" }, ["PGRST204"]],
      [{ _key: 1 }, ["PGRST204"]],
      [{ reviewer: ids["bob"] }, ["42501"]],
    ];
    await allRefused(
      live,
      bad.flatMap(([more, codes]): Refusal[] => [
        refusal(post("/tasks", task(more)), codes),
        {
          path: "/tasks",
          as: "bob",
          headers: { ...ndjson, prefer: "missing=default" },
          body: [task(), task(more), task()].map((row) => JSON.stringify(row)).join("\n"),
          codes,
        },
      ]),
    );
  });

  test("12: no row moves to another tenant in two steps either", async () => {
    await allRefused(live, [
      refusal(patch(`/tasks/${ids["paint"]}`, { project: ids["secret"] }), ["23503", "42501"]),
      refusal(patch(`/tasks/${ids["dig"]}`, { project: ids["open"] }), ["not_found"]),
      refusal(patch(`/projects/${ids["open"]}`, { team: ids["blue"] }), ["not_found", "42501"], "ann"),
    ]);
  });

  test("18: a hidden row and one that is not there are refused alike, with the tag of neither", async () => {
    for (const make of [
      (id: string) => ({ method: "GET", path: `/rest/v1/tasks/${id}` }),
      (id: string) => patch(`/tasks/${id}`, { title: "x" }),
      (id: string) => ({ ...patch(`/tasks/${id}`, { title: "x" }), headers: { "if-match": '"1"' } }),
      (id: string) => ({ method: "DELETE", path: `/rest/v1/tasks/${id}`, headers: { "if-match": "*" } }),
      (id: string) => post("/tasks", task({ project: id })),
    ]) {
      const [hidden, missing] = [await batch(among(make(ids["dig"] ?? ""))), await batch(among(make(nowhere)))];
      assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text]);
      assert.equal(hidden.headers.get("etag"), null);
      assert.ok(hidden.status >= 400);
    }
  });

  test("19: an upsert that turns into an update of somebody else's row", async () => {
    const upsert = { prefer: "resolution=merge-duplicates" };
    const stolen = { id: ids["dig"], project: ids["open"], title: "Mine" };
    await allRefused(live, [
      refusal(post("/tasks", stolen, upsert), ["23505", "42501"]),
      { path: "/tasks", as: "bob", headers: { ...ndjson, ...upsert }, body: JSON.stringify(stolen), codes: ["23505", "42501"] },
      refusal({ method: "PUT", path: `/rest/v1/tasks/${ids["dig"]}`, body: stolen }, ["23505", "42501"]),
      refusal({ method: "PUT", path: `/rest/v1/tasks/${ids["dig"]}`, headers: { "if-none-match": "*" }, body: stolen }, [
        "23505",
      ]),
    ]);
  });

  test("20: one forbidden row among a hundred, and among a hundred thousand bytes of a stream", async () => {
    const rows = Array.from({ length: 100 }, () => task());
    const lines = [...Array.from({ length: 20_000 }, () => task()), task({ project: ids["secret"] })];
    await allRefused(live, [
      refusal(post("/tasks", [...rows, task({ project: ids["secret"] })]), ["23503", "42501"]),
      {
        path: "",
        as: "bob",
        body: [...rows.map((row) => post("/tasks", row)), post("/invoices", { amount: "1" })],
        codes: ["PGRST205"],
      },
      {
        path: "/tasks",
        as: "bob",
        headers: ndjson,
        body: lines.map((row) => JSON.stringify(row)).join("\n"),
        codes: ["23503", "42501"],
      },
      { path: "/tasks", as: "eve", headers: ndjson, body: lines.map((row) => JSON.stringify(row)).join("\n"), codes: ["42501"] },
    ]);
  });
});

describe("44: an answer that was kept for one caller", () => {
  test("44: is given to no other, whatever key and request they send, and to nobody in particular", async () => {
    const body = task({ title: "Kept" });
    const headers = { "idempotency-key": "guessable", prefer: "return=representation" };
    const kept = await live.ask("/tasks", { method: "POST", as: "bob", headers, body });
    assert.equal(kept.status, 201);
    const id = /"id":"([^"]+)"/.exec(kept.text)?.[1] ?? "";
    for (const as of ["ann", "eve", "editor", undefined] as const) {
      const reply = await live.ask("/tasks", { method: "POST", ...(as === undefined ? {} : { as }), headers, body });
      assert.equal(reply.headers.get("idempotency-replayed"), null, String(as));
      assert.ok(!reply.text.includes(id), String(as));
    }
    // An id that spells another caller and key is one text, not two.
    const crafted = await live.ask("/tasks", {
      method: "POST",
      as: "eve",
      headers: { ...headers, "idempotency-key": `${ids["bob"]}guessable` },
      body,
    });
    assert.ok(!crafted.text.includes(id));
  });

  test("44: is not for a cache to keep", async () => {
    const sent = { method: "POST", as: "bob", headers: { "idempotency-key": "cache" }, body: task() } as const;
    await live.ask("/tasks", sent);
    const replayed = await live.ask("/tasks", sent);
    assert.equal(replayed.headers.get("cache-control"), "no-store");
    assert.match(replayed.headers.get("vary") ?? "", /Authorization/);
  });
});
