import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import express from "express";
import { defineBackend, defineSchema, everyone, mutation, openBackend, text } from "chassis";
import { silentLogger } from "#base";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ATONCE = 2;

const backend = defineBackend(defineSchema({ notes: { body: text().max(200) } }), {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  functions: { add: mutation({ access: everyone }, ({ db }) => db.notes.create({ body: "made by code" })) },
  routes: () => async (request) => {
    const pieces = request.body === null ? [] : await Array.fromAsync(request.body);
    return Response.json({ pieces: pieces.length, size: pieces.reduce((sum, { length }) => sum + length, 0) });
  },
});

async function serve(...handlers: readonly express.RequestHandler[]): Promise<{ server: Server; port: number }> {
  const app = express();
  for (const handler of handlers) app.use(handler);
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Who was answered leaves a moment later: what was written of the body is removed first. */
async function isFree(what: string, send: () => Promise<Response>): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { status } = await send();
    if (status !== 429) return;
    assert.ok(performance.now() < deadline, `${what}: its places are never given back`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const settings = {
  CHASSIS_LIMIT_ANSWER_TIMEOUT: "300",
  CHASSIS_LIMIT_HEADER_TIMEOUT: "300",
  CHASSIS_LIMIT_RECEIVE_TIMEOUT: "300",
  CHASSIS_LIMIT_WRITES_AT_ONCE: String(ATONCE),
  CHASSIS_LIMIT_FUNCTIONS_AT_ONCE: String(ATONCE),
  CHASSIS_LIMIT_PAGES_AT_ONCE: String(ATONCE),
};

describe("a back end within a program of somebody's", async () => {
  const { fetch: ask, handle } = await openBackend(backend, {
    dataDirectory: await temporaryFolder({ after }),
    environment: { CHASSIS_DURABILITY: "lose-minutes" },
    settings,
    logger: silentLogger,
  }).then((opened) => {
    after(() => opened.close());
    return opened;
  });
  const json = { "content-type": "application/json" };
  const paths = ["/rest/v1/notes", "/rest/v1/rpc/add", "/page"];

  test("69: a body that never ends keeps no place, by fetch and by a connection", async () => {
    const here = { address: "192.0.2.9" };
    const { port } = await serve(handle);
    for (const path of paths) {
      let letGo = 0;
      const endless = (): Promise<Response> => {
        const body = new ReadableStream({
          pull: () => new Promise<void>(() => {}),
          cancel: () => void (letGo += 1),
        });
        return ask(
          new Request(`http://localhost${path}`, { method: "POST", headers: json, body, duplex: "half" } as RequestInit),
          here,
        );
      };
      const answers = await Promise.all(Array.from({ length: ATONCE }, endless));
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array.from({ length: ATONCE }, () => 503),
        path,
      );
      await isFree(path, () => ask(new Request(`http://localhost${path}`, { method: "POST", headers: json, body: "{}" }), here));
      assert.equal(letGo, ATONCE, path);

      const open = Array.from({ length: ATONCE }, () => {
        const socket = connect(port, "127.0.0.1", () =>
          socket.write(
            `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
          ),
        );
        socket.on("error", () => {}).resume();
        return once(socket, "close");
      });
      await Promise.all(open);
      await isFree(path, () => fetch(`http://localhost:${port}${path}`, { method: "POST", headers: json, body: "{}" }));
    }
  });

  test("69: nor does one that has none, where something before has read it to its end", async () => {
    const { port } = await serve((request, _response, next) => {
      request.resume().on("end", () => next());
    }, handle);
    for (const path of paths) {
      const answer = await fetch(`http://localhost:${port}${path}`, { method: "POST", headers: json, body: "" });
      assert.notEqual(answer.status, 503, path);
    }
  });

  test("71: bytes that are sent one by one do not come as so many pieces", async () => {
    const { port } = await serve(handle);
    const size = 5000;
    const answer = await new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(
          `POST /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(size)}0\r\n\r\n`,
        ),
      );
      socket.on("data", (chunk: Buffer) => (all += chunk.toString())).on("close", () => resolve(all));
    });
    const seen = JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? "{}") as { pieces: number; size: number };
    assert.equal(seen.size, size);
    assert.ok(seen.pieces < size / 50, `${seen.pieces} pieces`);
  });

  test("69: a packed body is refused, however it is packed and however often, and not unpacked", async () => {
    const { port } = await serve(handle);
    for (const encoding of ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "GZIP", "x-gzip", "aes128gcm", ""])
      for (const path of paths) {
        const headers = { ...json, "content-encoding": encoding };
        const answer = await fetch(`http://localhost:${port}${path}`, { method: "POST", headers, body: "{}" });
        assert.equal(answer.status, encoding === "" ? answer.status : 415, `${path} ${encoding}`);
        const request = new Request(`http://localhost${path}`, { method: "POST", headers, body: "{}" });
        assert.equal((await ask(request, { address: null })).status, answer.status, `${path} ${encoding}`);
      }
  });
});

test("68: another spelling of the path that it is mounted at is nobody's, and tells nothing of the program", async () => {
  const opened = await openBackend(backend, {
    dataDirectory: await temporaryFolder({ after }),
    environment: { CHASSIS_DURABILITY: "lose-minutes" },
    settings: { CHASSIS_BASE_URL: "http://localhost/api" },
    logger: silentLogger,
  });
  after(() => opened.close());
  const app = express();
  app.use("/api", opened.handle);
  const { port } = await serve(app);
  /** As it stands there: fetch would tidy the address up. */
  const get = (target: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Prefix: /evil\r\nConnection: close\r\n\r\n`),
      );
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString())).on("close", () => resolve(answer));
    });
  assert.match(await get("/api/rest/v1/notes"), /^HTTP\/1\.1 200 /);
  for (const target of [
    "/API/rest/v1/notes",
    "/Api/rest/v1/notes",
    "//api/rest/v1/notes",
    "/api//rest/v1/notes",
    "/api/../api/rest/v1/notes",
    "/api/%2e%2e/api/rest/v1/notes",
    "/api%2frest/v1/notes",
    "/%61pi/rest/v1/notes",
    "/api;x/rest/v1/notes",
    "/api/rest/v1/notes/..;/notes",
    "http://evil.example/api/rest/v1/notes",
    "http://localhost/api/rest/v1/notes",
    "/rest/v1/notes",
  ]) {
    const answer = await get(target);
    assert.match(answer, /^HTTP\/1\.1 40[04] /, `${target}\n${answer}`);
    assert.doesNotMatch(answer, /\.ts:\d|node_modules|CHASSIS_|evil/, `${target}\n${answer}`);
  }
  for (const path of ["/api/openapi.json", "/api/docs"]) assert.doesNotMatch(await get(path), /evil/);
});
