import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import type { Browser } from "playwright-core";
import { axeFindsNothing } from "../support/axe.ts";
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
    isDisposable: true,
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

test("in a browser", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  await t.test("the mailbox shows a mail as HTML, text, headers and source, and follows what comes", (each) =>
    showsMails(each, browser),
  );
  await t.test("what a hostile mail holds runs nothing, loads nothing and leads nobody away", (each) =>
    containsMails(each, browser),
  );
});

async function showsMails(t: TestContext, browser: Browser): Promise<void> {
  const platform = await start(t);
  const { url } = platform;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  await page.clock.install();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${url}/dev/mailbox`);
  await page.getByText("No mail yet").waitFor();
  await axeFindsNothing(page, "empty");

  await call(url, "join", { name: "Ada", address: "ada@example.org" });
  await untilThere(platform, 1);
  // By itself: nobody reloads. It looks every two seconds.
  await page.clock.runFor(2000);
  await page.getByRole("link", { name: "Welcome, Ada" }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Welcome, Ada" }).waitFor();
  await axeFindsNothing(page, "html");
  await page.getByText("Phone", { exact: true }).click();
  assert.equal((await page.locator("iframe").boundingBox())?.width, 375);

  const opened = page.waitForEvent("popup");
  await page.route("https://pathways.example/**", (route) => route.fulfill({ body: "there" }));
  await page.context().route("https://pathways.example/**", (route) => route.fulfill({ body: "there" }));
  await frame.getByRole("link", { name: "Confirm your address" }).click();
  assert.match((await opened).url(), /^https:\/\/pathways\.example\/confirm\?code=1|about:blank/);

  await page.getByRole("link", { name: "Text", exact: true }).click();
  await page.locator("pre.text a", { hasText: "https://pathways.example/confirm?code=1" }).waitFor();
  await axeFindsNothing(page, "text");
  await page.getByRole("link", { name: "Headers", exact: true }).click();
  await page.getByRole("row", { name: /^Subject Welcome, Ada/ }).waitFor();
  assert.deepEqual((await page.getByRole("rowheader").allInnerTexts()).slice(0, 3), ["From", "To", "Subject"]);
  await axeFindsNothing(page, "headers");
  await page.getByRole("link", { name: "Source", exact: true }).click();
  await page.getByText("Content-Type: multipart/alternative").waitFor();

  await call(url, "join", { name: "Grace", address: "grace@example.org" });
  await untilThere(platform, 2);
  await page.clock.runFor(2000);
  await page.getByRole("link", { name: "Welcome, Grace" }).waitFor();
  await page.getByText("Content-Type: multipart/alternative").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await axeFindsNothing(page, "phone");
  await page.getByRole("link", { name: "All mails" }).click();
  await axeFindsNothing(page, "list on a phone");

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
}

/** All by which a page's markup makes a browser run something, load something, or go somewhere. */
const hostileMail = (there: string): string => `<!doctype html><html><head><base href="${there}/base/">
<meta http-equiv="refresh" content="0;url=${there}/refresh"><link rel="stylesheet" href="${there}/css"><link rel="preconnect" href="${there}">
<link rel="prefetch" href="${there}/prefetch"><link rel="modulepreload" href="${there}/module">
<style>@import "${there}/import";body{background:url(${there}/background)}@font-face{font-family:x;src:url(${there}/font)}*{font-family:x}</style>
</head><body onload="fetch('${there}/load')"><script>fetch("${there}/script");parent.document.title="mine"</script>
<img src="${there}/image" srcset="${there}/srcset 1x" onerror="fetch('${there}/error')"><svg><image href="${there}/svg"/><use href="${there}/use#x"/>
<style>@import "${there}/svgcss";</style><script>fetch("${there}/svgscript")</script><foreignObject><iframe src="${there}/foreign"></iframe></foreignObject></svg>
<IFRAME src="${there}/frame"></IFRAME><iframe srcdoc="<script>fetch('${there}/srcdoc')</script>"></iframe><object data="${there}/object"></object>
<video src="${there}/video" poster="${there}/poster" autoplay></video><div><template shadowrootmode="open"><img src="${there}/shadow"></template></div>
<form action="${there}/form" method="post"><input type="image" src="${there}/input"><button>Send</button></form>
<form action="/dev/mailbox/delete" method="post"><button>Delete</button></form>
<a href="javascript:fetch('${there}/url')">Script</a> <a target="_top" href="${there}/top">Away</a></body></html>`;

async function containsMails(t: TestContext, browser: Browser): Promise<void> {
  const asked: string[] = [];
  let connections = 0;
  const stranger = createServer(({ url }, answer) => {
    asked.push(String(url));
    answer.end();
  }).listen(0, "127.0.0.1");
  stranger.on("connection", () => (connections += 1));
  t.after(() => stranger.close());
  await once(stranger, "listening");
  const { url, mail } = await start(t);
  await mail.mailbox.put({
    messageId: "<1@evil.example>",
    mail: "x",
    from: "a@a.example",
    to: "b@b.example",
    subject: "<script>alert(1)</script>",
    text: 'https://a.example/"onmouseover=alert(1) javascript:alert(1)',
    html: hostileMail(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}`),
    raw: Buffer.from("Subject: <img src=x onerror=alert(1)>\r\n\r\n<script>alert(1)</script>"),
  });
  const page = await browser.newPage();
  const opened: string[] = [];
  page.on("dialog", (dialog) => void opened.push(dialog.message()));
  for (const path of ["/dev/mailbox/1", "/dev/mailbox/1/body"]) {
    await page.goto(url + path, { waitUntil: "networkidle" });
    const frame = path.endsWith("body") ? page.mainFrame() : page.frames()[1];
    assert.ok(frame !== undefined && page.frames().length <= 2, "no frame within the mail");
    for (const name of ["Send", "Delete"]) await frame.getByRole("button", { name, exact: true }).click({ force: true });
    await frame.getByText("Script", { exact: true }).click({ force: true });
    if (!path.endsWith("body")) await frame.getByText("Away", { exact: true }).click({ force: true });
    assert.equal(page.url(), url + path);
  }
  for (const view of ["text", "headers", "source"]) await page.goto(`${url}/dev/mailbox/1?view=${view}`, { waitUntil: "load" });
  assert.deepEqual([asked, connections, opened], [[], 0, []]);
  assert.equal((await mail.mailbox.list()).length, 1);
}

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
