import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { mailboxBackend as backend } from "./mailbox-backend.ts";

async function start(t: TestContext, development = true): Promise<Platform & { readonly url: string }> {
  const platform = await createPlatform({
    backend,
    config: loadConfig({
      environment: { CHASSIS_BASE_URL: "https://pathways.example", CHASSIS_ALLOWED_HOSTS: "*" },
      overrides: { port: "0" },
    }),
    dataDirectory: await temporaryFolder(t),
    logger: silentLogger,
    development,
  });
  t.after(() => platform.close());
  await platform.listen();
  return platform as Platform & { readonly url: string };
}

async function call(url: string, name: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/rest/v1/rpc/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, await answer.text());
}

async function untilThere({ mail }: Platform, count: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((await mail.mailbox.list()).length < count) {
    assert.ok(performance.now() < deadline, "no mail came");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A request over the loopback address with whatever headers. */
function ask(url: string, path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<number> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { host: `localhost:${port}`, ...headers } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.on("error", reject).end();
  });
}

const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

async function findsNothing(page: Page, about: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const found = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
    );
    assert.deepEqual(found, [], `${about} ${colorScheme}`);
  }
}

test("the mailbox shows what a job would have sent, as HTML, text, headers and source, and follows what comes", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const platform = await start(t);
  const { url } = platform;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${url}/dev/mailbox`);
  await page.getByText("No mail yet").waitFor();
  await findsNothing(page, "empty");

  await call(url, "join", { name: "Ada", address: "ada@example.org" });
  await untilThere(platform, 1);
  // By itself: nobody reloads.
  await page.getByRole("link", { name: "Welcome, Ada" }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Welcome, Ada" }).waitFor();
  await findsNothing(page, "html");
  await page.getByText("Phone", { exact: true }).click();
  assert.equal((await page.locator("iframe").boundingBox())?.width, 375);

  const opened = page.waitForEvent("popup");
  await page.route("https://pathways.example/**", (route) => route.fulfill({ body: "there" }));
  await page.context().route("https://pathways.example/**", (route) => route.fulfill({ body: "there" }));
  await frame.getByRole("link", { name: "Confirm your address" }).click();
  assert.match((await opened).url(), /^https:\/\/pathways\.example\/confirm\?code=1|about:blank/);

  await page.getByRole("link", { name: "Text", exact: true }).click();
  await page.locator("pre.text a", { hasText: "https://pathways.example/confirm?code=1" }).waitFor();
  await findsNothing(page, "text");
  await page.getByRole("link", { name: "Headers", exact: true }).click();
  await page.getByRole("row", { name: /^Subject Welcome, Ada/ }).waitFor();
  await findsNothing(page, "headers");
  await page.getByRole("link", { name: "Source", exact: true }).click();
  await page.getByText("Content-Type: multipart/alternative").waitFor();

  await call(url, "join", { name: "Grace", address: "grace@example.org" });
  await page.getByRole("link", { name: "Welcome, Grace" }).waitFor();
  await page.getByText("Content-Type: multipart/alternative").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await findsNothing(page, "phone");
  await page.getByRole("link", { name: "All mails" }).click();
  await findsNothing(page, "list on a phone");

  const [newest] = await platform.mail.mailbox.list({ limit: 1 });
  const message = await fetch(`${url}/dev/mailbox/${newest?.id}/message.eml`);
  assert.deepEqual(
    [message.status, message.headers.get("content-type"), message.headers.get("content-disposition")],
    [200, "message/rfc822", `attachment; filename="mail-${newest?.id}.eml"`],
  );
  assert.match(await message.text(), /^Subject: Welcome, Grace\r$/m);
  await page.getByRole("button", { name: "Delete all" }).click();
  await page.getByText("No mail yet").waitFor();
  assert.deepEqual(await platform.mail.mailbox.list(), []);
  assert.deepEqual(errors, []);
});

test("nothing is at that path but for somebody at this machine, in development", async (t) => {
  const { url, fetch: whole, mail } = await start(t);
  const { port } = new URL(url);
  assert.equal(await ask(url, "/dev/mailbox"), 200);
  for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`, `app.localhost:${port}`])
    assert.equal(await ask(url, "/dev/mailbox", { host }), 200, host);
  const strangers: readonly Readonly<Record<string, string>>[] = [
    { host: "evil.example" },
    { host: `localhost.evil.example:${port}` },
    { host: "127.0.0.1.evil.example" },
    { "x-forwarded-for": "203.0.113.7" },
    { forwarded: "for=203.0.113.7" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  ];
  for (const headers of strangers) assert.equal(await ask(url, "/dev/mailbox", headers), 404, JSON.stringify(headers));
  const crossSite = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  assert.equal(await ask(url, "/dev/mailbox", crossSite), 200, "a link to it");
  await mail.mailbox.put({
    messageId: "<1@a.example>",
    mail: "x",
    from: "a@a.example",
    to: "b@b.example",
    subject: "x",
    text: "",
    html: "",
    raw: new Uint8Array(),
  });
  assert.equal(await ask(url, "/dev/mailbox/delete", crossSite, "POST"), 404, "a form of another site");
  assert.equal(await ask(url, "/dev/mailbox/delete", {}, "GET"), 404);
  assert.equal((await mail.mailbox.list()).length, 1);
  assert.equal((await whole(new Request("http://localhost/dev/mailbox"))).status, 404, "where no connection can be seen");

  const other = await start(t, false);
  const answer = await fetch(`${other.url}/dev/mailbox`);
  const nowhere = await fetch(`${other.url}/dev/nothing`);
  assert.deepEqual([answer.status, await answer.text()], [nowhere.status, await nowhere.text()]);
});
