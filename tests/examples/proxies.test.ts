import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, type ClientHttp2Session } from "node:http2";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { defineBackend, defineSchema, everyone, openBackend, query, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { freePort } from "../support/free-port.ts";
import { requireCommand } from "../support/requirements.ts";
import { localCertificate } from "../support/smtp-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// The files of examples/hosting/proxies as they are, but for ports and the paths of certificates.

const run = promisify(execFile);
const examples = join(import.meta.dirname, "../../examples/hosting/proxies");

let release: () => void = () => {};
/** What has come of the body of a request to /sink. */
let arrived = "";
const begun: ReadableStreamDefaultController<Uint8Array>[] = [];

const backend = defineBackend(defineSchema({ notes: { body: text().max(3_000_000) } }), {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  functions: {
    waits: query({ access: everyone }, async () => {
      await new Promise<void>((resolve) => (release = resolve));
      return "done";
    }),
  },
  routes: (app) => async (request) => {
    const { pathname, protocol, host } = new URL(request.url);
    if (pathname === "/sink") {
      arrived = "";
      const decoder = new TextDecoder();
      for await (const chunk of request.body ?? []) arrived += decoder.decode(chunk, { stream: true });
      return Response.json({ length: arrived.length });
    }
    if (pathname === "/events")
      return new Response(new ReadableStream({ start: (controller) => void begun.push(controller) }), {
        headers: { "content-type": "text/event-stream" },
      });
    return Response.json({ protocol, host, from: request.headers.get("x-forwarded-for"), link: `${app.base}/page` });
  },
});

async function start(port: number, folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const environment = {
    CHASSIS_BASE_URL: "https://site.example",
    CHASSIS_TRUSTED_PROXIES: "loopback",
    CHASSIS_DURABILITY: "lose-minutes",
    CHASSIS_RATE_LIMITS: "off",
    ...settings,
  };
  const config = loadConfig({ environment, overrides: { port: String(port) } });
  const platform = await createPlatform({ backend, config, dataDirectory: folder, logger: silentLogger });
  await platform.listen();
  return platform;
}

interface Proxy {
  readonly tls: number;
  readonly plain: number;
}

/** The configuration is examined by the program itself, then run; ends with the test. */
async function startProxy(
  t: TestContext,
  name: "nginx" | "haproxy",
  { port, change = (text) => text }: { readonly port: number; readonly change?: (text: string) => string },
): Promise<Proxy | undefined> {
  const program = requireCommand(t, { names: [`/usr/sbin/${name}`, name], howToGet: `apt-get install ${name}` });
  if (program === undefined) return undefined;
  const folder = await temporaryFolder(t);
  const [tls, plain] = [await freePort(), await freePort()];
  await mkdir(join(folder, "ssl"));
  const files = {
    "fullchain.pem": localCertificate.cert,
    "key.pem": localCertificate.key,
    "full.pem": localCertificate.cert + localCertificate.key,
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, "ssl", file), content);
  const shown = change(await readFile(join(examples, name === "nginx" ? "nginx.conf" : "haproxy.cfg"), "utf8"))
    .replaceAll("/etc/ssl/site.example", join(folder, "ssl"))
    .replaceAll("127.0.0.1:4000", `127.0.0.1:${port}`)
    .replace(/(listen |bind :)443/, `$1${tls}`)
    .replace(/(listen |bind :)80\b/, `$1${plain}`);
  const file = join(folder, "proxy.conf");
  const around = `daemon off; master_process off; pid ${folder}/nginx.pid; events {} http { access_log off;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((each) => `${each}_temp_path ${folder}/${each};`).join(" ")}\n`;
  await writeFile(file, name === "nginx" ? `${around}${shown}}\n` : shown);
  const args = name === "nginx" ? ["-c", file, "-p", folder, "-e", join(folder, "error.log")] : ["-db", "-f", file];
  await run(program, name === "nginx" ? ["-t", ...args] : ["-c", "-f", file]);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  const exited = once(child, "exit");
  t.after(async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await exited;
  });
  while ((await ask(tls, "/health/live").catch(() => undefined)) === undefined)
    if (child.exitCode !== null) throw new Error(`${name} did not start.`);
  return { tls, plain };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** As a browser asks, to which site.example is this machine. */
