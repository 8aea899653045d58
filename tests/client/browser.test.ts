import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import { build } from "esbuild";
import { requireBrowser } from "../support/browser.ts";
import { shelvesBackend } from "./shelves-backend.ts";

const root = join(import.meta.dirname, "../..");

/** What the page does with the client, typed by the back end. */
const page = `
import { ChassisError, createClient } from "./src/client/index.ts";
const api = createClient();
const stop = new AbortController();
stop.abort();
const kind = (error) => (error instanceof ChassisError ? error.error : error.name);
globalThis.work = async () => {
  await api.letters.createMany([{ body: "From a page" }]);
  const [user, count] = await api.batch([api.users.create({ name: "Ada" }), api.users.count()]).catch((error) => [kind(error)]);
  const pages = [];
  for await (const { rows } of api.games.pages({ select: ["id"], orderBy: { id: "asc" }, pageSize: 2 })) pages.push(rows.map(({ id }) => id));
  return {
    user: user?.name ?? user, count, pages,
    where: await api.games.list({ where: { like: "a,b & (c)" }, select: ["order"] }),
    aborted: await api.users.count({ signal: stop.signal }).catch(kind),
    elsewhere: await createClient("http://127.0.0.1:9", { retries: 0 }).users.count().catch(kind),
    today: await api.fn.today(),
  };
};
`;

test("the client works in a browser, as a page of the back end's own site", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  const script = outputFiles[0]?.text ?? "";
  const app = await openTestBackend(shelvesBackend);
  t.after(() => app.close());
  await app.db.games.createMany(["x", "y", "z"].map((id) => ({ id, like: "a,b & (c)", in: 1, order: id, count: 1 })));
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const answer = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (!path.startsWith("/rest/")) {
        response.setHeader("content-type", path === "/page.js" ? "text/javascript" : "text/html");
        response.end(
          path === "/page.js" ? script : '<!doctype html><title>Page</title><script type="module" src="/page.js"></script>',
        );
        return;
      }
      const body = chunks.length === 0 ? null : Buffer.concat(chunks);
      const headers = new Headers(Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.[0] ?? ""]));
      const reply = await app.fetch(new URL(path, "http://localhost"), { method: request.method ?? "GET", headers, body });
      response.writeHead(reply.status, Object.fromEntries(reply.headers));
      response.end(Buffer.from(await reply.arrayBuffer()));
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());

  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab.waitForFunction("globalThis.work !== undefined");
  assert.deepEqual(await tab.evaluate("globalThis.work()"), {
    user: "Ada",
    count: 1,
    pages: [["x", "y"], ["z"]],
    where: [{ order: "x" }, { order: "y" }, { order: "z" }],
    aborted: "AbortError",
    elsewhere: "networkFailed",
    today: { at: "2026-11-26T12:00:00.000Z" },
  });
  assert.equal(await app.db.letters.count(), 1);
});
