import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Hono } from "hono";
import { noRateLimits } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { createHostCheck } from "../clients/host-check.ts";
import { createClientReader } from "../clients/read-client.ts";
import { createCors } from "./cors.ts";
import { createAppRoutes } from "./fetch-bridge.ts";
import { createFetchServer, type FetchServer } from "./fetch-handler.ts";
import { defaultHttpLimits } from "./limits.ts";
import { Listener } from "./listener.ts";
import { createResponder } from "./responder.ts";
import { createRouter, type Route } from "./router.ts";

const routes: readonly Route[] = [
  { path: "/api/hello", methods: { GET: () => ({ status: 200, headers: { "content-type": "text/plain" }, body: "hello" }) } },
  { path: "/api/echo", methods: { POST: async (exchange) => ({ status: 200, headers: {}, body: await exchange.body() }) } },
  { path: "/api/hangs", methods: { GET: () => new Promise(() => {}) } },
];

const app = new Hono()
  .get("/", (context) => context.html("<h1>Home</h1>"))
  .get("/page/:name", (context) => context.text(`${context.req.param("name")} ${new URL(context.req.url).pathname}`))
  .get("/cookies", (context) => {
    context.header("set-cookie", "a=1", { append: true });
    context.header("set-cookie", "b=2", { append: true });
    context.header("content-security-policy", "default-src 'self'");
    return context.body(null, 204);
  })
  .post(
    "/upper",
    (context) =>
      new Response(
        context.req.raw.body?.pipeThrough(new TextDecoderStream()).pipeThrough(upper()).pipeThrough(new TextEncoderStream()),
      ),
  )
  .get("/throws", () => {
    throw new Error("secret");
  })
  .onError((error) => {
    throw error;
  });

function upper(): TransformStream<string, string> {
  return new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) });
}

function responder(origins: readonly string[] = []) {
  const router = createRouter({ routes, fallback: createAppRoutes(app.fetch) });
  return createResponder({
    router,
    cors: createCors({ origins }),
    rates: noRateLimits,
    logger: silentLogger,
    clock: systemClock,
    accessLog: false,
  });
}

function server(limits: Partial<typeof defaultHttpLimits> = {}, origins: readonly string[] = []): FetchServer {
  return createFetchServer({
    respond: responder(origins),
    limits: { ...defaultHttpLimits, ...limits },
    clock: systemClock,
    ids: createIdSource(systemClock),
  });
}

const at = (path: string, init?: RequestInit): Request => new Request(`http://localhost${path}`, init);

describe("the fetch handler", () => {
  test("answers as the listener does", async () => {
    const response = await server().fetch(at("/api/hello"));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "hello");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(response.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(await (await server().fetch(at("/api/hello", { method: "HEAD" }))).text(), "");
    assert.equal((await server().fetch(at("/api/hello", { method: "DELETE" }))).status, 405);
    assert.equal((await server().fetch(at("/api/%68ello"))).status, 400);
    assert.equal((await server().fetch(at("//api/hello"))).status, 400);
  });

  test("bodies are read under the limit", async () => {
    const { fetch } = server({ bodyBytes: 10 });
    assert.equal(await (await fetch(at("/api/echo", { method: "POST", body: "0123456789" }))).text(), "0123456789");
    assert.equal((await fetch(at("/api/echo", { method: "POST", body: "0123456789a" }))).status, 413);
  });

  test("a hanging handler is answered in time, and a closed server says that it is", async () => {
    const { fetch, close } = server({ answerTimeout: 50 });
    assert.equal((await fetch(at("/api/hangs"))).status, 503);
    await close(100);
    const refused = await fetch(at("/api/hello"));
    assert.equal(refused.status, 503);
    assert.equal(((await refused.json()) as { code: string }).code, "unavailable");
  });
});