function ask(
  port: number,
  path: string,
  { method = "GET", body, headers = {} }: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        port,
        host: "127.0.0.1",
        path,
        method,
        rejectUnauthorized: false,
        servername: "site.example",
        headers: { host: "site.example", "content-type": "application/json", ...headers },
      },
      (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response
          .on("end", () => resolve({ status: response.statusCode ?? 0, text: received, headers: response.headers }))
          .on("error", reject);
      },
    ).on("error", reject);
    sent.end(body);
  });
}

/** Sends a body line by line, each once `isNext` says that the one before it has come. */
async function askSlowly(
  port: number,
  path: string,
  lines: readonly string[],
  isNext: (sent: string) => boolean,
): Promise<Answer> {
  let sent = "";
  const answer = Promise.withResolvers<Answer>();
  const asking = httpsRequest(
    {
      port,
      host: "127.0.0.1",
      path,
      method: "POST",
      rejectUnauthorized: false,
      servername: "site.example",
      headers: { host: "site.example", "content-type": "application/x-ndjson" },
    },
    (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => answer.resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    },
  ).on("error", answer.reject);
  const patience = AbortSignal.timeout(10_000);
  for (const line of lines) {
    asking.write(line);
    sent += line;
    while (!isNext(sent)) {
      patience.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  asking.end();
  return answer.promise;
}

async function asHttp2(port: number, path: string, onChunk: (text: string, session: ClientHttp2Session) => void): Promise<void> {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: "site.example" });
  try {
    const stream = session.request({ ":path": path, ":authority": "site.example" });
    for await (const chunk of stream.setEncoding("utf8")) onChunk(chunk as string, session);
  } finally {
    session.destroy();
  }
}

for (const name of ["nginx", "haproxy"] as const)
  test(`${name} as its file sets it up: TLS, HTTP/2, who asks, large bodies, events, port 80`, async (t) => {
    const port = await freePort();
    const platform = await start(port, await temporaryFolder({ after }));
    t.after(() => platform.close());
    const proxy = await startProxy(t, name, { port });
    if (proxy === undefined) return;
    const { tls, plain } = proxy;
    const seen = JSON.parse((await ask(tls, "/page", { headers: { forwarded: "for=1.2.3.4" } })).text) as object;
    assert.deepEqual(seen, { protocol: "https:", host: "site.example", from: "127.0.0.1", link: "/page" });
    const { headers } = await ask(tls, "/rest/v1/notes");
    assert.match(String(headers["strict-transport-security"]), /max-age=31536000/);
    assert.equal(
      (await ask(tls, "/rest/v1/notes", { method: "POST", body: JSON.stringify({ body: "x".repeat(2_500_000) }) })).status,
      201,
    );
    const refused = await ask(tls, "/rest/v1/rpc/waits", { method: "POST", body: "x".repeat(11_000_000) });
    // nginx takes an answer before the end of the body, and the end of the connection, for a failure of the server.
    assert.ok(refused.status === 413 || (name === "nginx" && refused.status === 502), refused.text);

    const lines = Array.from({ length: 4 }, (_, at) => `{"body":"line ${at}"}\n`);
    // Each line is sent once the one before it is there: nothing in between waits for the whole.
    const sunk = await askSlowly(tls, "/sink", lines, (sent) => arrived === sent);
    assert.equal(sunk.text, `{"length":${lines.join("").length}}`);
    assert.equal((await askSlowly(tls, "/rest/v1/notes", lines, () => true)).status, 201);

    const heard: string[] = [];
    begun.length = 0;
    const listening = asHttp2(tls, "/events", (chunk) => {
      heard.push(chunk);
      // The next event is sent once the last one was heard: nothing in between holds them back.
      if (heard.length < 3) begun[0]?.enqueue(Buffer.from(`data: ${heard.length + 1}\n\n`));
      else begun[0]?.close();
    });
    while (begun.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    begun[0]?.enqueue(Buffer.from("data: 1\n\n"));
    await listening;
    assert.deepEqual(heard, ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]);

    const moved = await fetch(`http://127.0.0.1:${plain}/page`, { redirect: "manual" });
    assert.equal(moved.status, 301);
    assert.equal((await fetch(`http://127.0.0.1:${plain}/rest/v1/notes`)).status, 403);
    assert.equal((await fetch(`http://127.0.0.1:${plain}/page`, { headers: { authorization: "Bearer x" } })).status, 403);
  });

