import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import {
  defineBackend,
  defineSchema,
  everyone,
  mutation,
  openBackend,
  type OpenBackendOptions,
  type OpenedBackend,
  query,
  text,
} from "chassis";
import { silentLogger } from "#base";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ notes: { body: text().max(2_000_000).unique() } });

const begun: { name: string; signal: AbortSignal }[] = [];
let release: () => void = () => {};

const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  functions: {
    waits: query({ access: everyone }, async ({ signal }) => {
      begun.push({ name: "waits", signal });
      await new Promise<void>((resolve, reject) => {
        release = resolve;
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
      return "done";
    }),
    add: mutation({ access: everyone }, ({ db }) => db.notes.create({ body: `made by code ${Math.random()}` })),
  },
});

const warned: string[] = [];

async function open(options: OpenBackendOptions = {}): Promise<OpenedBackend<typeof schema>> {
  const opened = await openBackend(backend, {
    dataDirectory: await temporaryFolder({ after }),
    environment: { CHASSIS_DURABILITY: "lose-minutes" },
    logger: {
      ...silentLogger,
      warn: (_fields, message) => void warned.push(String(message)),
      error: (fields) => void warned.push(String((fields as { err?: Error }).err?.message)),
    },
    ...options,
  });
  after(() => opened.close());
  return opened;
}

async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => void listener(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}

const note = (body: string, init: RequestInit = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify({ body }),
  ...init,
  headers: { "content-type": "application/json", prefer: "return=headers-only", ...(init.headers as Record<string, string>) },
});
const here = { address: "127.0.0.1" };
const site = "http://localhost/rest/v1/notes";

test("the whole of a back end is one function: it reads, writes, streams, and tells HEAD from GET", async () => {
  const { fetch, app } = await open();
  const made = await fetch(new Request(site, note("one")), here);
  assert.equal(made.status, 201);
  assert.match(made.headers.get("location") ?? "", /^\/rest\/v1\/notes\?id=eq\./);
  const rows = Array.from({ length: 500 }, (_, index) => `${JSON.stringify({ body: `row ${index}` })}\n`);
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve));
      const row = rows.shift();
      if (row === undefined) controller.close();
      else controller.enqueue(Buffer.from(row));
    },
  });
  const many = new Request(site, {
    method: "POST",
    body,
    duplex: "half",
    headers: { "content-type": "application/x-ndjson" },
  } as RequestInit);
  assert.equal((await fetch(many, here)).status, 201);
  assert.equal(await app.asSystem().notes.count(), 501);

  const read = await fetch(new Request(`${site}?body=eq.one`), here);
  const etag = read.headers.get("etag") ?? "";
  assert.equal(((await read.json()) as unknown[]).length, 1);
  const unchanged = await fetch(new Request(`${site}?body=eq.one`, { headers: { "if-none-match": etag } }), here);
  assert.deepEqual([unchanged.status, unchanged.body], [etag === "" ? 200 : 304, etag === "" ? unchanged.body : null]);
  const head = await fetch(new Request(`${site}?body=eq.one`, { method: "HEAD" }), here);
  assert.deepEqual([head.status, head.body], [200, null]);
  const large = await fetch(new Request(site, note("x".repeat(1_500_000))), here);
  assert.equal(large.status, 201);
  const tooLarge = await fetch(new Request("http://localhost/rest/v1/rpc/add", note("x".repeat(11_000_000))), here);
  assert.equal(tooLarge.status, 413);
  assert.equal((await fetch(new Request("http://localhost/nothing"), here)).status, 404);
});

test("whose request it is has to be said: limits go by it, and who says nothing is counted with all who do not", async () => {
  const { fetch } = await open({ settings: { CHASSIS_RATE_REQUESTS: "3/1m" } });
  const ask = async (from?: { address?: string | null }): Promise<number> => (await fetch(new Request(site), from)).status;
  warned.length = 0;
  assert.deepEqual([await ask(), await ask({}), await ask(), await ask()], [200, 200, 200, 429]);
  assert.equal(warned.length, 1);
  assert.match(warned[0] ?? "", /without the address/);
  assert.deepEqual([await ask({ address: "192.0.2.1" }), await ask({ address: null })], [200, 200]);
  for (let count = 0; count < 4; count++) assert.equal(await ask({ address: null }), 200);
  // Frameworks hand over an argument of their own.
  assert.equal((await fetch(new Request(site), { address: { not: "text" } } as never)).status, 429);
});

test("only for the names of this server, whoever made the request's address of its Host header", async () => {
  const { fetch } = await open({ settings: { CHASSIS_BASE_URL: "https://site.example" } });
  const ask = async (host: string, address: string | null): Promise<number> =>
    (await fetch(new Request(`http://${host}/rest/v1/notes`), { address })).status;
  assert.equal(await ask("site.example", "192.0.2.1"), 200);
  assert.equal(await ask("evil.example", "192.0.2.1"), 421);
  assert.equal(await ask("localhost", "192.0.2.1"), 421);
  assert.equal(await ask("localhost", "127.0.0.1"), 200);
  assert.equal(await ask("anything", null), 200);
});

