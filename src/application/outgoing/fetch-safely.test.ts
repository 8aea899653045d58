import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type FetchSafelyOptions, fetchSafely } from "./fetch-safely.ts";
import { certificate, closed, listen, refusal, refusalCode, startHello, startServer } from "./outgoing-fixtures.ts";

test("an answer is a standard Response, and nothing stays open", async (t) => {
  const server = await startHello(t);
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const response = await fetchSafely(`${server.origin}/a?b=c#d`, { allow: [server.allow] });
  assert.ok(response instanceof Response);
  assert.deepEqual([response.status, response.ok, response.url], [200, true, `${server.origin}/a?b=c#d`]);
  assert.deepEqual([response.headers.get("x-a"), response.redirected, await response.text()], ["b", false, "Hello"]);
  const [asked] = server.asked;
  assert.deepEqual([asked?.method, asked?.url, asked?.headers.host], ["GET", "/a?b=c", server.allow]);
  assert.equal(asked?.headers.connection, "close");
  await closed(server);
  assert.equal(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before);
});

test("loopback and its disguises are not reached, not even by a connection", async (t) => {
  const server = await startHello(t);
  const names = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.1",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "0",
    "localhost",
    "LOCALHOST.",
  ];
  for (const name of names)
    assert.equal(await refusalCode(`http://${name}:${server.port}/`, { ports: [server.port] }), "address", name);
  assert.equal(server.connections(), 0);
});

test("a name that leads to one address that is not public is refused, and the message does not say where it leads", async () => {
  for (const addresses of [
    ["10.0.0.7"],
    ["1.1.1.1", "10.0.0.7"],
    ["2606:4700::1", "::ffff:10.0.0.7"],
    ["1.1.1.1", "10.0.0.7x"],
    ["fe80::1%lo"],
  ]) {
    const error = await refusal(fetchSafely("http://rebind.example/", { resolve: async () => addresses }));
    assert.equal(error.code, "address");
    assert.doesNotMatch(`${error.message} ${JSON.stringify(error)}`, /10\.0|fe80/);
    assert.match(String(error.cause), /Its address is/);
  }
  assert.equal(await refusalCode("http://nowhere.example/", { resolve: async () => [] }), "name");
  const failing = async (): Promise<never> => Promise.reject(new Error("getaddrinfo ENOTFOUND"));
  assert.equal(await refusalCode("http://nowhere.example/", { resolve: failing }), "name");
});

test("a name is looked up once, and the connection goes to what was checked then", async (t) => {
  const server = await startHello(t);
  const asked: string[] = [];
  // The first answer is right, every later one leads elsewhere: nobody may ask again.
  const resolve = async (name: string): Promise<readonly string[]> => {
    asked.push(name);
    return asked.length === 1 ? ["127.0.0.1"] : ["192.0.2.1"];
  };
  const host = `hooks.example:${server.port}`;
  const response = await fetchSafely(`http://${host}/`, { allow: [host], resolve });
  assert.equal(await response.text(), "Hello");
  assert.deepEqual([asked, server.asked[0]?.headers.host], [["hooks.example"], host]);

  // The attack: public when it is checked, loopback when it is asked for again.
  let lookups = 0;
  const rebinding = async (): Promise<readonly string[]> => (++lookups === 1 ? ["198.41.0.4"] : ["127.0.0.1"]);
  const { port } = server;
  await refusal(fetchSafely(`http://rebind.example:${port}/`, { ports: [port], resolve: rebinding, connectTimeout: 300 }));
  assert.deepEqual([lookups, server.connections()], [1, 1]);
});

test("over TLS the name is the certificate's, not the address", async (t) => {
  const names: unknown[] = [];
  const server = await startServer(
    t,
    ({ socket }, response) => {
      names.push((socket as unknown as { servername: unknown }).servername);
      response.end("Safe");
    },
    { secure: true },
  );
  const host = `hooks.example:${server.port}`;
  const other = `other.example:${server.port}`;
  const options = {
    allow: [host, `hooks.example.:${server.port}`, other],
    resolve: async () => ["127.0.0.1"],
    ca: certificate.cert,
  };
  assert.equal(await (await fetchSafely(`https://${host}/`, options)).text(), "Safe");
  assert.equal(await (await fetchSafely(`https://hooks.example.:${server.port}/`, options)).text(), "Safe");
  assert.deepEqual(names, ["hooks.example", "hooks.example"]);
  assert.equal(await refusalCode(`https://${other}/`, options), "connection");
  assert.equal(await refusalCode(`https://${host}/`, { allow: options.allow, resolve: options.resolve }), "connection");
  assert.equal(await refusalCode(`https://${server.allow}/`, { ...options, allow: [server.allow] }), "connection");
  assert.equal(server.asked.length, 2);
});