test("a restart behind haproxy fails no request: what is under way is answered, what comes waits", async (t) => {
  const port = await freePort();
  const folder = await temporaryFolder({ after });
  let platform = await start(port, folder);
  t.after(() => platform.close());
  const proxy = await startProxy(t, "haproxy", { port });
  if (proxy === undefined) return;
  const slow = ask(proxy.tls, "/rest/v1/rpc/waits", { method: "POST", body: "{}" });
  const answers: number[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      answers.push((await ask(proxy.tls, "/rest/v1/notes?limit=1&select=id")).status);
      answers.push((await ask(proxy.tls, "/rest/v1/notes", { method: "POST", body: '{"body":"x"}' })).status);
    }
  })();
  while (answers.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  const closing = platform.close();
  release();
  await closing;
  assert.equal((await slow).status, 200);
  platform = await start(port, folder);
  const before = answers.length;
  while (answers.length < before + 10) await new Promise((resolve) => setTimeout(resolve, 5));
  over.abort();
  await asking;
  assert.deepEqual(new Set(answers), new Set([200, 201]));
});

for (const prefix of ["kept", "stripped"] as const)
  test(`below a path of nginx's host that is ${prefix}`, async (t) => {
    const port = await freePort();
    const platform = await start(port, await temporaryFolder({ after }), {
      CHASSIS_BASE_URL: "https://site.example/app",
      CHASSIS_PREFIX: prefix,
    });
    t.after(() => platform.close());
    const own = await readFile(join(examples, "nginx-prefix.conf"), "utf8");
    const place = prefix === "kept" ? own : own.replace("proxy_pass http://chassis;", "proxy_pass http://chassis/;");
    const proxy = await startProxy(t, "nginx", {
      port,
      change: (text) => text.replace(/ {2}location \/ \{[^}]*\}/, `${place}\n location / { return 404; }`),
    });
    if (proxy === undefined) return;
    const made = await ask(proxy.tls, "/app/rest/v1/notes", {
      method: "POST",
      body: '{"body":"one"}',
      headers: { prefer: "return=headers-only" },
    });
    assert.equal(made.status, 201);
    const location = String(made.headers["location"]);
    assert.match(location, /^\/app\/rest\/v1\/notes\?/);
    assert.equal((await ask(proxy.tls, location)).status, 200);
    assert.match((await ask(proxy.tls, "/app/page")).text, /"link":"\/app\/page"/);
    // Taken away once: what lies below is a page of the app.
    assert.match((await ask(proxy.tls, "/app/app/rest/v1/notes")).text, /"protocol"/);
  });

test("a server that this is mounted in may stand behind a proxy too", async (t) => {
  const folder = await temporaryFolder({ after });
  const opened = await openBackend(backend, {
    dataDirectory: folder,
    logger: silentLogger,
    environment: {
      CHASSIS_BASE_URL: "https://site.example",
      CHASSIS_TRUSTED_PROXIES: "loopback",
      CHASSIS_DURABILITY: "lose-minutes",
    },
  });
  t.after(() => opened.close());
  const { createServer } = await import("node:http");
  const port = await freePort();
  const server = createServer((request, response) => opened.handle(request, response)).listen(port, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const proxy = await startProxy(t, "nginx", { port });
  if (proxy === undefined) return;
  assert.match((await ask(proxy.tls, "/page")).text, /"protocol":"https:","host":"site.example"/);
});
