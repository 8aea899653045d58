import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import { system } from "#application";
import { startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;

const task = (title: string): object => ({ project: ids["open"], title });
const returned = { prefer: "return=representation" };
const withKey = (key: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  "idempotency-key": key,
  ...more,
});

async function count(title: string): Promise<number> {
  const { rows } = await live.platform.records.read(
    {
      table: "tasks",
      selection: {
        items: [],
        where: { type: "compare", path: { column: "title", json: [] }, operator: "eq", value: 0 },
      },
      values: [title],
      form: "json",
    },
    system,
  );
  return rows;
}

describe("a write under an Idempotency-Key", () => {
  test("is done once, and answered alike each time", async () => {
    const sent = { method: "POST", as: "bob", headers: withKey("k1", returned), body: task("Once") } as const;
    const first = await live.ask("/tasks", sent);
    assert.equal(first.status, 201);
    assert.equal(first.headers.get("idempotency-replayed"), null);
    const again = await live.ask("/tasks", sent);
    assert.deepEqual([again.status, again.text], [201, first.text]);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(again.headers.get("content-type"), first.headers.get("content-type"));
    assert.equal(await count("Once"), 1);
  });

  test("by PATCH, PUT, DELETE and a mutation: what a second one would change or refuse stays as the first left it", async () => {
    const { platform } = live;
    const [row] = (await live.ask("/tasks", { method: "POST", as: "bob", headers: returned, body: task("Twice") })).json() as {
      id: string;
    }[];
    const patch = { method: "PATCH", as: "bob", headers: withKey("k2", returned), body: { points: 3 } } as const;
    const [one, two] = [await live.ask(`/tasks/${row?.id}`, patch), await live.ask(`/tasks/${row?.id}`, patch)];
    assert.equal((one.json() as { version: number }).version, 2);
    assert.equal(two.text, one.text);
    const put = { method: "PUT", as: "bob", headers: withKey("k3"), body: task("Put") } as const;
    assert.deepEqual(
      [(await live.ask(`/tasks/${row?.id}`, put)).status, (await live.ask(`/tasks/${row?.id}`, put)).status],
      [204, 204],
    );
    const remove = { method: "DELETE", as: "bob", headers: withKey("k4") } as const;
    assert.equal((await live.ask(`/tasks/${row?.id}`, remove)).status, 204);
    assert.equal((await live.ask(`/tasks/${row?.id}`, remove)).status, 204);
    assert.equal((await live.ask(`/tasks/${row?.id}`, { ...remove, headers: withKey("k5") })).status, 404);
    const rename = {
      method: "POST",
      as: "ann",
      headers: withKey("k6"),
      body: { project: ids["closed"], title: "Renamed" },
    } as const;
    const [first, second] = [await live.ask("/rpc/rename_project", rename), await live.ask("/rpc/rename_project", rename)];
    assert.deepEqual([first.status, first.text, second.text], [200, '{"renamed":1}', '{"renamed":1}']);
    const version = await platform.database.get("SELECT version FROM projects WHERE title = 'Renamed'", []);
    assert.equal(version?.[0], 2);
  });

  test("a key belongs to one request: another body, address, method or header that decides is refused", async () => {
    const sent = { method: "POST", as: "bob", headers: withKey("k7"), body: task("Mine") } as const;
    assert.equal((await live.ask("/tasks", sent)).status, 201);
    for (const [path, other] of [
      ["/tasks", { ...sent, body: task("Other") }],
      ["/tasks?select=id", sent],
      ["/tasks", { ...sent, headers: withKey("k7", returned) }],
      [`/tasks/${ids["paint"]}`, { ...sent, method: "PATCH" }],
      ["/rpc/rename_project", sent],
    ] as const) {
      const reply = await live.ask(path, { ...other, as: path.startsWith("/rpc") ? "bob" : other.as });
      assert.deepEqual([reply.status, reply.code], [422, "idempotency_key_reused"], path);
    }
    assert.equal(await count("Other"), 0);
  });

  test("a key in quotes and without is one key; what is no key is refused, with what to do", async () => {
    const sent = { method: "POST", as: "bob", body: task("Quoted") } as const;
    assert.equal((await live.ask("/tasks", { ...sent, headers: withKey('"k8"') })).status, 201);
    const again = await live.ask("/tasks", { ...sent, headers: withKey("k8") });
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal((await live.ask("/tasks", { ...sent, headers: withKey("x".repeat(255)) })).status, 201);
    for (const bad of ["", '""', "a b", "a, b", "é", "x".repeat(256), `"${"x".repeat(256)}"`, '"a', 'a"', "a;b", "'; --,"]) {
      const reply = await live.ask("/tasks", { ...sent, headers: withKey(bad) });
      assert.deepEqual([reply.status, reply.code], [400, "invalid_header"], bad);
      assert.match(reply.text, /1 to 255 printable ASCII/);
    }
    assert.equal(await count("Quoted"), 2);
  });

  test("what fails keeps nothing: the same key runs again", async () => {
    const sent = { method: "POST", as: "bob", headers: withKey("k9"), body: task("x".repeat(201)) } as const;
    for (let time = 0; time < 2; time++) assert.equal((await live.ask("/tasks", sent)).code, "validation_failed");
    const mended = await live.ask("/tasks", { ...sent, body: task("Mended") });
    assert.equal(mended.status, 201);
  });

  test("two callers may use one key, and nobody in particular none", async () => {
    const sent = { method: "POST", headers: withKey("shared", returned), body: task("Shared") } as const;
    const [ann, bob] = [await live.ask("/tasks", { ...sent, as: "ann" }), await live.ask("/tasks", { ...sent, as: "bob" })];
    assert.deepEqual([ann.status, bob.status], [201, 201]);
    assert.equal(bob.headers.get("idempotency-replayed"), null);
    assert.notEqual(ann.text, bob.text);
    const message = { method: "POST", headers: withKey("shared"), body: { from: "a@b.co", body: "x" } };
    const nobody = await live.ask("/messages", message);
    assert.deepEqual([nobody.status, nobody.code], [401, "PGRST302"]);
    assert.match(nobody.text, /choose the row's id yourself/);
  });

  test("a revoked token does not get the stored answer", async () => {
    const { platform, data, url } = live;
    const { token } = await platform.tokens.issue({ actor: data.bob, lifetime: 60_000 });
    const send = (): Promise<Response> =>
      fetch(`${url}/rest/v1/tasks`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...withKey("revoked", returned) },
        body: JSON.stringify(task("Revoked")),
      });
    assert.equal((await send()).status, 201);
    await platform.tokens.revoke(token);
    const reply = await send();
    assert.equal(reply.status, 401);
    assert.doesNotMatch(await reply.text(), /Revoked/);
  });

  test("reads and trials pass it over; a key is no way round a rule", async () => {
    assert.equal((await live.ask("/tasks?limit=1", { headers: withKey("k10") })).status, 200);
    assert.equal((await live.ask("/rpc/echo", { method: "POST", headers: withKey("k10"), body: 4 })).text, "4");
    const trial = { method: "POST", as: "bob", headers: withKey("k10", { prefer: "tx=rollback" }), body: task("Trial") } as const;
    for (let time = 0; time < 2; time++) assert.equal((await live.ask("/tasks", trial)).status, 201);
    assert.equal(await count("Trial"), 0);
    const eve = await live.ask("/tasks", { method: "POST", as: "eve", headers: withKey("k1", returned), body: task("Once") });
    assert.deepEqual([eve.status, eve.code], [403, "42501"]);
  });

  test("an answer that is too large to be kept undoes the write, and says what to do", async () => {
    const rows = Array.from({ length: 6000 }, () => task(`Many ${"x".repeat(180)}`));
    const reply = await live.ask("/tasks", { method: "POST", as: "bob", headers: withKey("k11", returned), body: rows });
    assert.equal(reply.code, "limit_exceeded");
    assert.match(reply.text, /1048576 \(idempotencyBytes\)/);
    assert.equal(await count(`Many ${"x".repeat(180)}`), 0);
    const minimal = await live.ask("/tasks", { method: "POST", as: "bob", headers: withKey("k11"), body: rows.slice(0, 3) });
    assert.equal(minimal.status, 201);
  });

  test("fifty at once: one row, fifty equal answers", async () => {
    const sent = { method: "POST", as: "bob", headers: withKey("herd", returned), body: task("Herd") } as const;
    const replies = await Promise.all(Array.from({ length: 50 }, () => live.ask("/tasks", sent)));
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
    assert.equal(replies.filter(({ headers }) => headers.get("idempotency-replayed") === null).length, 1);
    assert.equal(await count("Herd"), 1);
  });
});

test("killed between the commit and the answer, the same key gives the answer, and there is one row", async (t) => {
  const program = new URL("./idempotency-crash.ts", import.meta.url).pathname;
  const { temporaryFolder } = await import("../support/temporary-folder.ts");
  const folder = await temporaryFolder(t);
  const run = async (mode: "die" | "retry"): Promise<{ readonly signal: string | null; readonly output: string }> => {
    const child = spawn(process.execPath, [program, folder, mode], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [, signal] = (await once(child, "close")) as [number | null, string | null];
    return { signal, output };
  };
  assert.deepEqual(await run("die"), { signal: "SIGKILL", output: "" });
  const { output } = await run("retry");
  const { replayed, status, title, rows } = JSON.parse(output) as Record<string, unknown>;
  assert.deepEqual([replayed, status, title, rows], ["true", 201, "Crash", 1]);
});