test("the environment sends nothing through a proxy and turns no certificate check off", async (t) => {
  const proxy = await startServer(t, (_request, response) => void response.end("From the proxy"));
  const server = await startHello(t);
  const secure = await startServer(t, (_request, response) => void response.end("Unchecked"), { secure: true });
  const program = `
    import { fetchSafely } from ${JSON.stringify(import.meta.resolve("./fetch-safely.ts"))};
    const allow = ${JSON.stringify([server.allow, secure.allow])};
    const words = await (await fetchSafely("${server.origin}/", { allow })).text();
    const unchecked = await fetchSafely("${secure.origin}/", { allow }).catch((error) => error.code);
    console.log(words, unchecked);`;
  const environment = {
    HTTP_PROXY: proxy.origin,
    HTTPS_PROXY: proxy.origin,
    NODE_USE_ENV_PROXY: "1",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    env: { ...environment, PATH: "" },
    timeout: 20_000,
  });
  assert.equal(stdout.trim(), "Hello connection");
  assert.equal(proxy.connections(), 0);
});

test("bodies of every form are sent, each with its length or in chunks", async (t) => {
  const server = await startServer(t, (_request, response) => void response.end());
  const send = async (body: FetchSafelyOptions["body"]): Promise<readonly unknown[]> => {
    await (
      await fetchSafely(server.origin, { method: "post", allow: [server.allow], ...(body === undefined ? {} : { body }) })
    ).text();
    const { headers, body: sent } = server.asked.at(-1) ?? assert.fail();
    return [sent, headers["content-length"] ?? headers["transfer-encoding"], headers["content-type"]];
  };
  assert.deepEqual(await send("h\u00e9"), ["h\u00e9", "3", "text/plain;charset=UTF-8"]);
  assert.deepEqual(await send(new TextEncoder().encode("abc")), ["abc", "3", undefined]);
  assert.deepEqual(await send(new URLSearchParams({ a: "b" })), ["a=b", "3", "application/x-www-form-urlencoded;charset=UTF-8"]);
  assert.deepEqual(await send(new Blob(["{}"], { type: "application/json" })), ["{}", "2", "application/json"]);
  assert.deepEqual(await send(new Blob(["stream"]).stream()), ["stream", "chunked", undefined]);
  assert.deepEqual(await send(undefined), ["", "0", undefined]);
});

test("a body over the limit is not sent, or not to its end", async (t) => {
  const server = await startServer(t, (_request, response) => void response.end());
  const options = { method: "POST", allow: [server.allow], maxRequestBytes: 1000 } as const;
  assert.equal((await fetchSafely(server.origin, { ...options, body: "x".repeat(1000) })).status, 200);
  assert.equal(await refusalCode(server.origin, { ...options, body: "x".repeat(1001) }), "request_too_large");
  assert.equal(await refusalCode(server.origin, { ...options, body: new Blob(["x".repeat(1001)]) }), "request_too_large");
  assert.equal(server.connections(), 1);
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100)),
    cancel: () => void (cancelled = true),
  });
  assert.equal(await refusalCode(server.origin, { ...options, body: endless }), "request_too_large");
  assert.deepEqual([cancelled, server.asked.length], [true, 1]);
  const failing = new ReadableStream({ pull: (controller) => controller.error(new RangeError("mine")) });
  await assert.rejects(fetchSafely(server.origin, { ...options, body: failing }), { name: "RangeError", message: "mine" });
  await closed(server);
});