describe("an app's own routes", async () => {
  const listener = new Listener({
    readClient: createClientReader({ trusted: [], header: "x-forwarded-for" }),
    checkHost: createHostCheck({ baseUrl: undefined, allowedHosts: ["*"] }),
    respond: responder(),
    limits: { ...defaultHttpLimits, bodyBytes: 1000 },
    clock: systemClock,
    ids: createIdSource(systemClock),
    logger: silentLogger,
  });
  const url = await listener.listen({ host: "127.0.0.1", port: 0 });
  test.after(() => listener.close(0));

  test("get everything that is not ours, in one spelling, with headers that suit pages", async () => {
    const home = await fetch(`${url}/`);
    assert.equal(await home.text(), "<h1>Home</h1>");
    assert.equal(home.headers.get("content-length"), "13");
    assert.equal(home.headers.get("x-frame-options"), "SAMEORIGIN");
    assert.match(home.headers.get("content-security-policy") ?? "", /^default-src 'self'; script-src 'self' 'nonce-[\w-]{22}'; /);
    assert.equal(await (await fetch(`${url}/page/a%20b`)).text(), "a b /page/a%20b");
    assert.equal(await (await fetch(`${url}/page/caf%c3%a9`)).text(), "café /page/caf%C3%A9");
    assert.equal((await fetch(`${url}/%70age/x`)).status, 400);
    assert.equal((await fetch(`${url}/api/hello/`)).status, 404);
  });

  test("keep every cookie and their own headers", async () => {
    const response = await fetch(`${url}/cookies`);
    assert.equal(response.status, 204);
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.equal(response.headers.get("content-security-policy"), "default-src 'self'");
  });

  test("stream both ways, under the limit", async () => {
    assert.equal(await (await fetch(`${url}/upper`, { method: "POST", body: "abc" })).text(), "ABC");
    const tooLarge = await fetch(`${url}/upper`, { method: "POST", body: "x".repeat(1001) });
    assert.equal(tooLarge.status, 413);
    await tooLarge.body?.cancel();
  });

  test("their mistakes are `internal`", async () => {
    const response = await fetch(`${url}/throws`);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /secret/);
  });
});

describe("CORS", () => {
  const preflight = (origin: string): Request =>
    at("/api/hello", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "PATCH", "access-control-request-headers": "authorization,prefer" },
    });

  test("an allowed origin may read, and its preflight is answered", async () => {
    const { fetch } = server({}, ["https://app.example"]);
    const answer = await fetch(preflight("https://app.example"));
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get("access-control-allow-origin"), "https://app.example");
    assert.match(answer.headers.get("access-control-allow-methods") ?? "", /PATCH/);
    assert.equal(answer.headers.get("access-control-allow-headers"), "authorization,prefer");
    assert.match(answer.headers.get("vary") ?? "", /^Origin\b/);
    const read = await fetch(at("/api/hello", { headers: { origin: "https://app.example" } }));
    assert.equal(read.headers.get("access-control-allow-origin"), "https://app.example");
    assert.equal(read.headers.get("vary"), "Origin");
    const failed = await fetch(at("/api/hello", { method: "DELETE", headers: { origin: "https://app.example" } }));
    assert.equal(failed.headers.get("access-control-allow-origin"), "https://app.example");
  });

  for (const origin of [
    "https://evil.example",
    "null",
    "https://app.example.evil.example",
    "http://app.example",
    "https://APP.example",
    "",
  ]) {
    test(`${JSON.stringify(origin)} may not`, async () => {
      const { fetch } = server({}, ["https://app.example"]);
      for (const request of [preflight(origin), at("/api/hello", { headers: { origin } })]) {
        const response = await fetch(request);
        assert.equal(response.headers.get("access-control-allow-origin"), null);
        assert.match(response.headers.get("vary") ?? "", /Origin/);
      }
    });
  }

  test("everyone never comes with credentials", async () => {
    assert.throws(() => createCors({ origins: ["*"], credentials: true }));
    const { fetch } = server({}, ["*"]);
    const response = await fetch(at("/api/hello", { headers: { origin: "https://anybody.example" } }));
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.equal(response.headers.get("access-control-allow-credentials"), null);
    assert.equal(
      (await fetch(at("/api/hello", { headers: { origin: "null" } }))).headers.get("access-control-allow-origin"),
      null,
    );
  });
});
