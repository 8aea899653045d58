import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Reply, type Sent, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const ndjson = { "content-type": "application/x-ndjson" };
const csv = { "content-type": "text/csv" };
const json = { "content-type": "application/json" };

/** Long, so that few of them are more than a mebibyte. */
const title = (index: number): string => (index < 10 ? `Bulk ${index}` : `Bulk ${index} `.padEnd(190, "x"));
const task = (index: number, more: object = {}): object => ({ project: ids["open"], title: title(index), ...more });
const tasks = (count: number): object[] => Array.from({ length: count }, (_, index) => task(index));
const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join("\n");
const post = (body: string, more: Sent = {}, path = "/tasks"): Promise<Reply> =>
  live.ask(path, { method: "POST", as: "bob", body, ...more, headers: { ...ndjson, prefer: "count=exact", ...more.headers } });

async function count(filter = ""): Promise<number> {
  const reply = await live.ask(`/tasks?title=like.Bulk*&limit=0${filter}`, { as: "bob", headers: { prefer: "count=exact" } });
  return Number(reply.headers.get("content-range")?.split("/")[1]);
}

const clear = (): Promise<Reply> => live.ask("/tasks?title=like.Bulk*", { method: "DELETE", as: "bob" });

/** More than a mebibyte, which is read whole. */
const many = 5_000;

describe("an insert of many rows", () => {
  before(clear);

  test("is read line by line as NDJSON, as CSV and as an array", async () => {
    const rows = tasks(many);
    const forms: readonly [body: string, headers: Readonly<Record<string, string>>][] = [
      [lines(rows), ndjson],
      [`project,title\n${rows.map((row) => Object.values(row).join()).join("\n")}\n`, csv],
      [JSON.stringify(rows), json],
      [JSON.stringify(rows, null, 2), { ...json, "content-type": "application/json; charset=utf-8" }],
    ];
    for (const [body, headers] of forms) {
      assert.ok(Buffer.byteLength(body) > 1_048_576);
      const reply = await post(body, { headers });
      assert.deepEqual([reply.status, reply.headers.get("content-range"), reply.text], [201, `*/${many}`, ""]);
      assert.equal(await count(), many);
      assert.equal(
        (await live.ask("/tasks?title=eq.Bulk 7&select=points,version,assignee", { as: "bob" })).text,
        '[{"points":1,"version":1,"assignee":null}]',
      );
      await clear();
    }
  });

  test("that is short is one too: NDJSON of three lines, with rows returned", async () => {
    const reply = await post(`${lines(tasks(3))}\n\n`, { headers: { prefer: "return=representation" } }, "/tasks?select=title");
    assert.deepEqual(reply.json(), [{ title: "Bulk 0" }, { title: "Bulk 1" }, { title: "Bulk 2" }]);
    assert.equal((await post("")).headers.get("content-range"), "*/0");
    await clear();
  });

  test("is all or nothing, and says which row was refused, on which line and why", async () => {
    const good = lines(tasks(many));
    const checksum = await live.checksum();
    const cases: readonly [row: object | string, code: string, says: RegExp][] = [
      [{ title: "Bulk x" }, "validation_failed", /'5000.project' is required/],
      [task(1, { points: 101 }), "validation_failed", /'5000.points' must be at most 100/],
      [task(1, { points: "x" }), "validation_failed", /whole number/],
      [task(1, { nothing: 1 }), "PGRST204", /no column 'nothing'/],
      [task(1, { version: 7 }), "validation_failed", /set by the server/],
      [task(1, { id: ids["paint"] }), "23505", /exists already/],
      [task(1, { project: ids["secret"] }), "23503", /refers to is not there/],
      [task(1, { project: "01234567-89ab-7cde-8f01-23456789abcd" }), "23503", /refers to is not there/],
      [task(1, { reviewer: ids["bob"] }), "42501", /may not set 'reviewer'/],
      ['{"title":', "PGRST102", /not valid JSON/],
      ["[]", "PGRST102", /must be an object/],
    ];
    for (const [row, code, says] of cases) {
      const reply = await post(`${good}\n\n${typeof row === "string" ? row : JSON.stringify(row)}\n${lines(tasks(2))}`, {
        headers: { prefer: code === "23505" ? "missing=default" : "missing=null" },
      });
      assert.equal(reply.code, code, reply.text);
      assert.match(reply.text, says);
      const { line, row: index } = reply.json() as { line?: number; row?: number };
      // What rows refer to is looked at for all of them at once.
      if (code !== "23503") assert.equal(line, many + 2, reply.text);
      if (code !== "23503" && code !== "PGRST102") assert.equal(index, many);
    }
    assert.equal(await live.checksum(), checksum);
  });

  test("treats what a row leaves out as a list does, whole or streamed", async () => {
    const rows = [task(0, { points: 5 }), task(1), task(2, { effort: 1.5 })];
    for (const prefer of ["missing=default", "missing=null", ""]) {
      const send = (headers: Readonly<Record<string, string>>, body: string): Promise<Reply> =>
        post(
          body,
          { headers: { ...headers, prefer: `${prefer === "" ? "" : `${prefer},`}return=representation` } },
          "/tasks?select=title,points,effort",
        );
      const [list, stream] = [await send(json, JSON.stringify(rows)), await send(ndjson, lines(rows))];
      assert.equal(stream.status, list.status, prefer);
      if (list.status === 201) assert.equal(stream.text, list.text);
      else assert.match(stream.text, /is required, since other rows of the list give it/);
    }
    await clear();
  });

  test("merges with what is there, and ignores it", async () => {
    const id = (index: number): string => `01234567-89ab-7cde-8f01-${String(index).padStart(12, "0")}`;
    const rows = Array.from({ length: 800 }, (_, index) => task(index, { id: id(index) }));
    assert.equal((await post(lines(rows))).status, 201);
    const changed = lines(rows.map((row) => ({ ...row, points: 9 })));
    assert.equal((await post(changed, { headers: { prefer: "resolution=merge-duplicates" } })).status, 200);
    assert.equal(await count("&points=eq.9"), 800);
    assert.equal((await post(lines(rows), { headers: { prefer: "resolution=ignore-duplicates" } })).status, 201);
    assert.deepEqual([await count("&points=eq.9"), await count()], [800, 800]);
    await clear();
  });

  test("under an Idempotency-Key happens once", async () => {
    const body = lines(tasks(many));
    const sent = { headers: { "idempotency-key": "bulk" } };
    const [first, second] = [await post(body, sent), await post(body, sent)];
    assert.deepEqual([first.status, second.status, second.headers.get("idempotency-replayed")], [201, 201, "true"]);
    assert.equal(await count(), many);
    assert.equal((await post(`${body}\n`, sent)).code, "idempotency_key_reused");
    const shorter = await post(lines(tasks(2)), { headers: { "idempotency-key": "short" } });
    assert.equal(shorter.status, 201);
    await clear();
  });

  test("is tried and undone with Prefer: tx=rollback", async () => {
    const reply = await post(lines(tasks(many)), { headers: { prefer: "tx=rollback,count=exact" } });
    assert.deepEqual([reply.status, reply.headers.get("content-range")], [201, `*/${many}`]);
    assert.equal(await count(), 0);
  });

  test("lets others read meanwhile", async () => {
    const body = lines(tasks(15_000));
    const state = { done: false };
    const bulk = post(body).finally(() => (state.done = true));
    let reads = 0;
    while (!state.done) {
      assert.equal((await live.ask(`/tasks/${ids["paint"]}`, { as: "bob" })).status, 200);
      reads++;
    }
    assert.equal((await bulk).status, 201);
    assert.ok(reads > 20, `${reads}`);
    await clear();
  });
});

