import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, describe, test, type TestContext } from "node:test";
import { everyone, defineBackend, defineSchema, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { proxyNames, startProxy, startRedirects } from "../support/proxies.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What the app's routes saw of each request, in order. */
const seen: { readonly method: string; readonly url: string; readonly from: string | null; readonly body: string }[] = [];

const backend = defineBackend(defineSchema({ notes: { body: text() } }), {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  routes: () => async (request) => {
    const { method, url, headers } = request;
    seen.push({ method, url, from: headers.get("x-forwarded-for"), body: await request.text() });
    const named = ["forwarded", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "cf-connecting-ip"].filter((name) =>
      headers.has(name),
    );
    return Response.json({ url, from: headers.get("x-forwarded-for"), named });
  },
});

const start = async (settings: Record<string, string>): Promise<{ platform: Platform; port: number }> => {
  const config = loadConfig({ environment: settings, overrides: { port: "0" } });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder({ after }),
    isDisposable: true,
    logger: silentLogger,
  });
  after(() => platform.close());
  return { platform, port: Number(new URL(await platform.listen()).port) };
};

const { port: direct } = await start({});
const { port: behind } = await start({ CHASSIS_TRUSTED_PROXIES: "loopback", CHASSIS_ALLOWED_HOSTS: "site.example" });

/** Sends bytes as they are; gives all that came back until the connection is closed, or until nothing more comes. */
function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.setTimeout(400, () => socket.destroy());
    socket
      .on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")))
      .on("error", () => {})
      .on("close", () => resolve(answer));
  });
}

const statuses = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
const bodyOf = (answer: string): { url: string; from: string | null; named: readonly string[] } =>
  JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? "{}");
const get = (host: string, ...lines: readonly string[]): string =>
  ["GET /page HTTP/1.1", `Host: ${host}`, ...lines, "Connection: close", "", ""].join("\r\n");

const forged: readonly string[] = [
  "X-Forwarded-For: 203.0.113.66",
  "X-Forwarded-For: 198.51.100.7, 127.0.0.1",
  "Forwarded: for=203.0.113.66;host=evil.example;proto=https",
  "X-Forwarded-Host: evil.example",
  "X-Forwarded-Proto: https",
  "X-Real-IP: 203.0.113.66",
  "CF-Connecting-IP: 203.0.113.66",
];

test("24, 32, 40: without a proxy nobody says who they are, nor where we are", async () => {
  const answer = bodyOf(await send(direct, get("localhost", ...forged)));
  assert.deepEqual(answer, { url: "http://localhost/page", from: "127.0.0.1", named: [] });
});

test("24: a Host header that is not ours is refused before any route, and says what to set", async () => {
  for (const port of [direct, behind]) {
    for (const host of ["evil.example", "site.example.evil.example", "localhost@evil.example", "evil.example:80"]) {
      seen.length = 0;
      const answer = await send(port, get(host));
      assert.deepEqual(statuses(answer), [421], answer);
      assert.match(answer, /"code":"misdirected_request"/);
      assert.equal(seen.length, 0);
    }
    const answer = await send(port, get("evil.example"));
    assert.match(answer, /CHASSIS_BASE_URL.*CHASSIS_ALLOWED_HOSTS/);
    assert.deepEqual(statuses(await send(port, "GET /page HTTP/1.0\r\n\r\n")), [421]);
    assert.deepEqual(statuses(await send(port, get("10.1.2.3:4000").replace("/page", "/health/ready"))), [200]);
  }
});

test("24: an address that a trusted proxy forwards is checked as well", async () => {
  assert.deepEqual(statuses(await send(behind, get("localhost", "X-Forwarded-Host: evil.example"))), [421]);
  assert.equal(
    bodyOf(await send(behind, get("localhost", "X-Forwarded-Host: site.example", "X-Forwarded-Proto: https"))).url,
    "https://site.example/page",
  );
});

