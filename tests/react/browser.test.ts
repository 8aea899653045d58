import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "chassis/client";
import { openTestBackend } from "chassis/testing";
import { build } from "esbuild";
import backend from "../../examples/react/backend.ts";
import { requireBrowser } from "../support/browser.ts";

const root = join(import.meta.dirname, "../..");
const [email, password] = ["ada@example.org", "correct horse battery"];

test("docs/learn/react.md: a page lists, adds, goes on, and shows nothing of whoever has signed out", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const { outputFiles } = await build({
    entryPoints: [join(root, "examples/react/page.tsx")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
    logLevel: "error",
  });
  const script = outputFiles[0]?.text ?? "";

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const app = await openTestBackend(backend, { settings: { CHASSIS_BASE_URL: origin } });
  t.after(() => app.close());
  server.on("request", (request, response) => {
    const path = request.url ?? "/";
    const answer = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (!/^\/(?:rest|auth)\//.test(path)) {
        response.setHeader("content-type", path === "/page.js" ? "text/javascript" : "text/html");
        response.end(
          path === "/page.js"
            ? script
            : '<!doctype html><title>Books</title><body><script type="module" src="/page.js"></script>',
        );
        return;
      }
      const headers = new Headers(Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.[0] ?? ""]));
      const body = chunks.length === 0 ? null : Buffer.concat(chunks);
      const reply = await app.fetch(new URL(path, origin), { method: request.method ?? "GET", headers, body });
      response.writeHead(reply.status, [...reply.headers].flat());
      response.end(Buffer.from(await reply.arrayBuffer()));
    };
    void answer();
  });

  let token: string | undefined;
  const ada = createClient<typeof backend>(origin, {
    fetch: (request) => app.fetch(request),
    token: { get: () => token, set: (next) => void (token = next) },
  });
  await ada.auth.signUp({ email, password, user: { name: "Ada" } });
  const [link = ""] = (await app.outbox.next({ to: email, mail: "authConfirmSignUp" })).links;
  await ada.auth.confirmSignUp({ token: new URL(link).searchParams.get("token") ?? "", password });
  const titles = Array.from({ length: 12 }, (_, at) => `Book ${String(at + 1).padStart(2, "0")}`);
  const [book = ""] = await ada.books.createMany(titles.map((title) => ({ title })));
  await ada.notes.create({ book, body: "Mine alone" });

  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(origin);
  const books = page.getByLabel("Books").getByRole("listitem");
  await page.getByText("More").click();
  await page.getByText("Book 12").waitFor();
  assert.deepEqual(await books.allTextContents(), titles);

  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Book 01: Mine alone").waitFor();

  await page.getByLabel("Title").fill("");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Title").fill("Another");
  await page.getByRole("button", { name: "Add" }).click();
  // The line that says what is being added has gone, and the row is in its place. Signing in began with the first page again.
  const expected = ["Another", ...titles.slice(0, 9)].join();
  await page.waitForFunction(
    `Array.from(document.querySelectorAll("section[aria-label=Books] li"), (line) => line.textContent).join() === "${expected}"`,
  );

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await page.getByText("Mine alone").count(), 0);
  await page.getByText("Another").waitFor();
});