test("an answer over the limit is refused by its length, by its bytes, and by its bytes once unpacked", async (t) => {
  const big = Buffer.alloc(2_000_000);
  const forms: Readonly<Record<string, readonly [body: Buffer, headers: Readonly<Record<string, string>>]>> = {
    "/length": [big, { "content-length": String(big.length) }],
    "/chunks": [big, {}],
    "/gzip": [gzipSync(big), { "content-encoding": "gzip" }],
    "/br": [brotliCompressSync(big, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }), { "content-encoding": "BR" }],
  };
  const server = await startServer(t, ({ url = "" }, response) => {
    const [body, headers] = forms[url] ?? assert.fail(url);
    response.writeHead(200, headers).write(body);
    response.end();
  });
  for (const path of Object.keys(forms)) {
    const options = { allow: [server.allow], maxResponseBytes: 100_000 };
    const read = async (): Promise<string> => (await fetchSafely(`${server.origin}${path}`, options)).text();
    assert.equal((await refusal(read())).code, "response_too_large", path);
  }
  await closed(server);
  assert.ok((forms["/gzip"]?.[0].length ?? 0) < 100_000);
});

test("packed answers are unpacked, once and no oftener", async (t) => {
  const forms: Readonly<Record<string, readonly [body: Buffer, coding: string]>> = {
    "/gzip": [gzipSync("packed"), "gzip"],
    "/x-gzip": [gzipSync("packed"), "x-gzip"],
    "/br": [brotliCompressSync("packed"), "br"],
    "/identity": [Buffer.from("packed"), "identity"],
    "/twice": [gzipSync(gzipSync("packed")), "gzip, gzip"],
    "/zstd": [Buffer.from("?"), "zstd"],
    "/damaged": [Buffer.from("not packed at all"), "gzip"],
    "/cut": [gzipSync("packed".repeat(1000)).subarray(0, 30), "gzip"],
    "/damaged-br": [Buffer.from("not packed at all"), "br"],
  };
  const server = await startServer(t, ({ url = "" }, response) => {
    const [body, coding] = forms[url] ?? assert.fail(url);
    response.writeHead(200, { "content-encoding": coding }).end(body);
  });
  const get = async (path: string): Promise<string> =>
    (await fetchSafely(`${server.origin}${path}`, { allow: [server.allow] })).text();
  for (const path of ["/gzip", "/x-gzip", "/br", "/identity"]) assert.equal(await get(path), "packed", path);
  assert.equal(server.asked[0]?.headers["accept-encoding"], "gzip, br");
  const { headers } = await fetchSafely(`${server.origin}/gzip`, { allow: [server.allow] });
  assert.deepEqual([headers.get("content-encoding"), headers.get("content-length")], [null, null]);
  for (const path of ["/twice", "/zstd"]) assert.equal((await refusal(get(path))).code, "encoding", path);
  for (const path of ["/damaged", "/cut", "/damaged-br"]) assert.equal((await refusal(get(path))).code, "answer", path);
});

test("time is bounded: to connect, to answer, and to the last byte", async (t) => {
  const server = await startServer(t, ({ url }, response) => {
    if (url === "/body") response.writeHead(200).write("begun");
    if (url === "/cut") response.writeHead(200, { "content-length": "10" }).write("begun", () => response.destroy());
  });
  const allow = [server.allow];
  assert.equal(await refusalCode(server.origin, { allow, timeout: 100 }), "timeout");
  const response = await fetchSafely(`${server.origin}/body`, { allow, timeout: 200 });
  assert.equal((await refusal(response.text())).code, "timeout");
  // Nobody reads it: it ends all the same.
  await fetchSafely(`${server.origin}/body`, { allow, timeout: 100 });
  await closed(server);
  assert.equal((await refusal((await fetchSafely(`${server.origin}/cut`, { allow })).text())).code, "connection");
  // Nothing stays at the caller's signal, which may live as long as the program.
  const { signal } = new AbortController();
  await fetchSafely(`${server.origin}/body`, { allow, signal, timeout: 100 });
  await closed(server);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  const never = (): Promise<never> => new Promise(() => {});
  const start = performance.now();
  assert.equal(await refusalCode("http://slow.example/", { resolve: never, connectTimeout: 50 }), "timeout");
  assert.ok(performance.now() - start < 2000);
  // TCP without TLS: the handshake is part of connecting.
  const silent = await listen(t, createTcpServer());
  const host = `127.0.0.1:${silent.port}`;
  assert.equal(await refusalCode(`https://${host}/`, { allow: [host], connectTimeout: 100 }), "timeout");
});