describe("a body that is long in coming", () => {
  const head = (more: string): string =>
    `POST /rest/v1/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${live.tokens.bob}\r\nContent-Type: application/x-ndjson\r\n${more}\r\n`;
  const folder = (): string => dirname(live.platform.database.path);
  const spools = async (): Promise<readonly string[]> => (await readdir(folder())).filter((name) => name.startsWith("body-"));

  test("keeps no transaction open: others write meanwhile", async () => {
    const port = Number(new URL(live.url).port);
    const body = lines(tasks(6_000));
    const half = body.slice(0, 1_200_000);
    const socket = connect(port, "127.0.0.1");
    socket.write(head(`Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n`) + half);
    let answer = "";
    socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const other = await live.ask("/tasks", { method: "POST", as: "bob", body: task(0, { title: "Between" }) });
    assert.equal(other.status, 201);
    assert.equal(answer, "");
    socket.write(body.slice(1_200_000));
    await closed;
    assert.match(answer, /^HTTP\/1\.1 201 /);
    assert.equal(await count(), 6_000);
    await clear();
    await live.ask("/tasks?title=eq.Between", { method: "DELETE", as: "bob" });
  });

  test("that breaks off writes nothing and leaves nothing behind", async () => {
    const port = Number(new URL(live.url).port);
    const socket = connect(port, "127.0.0.1");
    socket.write(`${head("Content-Length: 9000000\r\n")}${lines(tasks(many))}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    socket.destroy();
    const gone = performance.now() + 5000;
    while ((await spools()).length > 0 && performance.now() < gone) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([await count(), await spools()], [0, []]);
    // As many as may be received at once are received after it, one after another.
    for (let time = 0; time < 9; time++) assert.equal((await post(`${lines(tasks(many))}\nx`)).code, "PGRST102");
    assert.deepEqual(await spools(), []);
  });

  test("of one who may not insert is refused once it is long", async () => {
    const body = lines(Array.from({ length: 30_000 }, () => ({ team: ids["red"], amount: "1.00" })));
    const reply = await post(body, {}, "/invoices");
    assert.deepEqual([reply.status, reply.code], [404, "PGRST205"]);
  });

  test("is bounded in bytes and in rows, by name", async () => {
    const bytes = await live.raw(head("Content-Length: 134217729\r\nConnection: close\r\n"));
    assert.match(bytes, /^HTTP\/1\.1 413 [^]*134217728 bytes \(bulkBytes\)/);
    const over = await post('{"from":"a@b.co","body":"x"}\n'.repeat(250_001), {}, "/messages");
    assert.match(over.text, /250000 \(bulkRows\)[^]*"line":250001/);
    assert.equal((await live.ask("/messages?limit=1", { as: "editor" })).text, "[]");
  });
});
