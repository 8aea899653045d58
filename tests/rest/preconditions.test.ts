import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Reply, type Sent, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const returned = { prefer: "return=representation" };

interface Task {
  readonly id: string;
  readonly version: number;
  readonly points: number;
}

async function make(
  title: string,
  more: object = {},
): Promise<{ readonly path: string; readonly id: string; readonly tag: string }> {
  const reply = await live.ask("/tasks", {
    method: "POST",
    as: "bob",
    headers: returned,
    body: { project: ids["open"], title, ...more },
  });
  const [row] = reply.json() as Task[];
  assert.ok(row !== undefined, reply.text);
  return { path: `/tasks/${row.id}`, id: row.id, tag: reply.headers.get("etag") ?? "" };
}

const change = (path: string, tag: string, more: Sent = {}): Promise<Reply> =>
  live.ask(path, { method: "PATCH", as: "bob", body: { points: 7 }, ...more, headers: { "if-match": tag, ...more.headers } });
const tagOf = async (path: string): Promise<string> => (await live.ask(path, { as: "bob" })).headers.get("etag") ?? "";

describe("If-Match", () => {
  test("takes the tag that a read, an insert, an update or another form of the row gave", async () => {
    const { path, tag } = await make("Tagged");
    assert.match(tag, /^"1-[0-9a-z]+-[\w-]+"$/);
    assert.equal((await change(path, tag)).status, 204);
    for (const search of ["", "?select=title", "?select=title,project(title)"]) {
      const read = await live.ask(path + search, { as: "bob" });
      const updated = await change(path, read.headers.get("etag") ?? "", { headers: returned });
      assert.equal(updated.status, 200, updated.text);
      assert.equal((await change(path, updated.headers.get("etag") ?? "")).status, 204);
    }
    const csv = await live.ask(path, { as: "bob", headers: { accept: "text/csv" } });
    assert.equal((await change(path, csv.headers.get("etag") ?? "")).status, 204);
  });

  test("takes the version alone, a list, and * for any", async () => {
    const { path } = await make("Versions");
    assert.equal((await change(path, '"1"')).status, 204);
    assert.equal((await change(path, '"1", "2"')).status, 204);
    assert.equal((await change(path, '"x",,"3" ,')).status, 204);
    assert.equal((await change(path, "*")).status, 204);
  });

  test("refuses a row that has been changed, with the tag that it has, and changes nothing", async () => {
    const { path, tag } = await make("Changed");
    await live.ask(path, { method: "PATCH", as: "ann", body: { points: 9 } });
    const before = await live.checksum();
    for (const sent of [
      {},
      { method: "DELETE", body: undefined },
      { method: "PUT", body: { project: ids["open"], title: "Mine" } },
      { headers: { accept: "application/vnd.pgrst.object+json", ...returned } },
    ]) {
      const reply = await change(path, tag, sent);
      assert.deepEqual([reply.status, reply.code], [412, "precondition_failed"]);
      const current = (await tagOf(path)).replace(/-[\w-]+"$/, "");
      assert.ok(reply.headers.get("etag")?.startsWith(current), `${reply.headers.get("etag")} ${current}`);
      assert.match(reply.text, /Read the row again/);
    }
    assert.equal(await live.checksum(), before);
    assert.equal(
      (await change(`/tasks?id=eq.${path.slice(7)}`, tag, { method: "PUT", body: { id: path.slice(7) } })).status,
      412,
    );
  });

  test("compares strongly: a weak tag and one that is not ours equal none, and what is no tag is said", async () => {
    const { path, tag } = await make("Strong");
    const weak = await change(path, `W/${tag}`);
    assert.equal(weak.status, 412);
    assert.match(weak.text, /starts with W\//);
    assert.equal((await change(path, '"abc"')).status, 412);
    assert.equal((await change(path, '""')).status, 412);
    for (const bad of ["1", "abc", '"1', "", ",", '"1" "2"', "*, *", "'1'"]) {
      const reply = await change(path, bad);
      assert.deepEqual([reply.status, reply.code], [400, "invalid_header"], bad);
    }
    assert.match((await change(path, "1")).text, /If-Match: \\"1\\"/);
  });

  test("knows a row that was deleted and made anew under its id from the one before", async () => {
    const { path, id, tag } = await make("Reborn");
    await live.ask(path, { method: "DELETE", as: "bob" });
    assert.equal((await change(path, tag)).status, 404);
    assert.equal((await change(path, "*")).status, 404);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const again = await make("Reborn", { id });
    assert.equal((await change(path, tag)).status, 412);
    assert.equal((await change(path, again.tag)).status, 204);
  });

  test("of a hidden row and of one that is not there says the same", async () => {
    const nowhere = "01234567-89ab-7cde-8f01-23456789abcd";
    for (const tag of ['"1"', '"9"', "*", '"abc"'])
      for (const method of ["PATCH", "DELETE"] as const) {
        const sent = method === "DELETE" ? { method, body: undefined } : { method };
        const [hidden, missing] = [await change(`/tasks/${ids["dig"]}`, tag, sent), await change(`/tasks/${nowhere}`, tag, sent)];
        assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text]);
        assert.deepEqual([hidden.status, hidden.headers.get("etag")], [404, null]);
      }
    // Of a row that may be read and not changed, the tag tells no more than a read does.
    const reader = { as: "eve", body: { title: "x" } } as const;
    assert.equal((await change(`/projects/${ids["open"]}`, '"9"', reader)).status, 412);
    assert.equal((await change(`/projects/${ids["open"]}`, '"1"', reader)).status, 404);
  });

  test("is refused where it can not be heeded", async () => {
    for (const [path, method] of [
      ["/tasks?points=eq.1", "PATCH"],
      ["/tasks?points=eq.1", "DELETE"],
      ["/tasks", "POST"],
    ] as const) {
      const reply = await live.ask(path, { method, as: "bob", headers: { "if-match": '"1"' }, body: { points: 1 } });
      assert.deepEqual([reply.status, reply.code], [400, "PGRST127"], `${method} ${path}`);
    }
    const { path, tag } = await make("Both");
    assert.equal((await change(path, tag, { headers: { "if-none-match": "*" } })).code, "PGRST127");
    assert.equal((await change(path, tag, { method: "PUT", headers: { "if-none-match": tag } })).code, "PGRST127");
  });

  test("of a read: the row as it is known, or not at all", async () => {
    const { path, tag } = await make("Read");
    const current = await tagOf(path);
    assert.equal(current, tag.replace(/-[\w-]{27}"$/, current.slice(-29)));
    const read = (header: string): Promise<Reply> => live.ask(path, { as: "bob", headers: { "if-match": header } });
    assert.deepEqual(
      [(await read(current)).status, (await read('"1"')).status, (await read("*")).status, (await read('"2"')).status],
      [200, 200, 200, 412],
    );
  });

  test("with forty who read, add one and write, all at once, no point is lost", async () => {
    const { path } = await make("Counter", { points: 0 });
    let refused = 0;
    const addOne = async (): Promise<void> => {
      for (;;) {
        const read = await live.ask(path, { as: "bob" });
        const { points } = read.json() as Task;
        const reply = await change(path, read.headers.get("etag") ?? "", { body: { points: points + 1 } });
        if (reply.status === 204) return;
        assert.equal(reply.status, 412, reply.text);
        refused++;
      }
    };
    await Promise.all(Array.from({ length: 40 }, addOne));
    const { points, version } = (await live.ask(path, { as: "bob" })).json() as Task;
    assert.deepEqual([points, version], [40, 41]);
    assert.ok(refused > 0);
  });
});

describe("If-None-Match: * with PUT", () => {
  test("only makes a row", async () => {
    const id = "01234567-89ab-7cde-8f01-0000000000aa";
    const put = (as: "bob" | "eve" = "bob", key: string = id): Promise<Reply> =>
      live.ask(`/tasks/${key}`, {
        method: "PUT",
        as,
        headers: { "if-none-match": "*", ...returned },
        body: { project: ids["open"], title: "Only once" },
      });
    const made = await put();
    assert.equal(made.status, 201, made.text);
    const again = await put();
    assert.deepEqual([again.status, again.code], [412, "precondition_failed"]);
    assert.match(again.text, /is there already/);
    assert.deepEqual(
      (await Promise.all([put("bob", `${id.slice(0, -1)}b`), put("bob", `${id.slice(0, -1)}b`)]))
        .map((reply) => reply.status)
        .sort((left, right) => left - right),
      [201, 412],
    );
    // A row that is hidden from them is told as a plain insert tells it.
    const hidden = await put("bob", ids["dig"]);
    const insert = await live.ask("/tasks", {
      method: "POST",
      as: "bob",
      body: { id: ids["dig"], project: ids["open"], title: "x" },
    });
    assert.deepEqual([hidden.status, hidden.text], [insert.status, insert.text]);
  });
});
