import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createClient, type Fetch } from "chassis/client";
import { openTestBackend } from "chassis/testing";
import { type BuildOptions, build } from "esbuild";
import backend from "../../examples/react/backend.ts";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const page = join(import.meta.dirname, "page");
const [email, password] = ["ada@example.org", "correct horse battery"];

/** React as it is while developing: it says what it does not like. */
async function bundle(file: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(page, file)],
    bundle: true,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    write: false,
    logLevel: "error",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}

test("a page that a server renders goes on in the browser in StrictMode: nothing asked twice, mistakes caught, other tabs noticed", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const script = await bundle("in-browser.tsx", { format: "esm", platform: "browser" });
  const file = join(await temporaryFolder(t), "on-server.cjs");
  await writeFile(file, await bundle("on-server.tsx", { format: "cjs", platform: "node" }));
  const { render } = createRequire(import.meta.url)(file) as {
    readonly render: (origin: string, given: { fetch: Fetch; cookie: string }) => Promise<string>;
  };

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const app = await openTestBackend(backend, { settings: { CHASSIS_BASE_URL: origin } });
  t.after(() => app.close());
  const asked: string[] = [];
  /** Answers of writes wait for this. */
  let gate = Promise.resolve();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    if (path === "/page.js") return void response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (!/^\/(?:rest|auth)\//.test(path)) {
      const html = await render(origin, { fetch: (each) => app.fetch(each), cookie: request.headers.cookie ?? "" });
      return void response.writeHead(200, { "content-type": "text/html" }).end(html);
    }
    asked.push(`${request.method} ${path.split("?")[0]}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "PATCH") await gate;
    const headers = new Headers(Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.[0] ?? ""]));
    const body = chunks.length === 0 ? null : Buffer.concat(chunks);
    const reply = await app.fetch(new URL(path, origin), { method: request.method ?? "GET", headers, body });
    response.writeHead(reply.status, [...reply.headers].flat());
    response.end(Buffer.from(await reply.arrayBuffer()));
  };
  server.on("request", (request, response) => void answer(request, response));

  let token: string | undefined;
  const ada = createClient<typeof backend>(origin, {
    fetch: (request) => app.fetch(request),
    token: { get: () => token, set: (next) => void (token = next) },
  });
  await ada.auth.signUp({ email, password, user: { name: "Ada" } });
  const [link = ""] = (await app.outbox.next({ to: email, mail: "authConfirmSignUp" })).links;
  await ada.auth.confirmSignUp({ token: new URL(link).searchParams.get("token") ?? "", password });
  const [book = ""] = await ada.books.createMany([{ title: "<b>Emma</b>", copies: 3 }]);
  await ada.notes.create({ book, body: "Mine alone" });

  const context = await browser.newContext();
  t.after(() => context.close());
  const first = await context.newPage();
  const complaints: string[] = [];
  first.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  first.on("pageerror", (error) => complaints.push(error.message));
  first.setDefaultTimeout(20_000);
  await first.goto(origin);
  await first.evaluate(
    `fetch("/auth/v1/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(JSON.stringify({ email, password }))} })`,
  );
  asked.length = 0;
  const document = await (await first.goto(origin))?.text();
  assert.match(document ?? "", /&lt;b&gt;Emma&lt;\/b&gt;<!-- -->: <!-- -->3.*Mine alone/);
  assert.equal(document?.includes("<b>Emma"), false);

  // A click shows the change at once, and what the server says in the end.
  const held = Promise.withResolvers<void>();
  gate = held.promise;
  await first.getByRole("button", { name: "Lend" }).click();
  await first.getByText("Emma</b>: 2").waitFor();
  assert.deepEqual(asked, [`PATCH /rest/v1/books/${book}`]);
  held.resolve();
  await app.db.books.update(book, { copies: 9 });
  await first.getByText(/: [28] /).waitFor();

  await first.getByRole("button", { name: "Make a mistake" }).click();
  assert.match((await first.getByRole("alert").textContent()) ?? "", /'id'/);

  const second = await context.newPage();
  await second.goto(origin);
  await second.getByRole("button", { name: "Sign out" }).click();
  await second.getByText("Nobody is signed in.").waitFor();
  assert.equal(await first.getByText("Mine alone").count(), 1);
  await first.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
  await first.getByText("Nobody is signed in.").waitFor();
  assert.equal(await first.getByText("Mine alone").count(), 0);
  await first.getByLabel("Books").waitFor();
  // Of what was rendered on both sides React says nothing. Browsers tell of every refusal, React of what a boundary caught.
  assert.deepEqual(
    complaints.filter((text) => !/^Failed to load resource|ChassisError: The value for 'id'/.test(text)),
    [],
  );
});
