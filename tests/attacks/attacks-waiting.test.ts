import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;

const rows = Array.from({ length: 20_000 }, (_, index) =>
  JSON.stringify({ project: ids["open"], title: `${"a".repeat(150)}${index}`, points: index % 100 }),
);
const filled = await live.ask("/tasks", {
  method: "POST",
  as: "bob",
  headers: { "content-type": "application/x-ndjson" },
  body: rows.join("\n"),
});
assert.equal(filled.status, 201, filled.text);

/** Some hundred milliseconds and more, looking at every task. */
const scan = "/tasks?title=imatch.(a*)*b$|x.*y.*z&or=(title.imatch.q.*r.*s.*t,title.imatch.zz*y)";
const change = { method: "PATCH", path: `/rest/v1/tasks/${ids["paint"]}`, body: { points: 3 } };

/** The longest that the event loop of the server, which is this one, stood still. */
async function heldBy<T>(ask: () => Promise<T>): Promise<{ readonly said: T; readonly held: number }> {
  let last = performance.now();
  let held = 0;
  const look = (): void => {
    held = Math.max(held, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 1);
  const said = await ask();
  look();
  clearInterval(timer);
  return { said, held };
}

describe("58: nobody makes everybody else wait", () => {
  test("58: by scans in a batch behind a change, which nobody but the writer can see; with a key neither", async () => {
    for (const part of [
      { method: "GET", path: `/rest/v1${scan}` },
      { method: "PATCH", path: `/rest/v1${scan}`, body: { points: 4 } },
      { method: "DELETE", path: `/rest/v1${scan}` },
    ]) {
      for (const headers of [{}, { "idempotency-key": `waiting ${part.method} ${part.path}`.replace(/[^a-z]/gi, "") }]) {
        const operations = [change, ...Array.from({ length: 50 }, () => part)];
        const reply = await live.ask("", { method: "POST", as: "bob", headers, body: operations });
        assert.match(reply.text, /behind a change that is not committed yet it may take 50 ms.*"operation":1/, part.method);
      }
    }
  });

  test("58: by a scan under an Idempotency-Key, which goes to a thread as without one", async () => {
    const headers = { "idempotency-key": "scan" };
    const { said, held } = await heldBy(() => live.ask(scan, { method: "PATCH", as: "bob", headers, body: { points: 4 } }));
    assert.ok([204, 500, 503].includes(said.status), said.text);
    assert.ok(held < 800, `${held}`);
  });

  test("58: by a change of all the rows that there are", async () => {
    for (const [method, body] of [
      ["PATCH", { points: 5 }],
      ["DELETE", undefined],
    ] as const) {
      const headers = { prefer: "tx=rollback, count=exact" };
      const { said, held } = await heldBy(() => live.ask("/tasks?points=gte.0", { method, as: "bob", headers, body }));
      assert.ok(said.status < 300, said.text);
      assert.match(said.headers.get("content-range") ?? "", /\/2\d{4}$/);
      assert.ok(held < 1000, `${held}`);
    }
  });

  test("58: by a body of very many values, signed in or not", async () => {
    const headers = { "content-type": "application/json" };
    for (const body of [`{"title":[${"1,".repeat(1_000_000)}1]}`, `[${'{"":1},'.repeat(500_000)}{}]`]) {
      for (const [method, path] of [
        ["PATCH", "/tasks?id=eq.1"],
        ["POST", ""],
        ["POST", "/rpc/echo"],
      ] as const) {
        const reply = await live.ask(path, { method, headers, body });
        assert.equal(reply.code, "limit_exceeded", `${method} ${path} ${reply.text.slice(0, 200)}`);
        assert.match(reply.text, /jsonValues/);
      }
    }
  });
});
