import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { HttpLimits } from "./limits.ts";
import { bodyOf, get, type Running, raw, start } from "./testing/running-listener.ts";

describe("limits", () => {
  async function withLimits(limits: Partial<HttpLimits>, work: (running: Running) => Promise<void>): Promise<void> {
    const running = await start(limits);
    try {
      await work(running);
    } finally {
      await running.listener.close(0);
    }
  }

  test("urlLength", () =>
    withLimits({ urlLength: 100 }, async ({ port }) => {
      const answer = await raw(port, get(`/hello?${"a".repeat(200)}`));
      assert.match(answer, /^HTTP\/1\.1 414 /);
      assert.match(bodyOf(answer).details ?? "", /100 bytes \(urlLength\)/);
    }));

  test("headerBytes and headerCount", () =>
    withLimits({ headerBytes: 1000, urlLength: 100, headerCount: 20 }, async ({ port }) => {
      const large = await raw(port, get("/hello", `X: ${"a".repeat(2000)}\r\n`));
      assert.match(large, /^HTTP\/1\.1 431 /);
      assert.match(bodyOf(large).details ?? "", /headerBytes/);
      const many = await raw(port, get("/hello", "X: a\r\n".repeat(30)));
      assert.match(many, /^HTTP\/1\.1 431 /);
      assert.match(bodyOf(many).details ?? "", /headerCount/);
    }));

  test("bodyBytes, by its length before it is sent", () =>
    withLimits({ bodyBytes: 1000 }, async ({ port }) => {
      const answer = await raw(port, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc");
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /connection: close/);
      assert.match(bodyOf(answer).details ?? "", /1000 bytes \(bodyBytes\)/);
      const waits = await raw(
        port,
        "POST /hello HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n",
      );
      assert.match(waits, /^HTTP\/1\.1 413 /);
    }));

  test("bodyBytes in chunks: reading stops", () =>
    withLimits({ bodyBytes: 1000 }, async ({ port }) => {
      const chunk = Buffer.from(`10000\r\n${"x".repeat(0x10000)}\r\n`);
      let sent = 0;
      const answer = await raw(port, "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", {
        onConnect: (socket) => {
          const pour = () => {
            while (!socket.destroyed && sent < 100_000_000) {
              sent += chunk.length;
              if (!socket.write(chunk)) {
                socket.once("drain", pour);
                return;
              }
            }
          };
          pour();
        },
      });
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.ok(sent < 50_000_000, `${sent} bytes were taken`);
    }));

  test("headerTimeout and receiveTimeout", () =>
    withLimits({ headerTimeout: 100, receiveTimeout: 200 }, async ({ port }) => {
      const head = await raw(port, "GET /hello HTTP/1.1\r\nHo");
      assert.match(head, /^HTTP\/1\.1 408 /);
      assert.match(bodyOf(head).details ?? "", /100 ms for the headers \(headerTimeout\)/);
      assert.match(await raw(port, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"), /^HTTP\/1\.1 408 /);
    }));

  test("answerTimeout aborts and answers", () =>
    withLimits({ answerTimeout: 100 }, async ({ url }) => {
      for (const path of ["/hangs", "/abort"]) {
        const response = await fetch(url + path);
        assert.equal(response.status, 503);
        assert.equal(((await response.json()) as { code: string }).code, "57014");
      }
    }));

  test("keepAliveTimeout and requestsPerConnection", () =>
    withLimits({ keepAliveTimeout: 50, requestsPerConnection: 2 }, async ({ port }) => {
      const request = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
      assert.equal((await raw(port, request)).match(/200 OK/g)?.length, 1);
      const answer = await raw(port, request.repeat(3));
      assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g)?.slice(0, 2), ["HTTP/1.1 200", "HTTP/1.1 200"]);
      assert.match(answer, /connection: close/i);
    }));

  test("connections", () =>
    withLimits({ connections: 1 }, async ({ port }) => {
      const first = connect(port, "127.0.0.1");
      await new Promise((resolve) => first.once("connect", resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const answer = await raw(port, get("/hello"));
      assert.match(answer, /^HTTP\/1\.1 503 /);
      assert.match(bodyOf(answer).details ?? "", /1 connections \(connections\)/);
      first.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.match(await raw(port, get("/hello")), /^HTTP\/1\.1 200 /);
    }));
});

describe("closing", () => {
  test("answers what is under way, tells the caller to close, and takes nothing new", async () => {
    const { listener, port } = await start();
    const slow = raw(port, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = listener.close(5000);
    const answer = await slow;
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /connection: close/);
    await closed;
    await assert.rejects(fetch(`http://127.0.0.1:${port}/hello`));
  });

  test("a request that arrives on an open connection while closing is answered", async () => {
    const { listener, port } = await start();
    const answer = raw(port, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", {
      onConnect: (socket) => setTimeout(() => socket.write("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 100),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await listener.close(5000);
    assert.equal((await answer).match(/200 OK/g)?.length, 2);
  });

  test("cuts what is not done within the patience", async () => {
    const { listener, port } = await start();
    const hanging = raw(port, get("/hangs"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    await listener.close(100);
    assert.ok(performance.now() - started < 2000);
    await hanging;
  });
});
