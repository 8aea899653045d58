import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Reply, type Sent, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const returned = { prefer: "return=representation" };

interface Part {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const batch = (operations: unknown, sent: Sent = {}): Promise<Reply> =>
  live.ask("", { method: "POST", as: "bob", body: operations, ...sent });
const partsOf = (reply: Reply): readonly Part[] => {
  assert.equal(reply.status, 200, reply.text);
  return reply.json() as readonly Part[];
};
const insert = (body: unknown, headers: object = returned): object => ({ method: "POST", path: "/rest/v1/tasks", headers, body });
const task = (title: string, more: object = {}): object => ({ project: ids["open"], title, ...more });

describe("a batch", () => {
  test("answers in order, each as a request by itself, and each sees what those before it wrote", async () => {
    const id = "01234567-89ab-7cde-8f01-000000000001";
    const parts = partsOf(
      await batch([
        insert(task("First", { id })),
        { method: "PATCH", path: `/rest/v1/tasks/${id}?select=title,points`, headers: returned, body: { points: 7 } },
        { method: "GET", path: `/rest/v1/tasks?title=eq.First&select=points` },
        { method: "GET", path: `/rest/v1/tasks/${id}?select=title`, headers: { accept: "text/csv" } },
        { method: "POST", path: "/rest/v1/rpc/tasks_of", body: { project: ids["open"] } },
        { method: "DELETE", path: `/rest/v1/tasks?title=eq.First` },
        { method: "GET", path: "/rest/v1/tasks?title=eq.First" },
      ]),
    );
    assert.deepEqual(
      parts.map(({ status }) => status),
      [201, 200, 200, 200, 200, 204, 200],
    );
    assert.deepEqual(parts[1]?.body, { title: "First", points: 7 });
    assert.deepEqual(parts[2]?.body, [{ points: 7 }]);
    assert.equal(parts[3]?.body, "title\nFirst\n");
    assert.match(JSON.stringify(parts[4]?.body), /First/);
    assert.deepEqual([parts[5]?.body, parts[6]?.body], [null, []]);
    assert.equal(parts[2]?.headers["content-range"], "0-0/*");
  });

  test("takes CSV and forms as texts, and mutations with tables", async () => {
    const parts = partsOf(
      await batch(
        [
          {
            method: "POST",
            path: "/rest/v1/tasks?columns=project,title",
            headers: { "Content-Type": "text/csv", Prefer: "return=representation" },
            body: `project,title\n${ids["open"]},From CSV\n`,
          },
          { method: "POST", path: "/rest/v1/rpc/rename_project", body: { project: ids["closed"], title: "Batched" } },
          { method: "GET", path: `/rest/v1/projects/${ids["closed"]}?select=title` },
          { method: "GET", path: "/rest/v1/rpc/echo?a=1" },
        ],
        { as: "ann" },
      ),
    );
    assert.match(JSON.stringify(parts[0]?.body), /"title":"From CSV"/);
    assert.deepEqual([parts[1]?.body, parts[2]?.body], [{ renamed: 1 }, { title: "Batched" }]);
  });

  test("is all or nothing: the first that fails undoes all, and is told by its number", async () => {
    const before = await live.checksum();
    const cases: readonly [operations: unknown[], status: number, code: string, operation: number][] = [
      [[insert(task("A")), insert(task("B", { points: 101 }))], 400, "validation_failed", 1],
      [[insert(task("A")), insert(task("B")), insert({ project: ids["secret"], title: "C" })], 409, "23503", 2],
      [[insert(task("A")), { method: "PATCH", path: `/rest/v1/tasks/${ids["dig"]}`, body: { title: "x" } }], 404, "not_found", 1],
      [[insert(task("A")), { method: "GET", path: "/rest/v1/nothing" }], 404, "PGRST205", 1],
      [[insert(task("A", { id: ids["paint"] })), insert(task("B"))], 409, "23505", 0],
      [[insert(task("A")), { method: "POST", path: "/rest/v1/rpc/nothing", body: {} }], 404, "PGRST202", 1],
      [[insert(task("A")), { method: "DELETE", path: "/rest/v1/tasks" }], 400, "21000", 1],
    ];
    for (const [operations, status, code, operation] of cases) {
      const reply = await batch(operations);
      const body = reply.json() as { operation: number };
      assert.deepEqual([reply.status, reply.code, body.operation], [status, code, operation], reply.text);
      assert.equal(await live.checksum(), before);
    }
  });

  test("with Prefer: tx=rollback is tried and undone; a part may be too", async () => {
    const before = await live.checksum();
    const reply = await batch([insert(task("Trial"))], { headers: { prefer: "tx=rollback" } });
    assert.match(JSON.stringify(partsOf(reply)[0]?.body), /"title":"Trial"/);
    assert.equal(reply.headers.get("preference-applied"), "tx=rollback");
    const parts = partsOf(
      await batch(
        [
          insert(task("Trial"), { prefer: "tx=rollback,return=representation" }),
          {
            method: "POST",
            path: "/rest/v1/rpc/rename_project",
            headers: { prefer: "tx=rollback" },
            body: { project: ids["open"], title: "No" },
          },
          { method: "GET", path: "/rest/v1/tasks?title=eq.Trial" },
        ],
        { as: "ann" },
      ),
    );
    assert.deepEqual([parts[1]?.body, parts[2]?.body], [{ renamed: 1 }, []]);
    assert.equal(await live.checksum(), before);
  });

  test("under an Idempotency-Key happens once", async () => {
    const sent = { headers: { "idempotency-key": "batch-1" } };
    const first = await batch([insert(task("Keyed")), insert(task("Keyed"))], sent);
    const second = await batch([insert(task("Keyed")), insert(task("Keyed"))], sent);
    assert.deepEqual([second.text, second.headers.get("idempotency-replayed")], [first.text, "true"]);
    const rows = (await live.ask("/tasks?title=eq.Keyed&select=id", { as: "bob" })).json() as unknown[];
    assert.equal(rows.length, 2);
    assert.equal((await batch([insert(task("Keyed"))], sent)).code, "idempotency_key_reused");
  });

  test("that is empty is answered with nothing; a read of the root is what it was", async () => {
    assert.equal((await batch([])).text, "[]");
    assert.equal((await live.ask("")).code, "PGRST126");
    assert.equal((await live.ask("/", { method: "POST", as: "bob", body: [] })).text, "[]");
    assert.equal((await live.ask("", { method: "PUT", as: "bob", body: [] })).code, "PGRST126");
  });

  test("says what is wrong with its form", async () => {
    const good = insert(task("A"));
    const cases: readonly [body: unknown, code: string, says: RegExp][] = [
      [{}, "PGRST102", /A batch is a JSON array/],
      ["[1", "PGRST102", /not valid JSON/],
      [[good, 3], "PGRST102", /"operation":1/],
      [[{ ...good, methd: "GET" }], "PGRST102", /no 'methd'; did you mean 'method'/],
      [[{ ...good, method: "post" }], "PGRST102", /in capitals/],
      [[{ ...good, method: "OPTIONS" }], "PGRST102", /one of GET/],
      [[{ ...good, path: 3 }], "PGRST102", /path of an operation is a text/],
      [[{ ...good, path: "tasks" }], "invalid_url", /starts with a slash/],
      [[{ ...good, path: "/tasks" }], "PGRST125", /under \/rest\/v1\//],
      [[{ method: "GET", path: "/rest/v1/tasks", body: {} }], "PGRST102", /A GET has no body/],
      [[{ ...good, headers: { prefer: 3 } }], "PGRST102", /not a text of one line/],
      [[{ ...good, headers: { prefer: "a", Prefer: "b" } }], "PGRST102", /given twice/],
      [[{ ...good, headers: { "Idempotency-Key": "x" } }], "invalid_header", /stand on the batch itself/],
      [
        Array.from({ length: 501 }, () => ({ method: "GET", path: "/rest/v1/tasks" })),
        "limit_exceeded",
        /500 \(batchOperations\)/,
      ],
    ];
    for (const [body, code, says] of cases) {
      const reply = await batch(body, typeof body === "string" ? { headers: { "content-type": "application/json" } } : {});
      assert.equal(reply.code, code, reply.text);
      assert.match(reply.text, says);
    }
    assert.equal((await live.ask("?a=1", { method: "POST", as: "bob", body: [] })).code, "PGRST100");
  });
});