test("a caller may give it up at any moment, and gets the reason back", async (t) => {
  const server = await startServer(t, ({ url }, response) => {
    if (url === "/body") response.writeHead(200).write("begun");
  });
  const allow = [server.allow];
  for (const reason of [new RangeError("enough"), "a text"]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    const thrown = await fetchSafely(server.origin, { allow, signal: controller.signal }).catch((error: unknown) => error);
    assert.equal(thrown, reason);
    assert.equal(
      await fetchSafely(server.origin, { allow, signal: AbortSignal.abort(reason) }).catch((error: unknown) => error),
      reason,
    );
    const reading = new AbortController();
    const response = await fetchSafely(`${server.origin}/body`, { allow, signal: reading.signal });
    setTimeout(() => reading.abort(reason), 50);
    assert.equal(await response.text().catch((error: unknown) => error), reason);
  }
  const response = await fetchSafely(`${server.origin}/body`, { allow });
  await response.body?.cancel();
  await closed(server);
});

test("what is not an answer is said to be none, without an address", async (t) => {
  const say = async (words: string): Promise<string> => {
    const server = createTcpServer((socket) => void socket.once("data", () => socket.end(words)));
    const { port } = await listen(t, server);
    const error = await refusal(
      fetchSafely(`http://127.0.0.1:${port}/`, { allow: [`127.0.0.1:${port}`] }).then((response) => response.text()),
    );
    assert.doesNotMatch(error.message, /127|\d{4,}/);
    return error.code;
  };
  assert.equal(await say("SSH-2.0-OpenSSH\r\n"), "answer");
  assert.equal(await say(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), "answer");
  assert.equal(await say("HTTP/1.1 999 No\r\n\r\n"), "answer");
  assert.equal(await say("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), "answer");
  // Node's parser, once a body has begun, says no more than that the connection ended.
  assert.equal(await say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "connection");
  assert.equal(await say(""), "connection");
  const gone = await listen(t, createTcpServer());
  const refused = await refusal(fetchSafely("http://127.0.0.1:1/", { allow: ["127.0.0.1:1"] }));
  assert.deepEqual([refused.code, refused.message, gone.connections()], ["connection", "The connection failed.", 0]);
});

test("answers without a body have none, and HEAD has the headers", async (t) => {
  const server = await startServer(t, ({ url = "" }, response) => {
    response.writeHead(Number(url.slice(1)), { "content-encoding": "gzip", "set-cookie": ["a=1", "b=2"] }).end();
  });
  const options = { allow: [server.allow] };
  const head = await fetchSafely(`${server.origin}/200`, { ...options, method: "HEAD" });
  assert.deepEqual([head.body, head.headers.getSetCookie()], [null, ["a=1", "b=2"]]);
  for (const status of [204, 205, 304]) {
    const response = await fetchSafely(`${server.origin}/${status}`, options);
    assert.deepEqual([response.status, response.body], [status, null]);
  }
  const empty = await fetchSafely(`${server.origin}/500`, options);
  // Its body says that it is packed, and is empty: nobody reads it, and nothing comes of that.
  await closed(server);
  assert.equal(empty.ok, false);
  assert.equal((await refusal(empty.text())).code, "answer");
});

test("requests that would be others than they look are refused", async () => {
  const refused: readonly FetchSafelyOptions[] = [
    { method: "CONNECT" },
    { method: "trace" },
    { method: "GET / HTTP/1.1\r\nX:" },
    { method: "GET", body: "x" },
    { headers: { Host: "intranet" } },
    { headers: { "Transfer-Encoding": "chunked" } },
    { headers: { "content-length": "5" } },
    { headers: { connection: "upgrade" } },
    { headers: { "proxy-authorization": "x" } },
    { headers: { "x-a": "b\r\nx-c: d" } },
    { headers: { "x a": "b" } },
  ];
  for (const options of refused)
    assert.equal(await refusalCode("http://1.1.1.1/", options), "invalid_request", JSON.stringify(options));
  for (const options of [
    { timeout: 0 },
    { timeout: Number.NaN },
    { connectTimeout: 2 ** 31 },
    { maxRedirects: -1 },
    { allow: ["x"] },
  ]) {
    await assert.rejects(fetchSafely("http://1.1.1.1/", options), TypeError, JSON.stringify(options));
  }
});
