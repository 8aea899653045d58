import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchSafely } from "./fetch-safely.ts";
import { certificate, closed, refusalCode, startHello, startServer } from "./outgoing-fixtures.ts";

test("redirects are followed by the rules, and checked like the first address", async (t) => {
  const inner = await startHello(t);
  const server = await startServer(t, ({ url = "" }, response) => {
    const [, status = "200", to] = /^\/(\d{3})(?:\/(.*))?$/.exec(url) ?? [];
    response.writeHead(Number(status), to === undefined ? {} : { location: decodeURIComponent(to) }).end("x".repeat(100));
  });
  const to = (status: number, address: string): string => `${server.origin}/${status}/${encodeURIComponent(address)}`;
  const allow = [server.allow];
  const blocked = [
    inner.origin,
    `http://127.1:${inner.port}`,
    `http://localhost:${inner.port}`,
    `//[::ffff:127.0.0.1]:${inner.port}/`,
  ];
  for (const address of blocked)
    assert.equal(await refusalCode(to(302, address), { allow, ports: [inner.port] }), "address", address);
  assert.equal(await refusalCode(to(302, inner.origin), { allow }), "port");
  const resolve = async (): Promise<readonly string[]> => ["127.0.0.1"];
  assert.equal(
    await refusalCode(to(307, `http://rebind.example:${inner.port}`), { allow, ports: [inner.port], resolve }),
    "address",
  );
  assert.equal(inner.connections(), 0);
  for (const [address, expected] of [
    ["file:///etc/passwd", "scheme"],
    ["gopher://1.1.1.1/", "scheme"],
    ["http://user:word@1.1.1.1/", "credentials"],
    ["http://", "redirect"],
    ["http://10.0.0.1/", "address"],
  ] as const) {
    assert.equal(await refusalCode(to(302, address), { allow }), expected, address);
  }

  const cases = [
    ["POST", 301, "GET", ""],
    ["POST", 302, "GET", ""],
    ["POST", 303, "GET", ""],
    ["PUT", 301, "PUT", "body"],
    ["PUT", 303, "GET", ""],
    ["POST", 307, "POST", "body"],
    ["PATCH", 308, "PATCH", "body"],
  ] as const;
  for (const [method, status, then, body] of cases) {
    const response = await fetchSafely(to(status, "/200"), { method, body: "body", allow });
    assert.deepEqual([response.status, response.redirected, response.url], [200, true, `${server.origin}/200`]);
    await response.body?.cancel();
    const last = server.asked.at(-1);
    const type = body === "" ? undefined : "text/plain;charset=UTF-8";
    assert.deepEqual([last?.method, last?.body, last?.headers["content-type"]], [then, body, type], `${method} ${status}`);
  }
  const stream = new Blob(["body"]).stream();
  assert.equal(await refusalCode(to(307, "/200"), { method: "POST", body: stream, allow }), "redirect");

  assert.equal(await refusalCode(to(302, "/200"), { allow, redirect: "error" }), "redirect");
  assert.equal(
    (await fetchSafely(to(302, "http://10.0.0.1/"), { allow, redirect: "manual" })).headers.get("location"),
    "http://10.0.0.1/",
  );
  const chain = ["/302/%2F200", "/302/%2F302%2F%252F200"];
  assert.equal((await fetchSafely(`${server.origin}${chain[1]}`, { allow, maxRedirects: 2 })).status, 200);
  assert.equal(await refusalCode(`${server.origin}${chain[1]}`, { allow, maxRedirects: 1 }), "redirect");
  assert.equal(await refusalCode(`${server.origin}${chain[0]}`, { allow, maxRedirects: 0 }), "redirect");
});

test("a redirect in circles ends, and https does not lead to http", async (t) => {
  const circle = await startServer(t, (_request, response) => void response.writeHead(302, { location: "/" }).end());
  assert.equal(await refusalCode(circle.origin, { allow: [circle.allow] }), "redirect");
  assert.equal(circle.asked.length, 6);
  await closed(circle);
  const server = await startServer(t, (_request, response) => void response.writeHead(302, { location: circle.origin }).end(), {
    secure: true,
  });
  const host = `hooks.example:${server.port}`;
  const options = { allow: [host, circle.allow], resolve: async () => ["127.0.0.1"], ca: certificate.cert };
  assert.equal(await refusalCode(`https://${host}/`, options), "redirect");
  assert.equal(circle.asked.length, 6);
});

test("credentials stay at their origin", async (t) => {
  const other = await startHello(t);
  const server = await startServer(t, ({ url }, response) => {
    response.writeHead(307, { location: url === "/near" ? "/end" : other.origin });
    if (url === "/end") response.writeHead(200);
    response.end();
  });
  const headers = { Authorization: "Bearer x", Cookie: "a=b", "X-Own": "c" };
  const allow = [server.allow, other.allow];
  const second = await startServer(
    t,
    ({ url }, response) => void (url === "/end" ? response.end() : response.writeHead(307, { location: "/end" }).end()),
  );
  await (await fetchSafely(`${second.origin}/`, { headers, allow: [second.allow] })).text();
  assert.deepEqual(
    second.asked.map(({ headers }) => [headers.authorization, headers.cookie, headers["x-own"]]),
    [
      ["Bearer x", "a=b", "c"],
      ["Bearer x", "a=b", "c"],
    ],
  );
  await (await fetchSafely(`${server.origin}/far`, { headers, allow })).text();
  const { headers: sent } = other.asked[0] ?? assert.fail();
  assert.deepEqual([sent.authorization, sent.cookie, sent["x-own"]], [undefined, undefined, "c"]);
});