test("a request that is given up gives up its work, by fetch and by a connection", async () => {
  const { fetch: own, handle } = await open();
  const call = "http://localhost/rest/v1/rpc/waits";
  begun.length = 0;
  const abort = new AbortController();
  const asked = own(new Request(call, { method: "POST", signal: abort.signal }), here);
  while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await asked.catch(() => {});
  assert.equal(begun[0]?.signal.aborted, true);

  const { url } = await serve((request, response) => handle(request, response));
  const given = new AbortController();
  const sent = fetch(`${url}/rest/v1/rpc/waits`, { method: "POST", signal: given.signal });
  while (begun.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  given.abort();
  await assert.rejects(sent);
  while (begun[1]?.signal.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("closing answers what is under way, refuses what comes after, and lets go of the data", async () => {
  const folder = await temporaryFolder({ after });
  const opened = await open({ dataDirectory: folder });
  const { url } = await serve((request, response) => opened.handle(request, response));
  begun.length = 0;
  const slow = fetch(`${url}/rest/v1/rpc/waits`, { method: "POST" });
  while (begun.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const closing = opened.close();
  assert.equal((await fetch(`${url}/rest/v1/notes`)).status, 503);
  assert.equal((await opened.fetch(new Request(site), here)).status, 503);
  release();
  assert.equal(await (await slow).text(), '"done"');
  await closing;
  await opened.close();
  const again = await open({ dataDirectory: folder });
  assert.equal((await again.fetch(new Request(site), here)).status, 200);
  await assert.rejects(open({ dataDirectory: folder }), /already runs on the database/);
});

test("what has been read before is told to whoever runs it; bytes that were kept are used", async () => {
  const { handle } = await open();
  const { url } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    Object.assign(request, request.headers["x-keep"] === undefined ? { body: JSON.parse(body.toString()) } : { body });
    handle(request, response);
  });
  warned.length = 0;
  const lost = await fetch(`${url}/rest/v1/notes`, note("lost"));
  assert.equal(lost.status, 500);
  assert.doesNotMatch(await lost.text(), /express/);
  assert.match(warned.join("\n"), /read the body .* before Chassis/);
  assert.equal((await fetch(`${url}/rest/v1/notes`, note("kept", { headers: { "x-keep": "1" } }))).status, 201);
});

test("the same over HTTP/2", async () => {
  const { handle } = await open({ settings: { CHASSIS_LIMIT_BODY_BYTES: "100000" } });
  const server = createHttp2Server((request, response) => handle(request as never, response as never)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  after(() => {
    session.close();
    server.close();
  });
  const ask = async (headers: Record<string, string>, body?: string): Promise<{ status: number; text: string }> => {
    const stream = session.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    const [answer] = (await once(stream, "response")) as [Record<string, number>];
    let received = "";
    for await (const chunk of stream.setEncoding("utf8")) received += chunk as string;
    return { status: answer[":status"] ?? 0, text: received };
  };
  const written = await ask(
    { ":method": "POST", ":path": "/rest/v1/notes", "content-type": "application/json" },
    '{"body":"two"}',
  );
  assert.equal(written.status, 201, written.text);
  const read = await ask({ ":path": "/rest/v1/notes?select=body" });
  assert.deepEqual(JSON.parse(read.text), [{ body: "two" }]);
  assert.equal((await ask({ ":path": "/rest/v1/notes", ":authority": "evil.example" })).status, 421);
  // More than the limit, to which there is an answer while it is still being sent.
  assert.equal(
    (await ask({ ":method": "POST", ":path": "/rest/v1/rpc/add", "content-type": "application/json" }, "x".repeat(500_000)))
      .status,
    413,
  );
});

test("a path of an app that mounts it is one of the base URL, or whoever mounts it hears", async () => {
  const { handle } = await open({ settings: { CHASSIS_BASE_URL: "http://localhost/api" } });
  const asked = async (mount: string, path: string): Promise<unknown> => {
    const { url } = await serve((request, response) => {
      Object.assign(request, { baseUrl: mount, originalUrl: request.url, url: request.url?.slice(mount.length) });
      handle(request, response, (error) => {
        response.statusCode = error === undefined ? 404 : 500;
        response.end(error instanceof Error ? error.message : "somebody else's");
      });
    });
    const answer = await fetch(url + path);
    return answer.status === 200 ? answer.status : answer.text();
  };
  assert.equal(await asked("/api", "/api/rest/v1/notes"), 200);
  assert.equal(await asked("", "/api/rest/v1/notes"), 200);
  assert.equal(await asked("", "/elsewhere"), "somebody else's");
  assert.equal(await asked("/api", "/api/elsewhere"), "somebody else's");
  assert.match(String(await asked("/other", "/other/rest/v1/notes")), /mounted at \/other.*CHASSIS_BASE_URL/);
});

test("what is missing is said before anything is made", async () => {
  await assert.rejects(openBackend(backend, { environment: {} }), /dataDirectory: say where the database is kept/);
  const people = defineBackend(defineSchema({ users: { name: text() } }), {
    rules: { users: () => ({ read: everyone, write: everyone }) },
    auth: true,
  });
  await assert.rejects(openBackend(people, { environment: {} }), /dataDirectory.*\n.*CHASSIS_BASE_URL: people sign in here/);
  await assert.rejects(
    openBackend(backend, { environment: {}, settings: { CHASSIS_BASE_ULR: "x" }, dataDirectory: "x" }),
    /CHASSIS_BASE_ULR: there is no such setting; did you mean 'CHASSIS_BASE_URL'/,
  );
});