/** Each could be read as one request by one server and as two by another, or in two ways. */
const smuggled: Readonly<Record<string, string>> = {
  "Content-Length and Transfer-Encoding":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "Transfer-Encoding and Content-Length":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a space before the colon":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a tab in the coding":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "an unknown coding":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "two codings":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "two lengths":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a length with a sign":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a folded header":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nX: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a bare LF between headers":
    "POST /page HTTP/1.1\r\nHost: localhost\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a bare LF behind a chunk's size":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\n\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a bare CR":
    "POST /page HTTP/1.1\r\nHost: localhost\rTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a NUL in a header": "POST /page HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
  "a chunk size with more than a number":
    "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
};

/**
 * Whatever a message is taken for, nobody else's request is made of it: each request that the app saw was answered to the one who sent it,
 * and none is counted twice. `pipelined` follows a request of one's own on the same connection, which is allowed.
 */
async function assertOneReading(port: number, name: string, bytes: string): Promise<void> {
  seen.length = 0;
  const answer = await send(port, bytes);
  const answered = statuses(answer);
  const reached = seen.map(({ url }) => new URL(url).pathname);
  assert.ok(
    reached.length <= answered.length,
    `${name}: ${reached.join(" ")} reached the app, ${answered.join(" ")} was answered\n${answer}`,
  );
  // What follows on the connection of somebody else is theirs.
  seen.length = 0;
  for (let round = 0; round < 3; round++)
    assert.equal(new URL(bodyOf(await send(port, get("localhost"))).url).pathname, "/page", name);
  assert.deepEqual(
    seen.map(({ url, method }) => `${method} ${new URL(url).pathname}`),
    ["GET /page", "GET /page", "GET /page"],
    name,
  );
}

describe("41: what can be read in two ways", () => {
  for (const [name, bytes] of Object.entries(smuggled)) {
    test(`41: is refused, and ends the connection: ${name}`, async () => {
      seen.length = 0;
      const answer = await send(direct, bytes);
      assert.deepEqual(statuses(answer), [400], answer);
      assert.deepEqual(
        seen.filter(({ url }) => url.endsWith("/smuggled")),
        [],
      );
      await assertOneReading(direct, name, bytes);
    });
  }

  for (const proxy of proxyNames) {
    test(`41: is nobody else's request behind ${proxy}`, async (t: TestContext) => {
      const port = await startProxy(t, proxy, behind);
      if (port === undefined) return;
      for (const [name, bytes] of Object.entries(smuggled)) await assertOneReading(port, name, bytes);
    });
  }
});

for (const proxy of proxyNames) {
  test(`24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking`, async (t: TestContext) => {
    const port = await startProxy(t, proxy, behind);
    if (port === undefined) return;
    const honest = bodyOf(await send(port, get("site.example")));
    assert.deepEqual(honest, { url: "http://site.example/page", from: "127.0.0.1", named: [] });
    // The caller is 127.0.0.1 here and so a proxy too; what they claim is then believed one step further, and no more.
    const chained = bodyOf(
      await send(port, get("site.example", "X-Forwarded-For: 203.0.113.66, 198.51.100.7", ...forged.slice(2))),
    );
    assert.deepEqual(chained, { url: "http://site.example/page", from: "198.51.100.7", named: [] });
    assert.deepEqual(statuses(await send(port, get("evil.example"))), [421]);
  });
}

test("on port 80 nginx sends pages on to HTTPS, and refuses what a program sends in the clear", async (t) => {
  const port = await startRedirects(t);
  if (port === undefined) return;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init });
  const page = await ask("/recipes/7?x=1");
  assert.deepEqual([page.status, page.headers.get("location")], [301, "https://127.0.0.1/recipes/7?x=1"]);
  assert.equal((await ask("/auth/sign-in")).status, 301);
  const refused: readonly (readonly [string, RequestInit?])[] = [
    ["/rest/v1/notes"],
    ["/auth/v1/session"],
    ["/rest/v1"],
    ["/recipes/7", { headers: { authorization: "Bearer x" } }],
    ["/auth/sign-in", { method: "POST", body: "x" }],
  ];
  for (const [path, init] of refused) {
    const answer = await ask(path, init);
    assert.deepEqual([answer.status, answer.headers.get("location")], [403, null], path);
  }
});
