import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { noRateLimits } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { createHostCheck } from "../clients/host-check.ts";
import { createClientReader } from "../clients/read-client.ts";
import { createCors } from "./cors.ts";
import { defaultHttpLimits } from "./limits.ts";
import { Listener } from "./listener.ts";
import { createResponder } from "./responder.ts";
import { createRouter } from "./router.ts";
import { bodyOf, get, raw, start } from "./testing/running-listener.ts";

describe("the listener", async () => {
  const running = await start();
  const { port, url } = running;
  after(() => running.listener.close(0));

  test("answers with a length, a request id of its own and the security headers", async () => {
    const response = await fetch(`${url}/hello`, { headers: { "x-request-id": "mine" } });
    assert.equal(await response.text(), "hello");
    assert.equal(response.headers.get("content-length"), "5");
    assert.match(response.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(
      response.headers.get("content-security-policy"),
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-powered-by"), null);
    assert.equal(response.headers.get("server"), null);
    assert.equal(response.headers.get("access-control-allow-origin"), null);
  });

  test("HEAD gives GET's head alone", async () => {
    const answer = await raw(port, get("/hello").replace("GET", "HEAD"));
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /content-length: 5\r\n/);
    assert.ok(answer.endsWith("\r\n\r\n"));
  });

  test("OPTIONS and other methods are told what is allowed, whatever override they send", async () => {
    const options = await fetch(`${url}/hello`, { method: "OPTIONS" });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("allow"), "GET, POST, HEAD, OPTIONS");
    const refused = await fetch(`${url}/hello`, {
      method: "DELETE",
      headers: { "x-http-method-override": "GET", "x-method-override": "GET" },
    });
    assert.equal(refused.status, 405);
    assert.equal(refused.headers.get("allow"), "GET, POST, HEAD, OPTIONS");
    assert.equal(((await refused.json()) as { code: string }).code, "PGRST117");
  });

  test("an unknown throw is `internal` without its detail, and logged with its request id", async () => {
    const response = await fetch(`${url}/throws`);
    const body = await response.text();
    assert.equal(response.status, 500);
    assert.doesNotMatch(body, /secret/);
    assert.deepEqual(JSON.parse(body), {
      code: "internal",
      message: "Something went wrong on the server.",
      details: null,
      hint: null,
    });
    const line = running.logged.find(
      (fields) => "requestId" in fields && fields.requestId === response.headers.get("x-request-id"),
    );
    assert.ok(line !== undefined && "err" in line && String(line.err).includes("secret detail"));
  });

  for (const path of ["/HELLO", "/hello/", "/hello/more", "/Tree/a", "/tree/", "/nothing", "/"]) {
    test(`${path} is nobody's path`, async () => {
      const answer = await raw(port, get(path));
      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.equal(bodyOf(answer).code, "PGRST125");
    });
  }

  for (const path of [
    "//hello",
    "/%68ello",
    "/hello;a=1",
    "/tree/../hello",
    "/tree/%2e%2e/hello",
    "/hello%00",
    "/tree%2fa",
    "/./hello",
    "http://a/hello",
    "/hello%",
  ]) {
    test(`${path} is no second spelling of a path`, async () => {
      const answer = await raw(port, get(path));
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.equal(bodyOf(answer).code, "invalid_url");
    });
  }

  test("a subtree gets its segments decoded once", async () => {
    assert.equal(await (await fetch(`${url}/tree/a%20b/%2541`)).text(), "tree|a b|%41");
  });

  test("bodies arrive whole, by length and in chunks", async () => {
    const body = Buffer.alloc(300_000, "x");
    assert.equal(await (await fetch(`${url}/hello`, { method: "POST", body })).text(), "got 300000");
    const chunked = await raw(
      port,
      "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    assert.ok(chunked.endsWith("\r\n\r\nabcde"));
    assert.equal(await (await fetch(`${url}/hello`, { method: "POST" })).text(), "got 0");
  });

  test("a compressed body is refused", async () => {
    const response = await fetch(`${url}/hello`, { method: "POST", body: "x", headers: { "content-encoding": "gzip" } });
    assert.equal(response.status, 415);
    await response.body?.cancel();
  });

  test("a stream leaves in chunks; one that breaks cuts the connection", async () => {
    const whole = await raw(port, get("/stream"));
    assert.match(whole, /transfer-encoding: chunked/i);
    assert.equal(whole.slice(whole.indexOf("\r\n\r\n")).replaceAll(/\r\n(?:\d\r\n)?/g, ""), "one two");
    const broken = await raw(port, get("/breaks"));
    assert.match(broken, /begun/);
    assert.ok(running.logged.some((fields) => "err" in fields && String(fields.err).includes("broken")));
    assert.doesNotMatch(broken, /\r\n0\r\n\r\n$/);
  });

  test("a caller who goes away aborts the signal", async () => {
    let cancelled = false;
    const controller = new AbortController();
    const request = fetch(`${url}/abort`, { signal: controller.signal }).catch(() => (cancelled = true));
    setTimeout(() => controller.abort(), 50);
    await request;
    assert.ok(cancelled);
  });

  const malformed: Readonly<Record<string, string>> = {
    "no HTTP": "hello\r\n\r\n",
    "a length and chunks": "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a length that is no number": "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde",
    "bare LF": "GET /hello HTTP/1.1\nHost: a\n\n",
    "bare LF in a header": "GET /hello HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "a folded header": "GET /hello HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "a space before the colon": "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n",
    "NUL in a header": "GET /hello HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
    "no Host": "GET /hello HTTP/1.1\r\n\r\n",
    "another coding": "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/2's preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9": "GET /hello HTTP/9.9\r\nHost: a\r\n\r\n",
    "an unknown method": "FROB /hello HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const [name, bytes] of Object.entries(malformed)) {
    test(`malformed: ${name} is answered 400 once, in our shape, and closed`, async () => {
      const answer = await raw(port, bytes);
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
      if (name !== "no Host") assert.equal(bodyOf(answer).code, "malformed_request");
    });
  }

  test("what follows a body that is answered unread is never taken for a request", async () => {
    const smuggled = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    const answer = await raw(
      port,
      `POST /ignores-body HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}${get("/nothing")}`,
    );
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 404"]);
  });

  test("a malformed request behind one that waits is not answered in its place", async () => {
    const answer = await raw(port, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n");
    assert.doesNotMatch(answer, /malformed/);
  });

  test("two Authorization headers arrive as one that is no token", async () => {
    const answer = await raw(port, get("/tree", "Authorization: a\r\nAuthorization: b\r\n__proto__: c\r\nconstructor: d\r\n"));
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  test("an upgrade is answered as the request that it is", async () => {
    assert.match(
      await raw(port, get("/hello", "").replace("Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"), {
        enough: /hello/,
      }),
      /^HTTP\/1\.1 200 /,
    );
  });

  test("Expect: 100-continue is answered before the body is sent, any other expectation refused", async () => {
    const head = "POST /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n";
    const answer = await raw(port, `${head}Expect: 100-continue\r\n\r\n`, {
      onConnect: (socket) => setTimeout(() => socket.write("abc"), 50),
    });
    assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    assert.match(await raw(port, `${head}Expect: rain\r\n\r\nabc`), /^HTTP\/1\.1 400 /);
  });
});

test("an AppError's headers and status reach the caller", async () => {
  const router = createRouter({
    routes: [
      { path: "/a", methods: { GET: () => Promise.reject(new AppError("overloaded", { headers: { "retry-after": "3" } })) } },
    ],
  });
  const respond = createResponder({
    router,
    cors: createCors({ origins: [] }),
    rates: noRateLimits,
    logger: silentLogger,
    clock: systemClock,
    accessLog: false,
  });
  const listener = new Listener({
    readClient: createClientReader({ trusted: [], header: "x-forwarded-for" }),
    checkHost: createHostCheck({ baseUrl: undefined, allowedHosts: ["*"] }),
    respond,
    limits: defaultHttpLimits,
    clock: systemClock,
    ids: createIdSource(systemClock),
    logger: silentLogger,
  });
  const url = await listener.listen({ host: "127.0.0.1", port: 0 });
  const response = await fetch(`${url}/a`);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "3");
  await response.body?.cancel();
  await listener.close(0);
});
