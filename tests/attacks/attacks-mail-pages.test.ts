import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { mailboxBackend as backend } from "../mail/mailbox-backend.ts";

const platform = await createPlatform({
  backend,
  config: loadConfig({
    environment: { CHASSIS_BASE_URL: "https://pathways.example", CHASSIS_ALLOWED_HOSTS: "*" },
    overrides: { port: "0" },
  }),
  dataDirectory: await temporaryFolder({ after }),
  isDisposable: true,
  logger: silentLogger,
  development: true,
});
after(() => platform.close());
const url = await platform.listen();

/** Keeps a mail of anybody's making, and gives the path at which it is read. */
async function put(subject: string, html: string, text = ""): Promise<string> {
  const raw = Buffer.from(`Subject: ${subject}\r\n\r\n${text}`);
  const addresses = { from: "a@a.example", to: "b@b.example" };
  await platform.mail.mailbox.put({
    messageId: `<${crypto.randomUUID()}@a.example>`,
    mail: "x",
    ...addresses,
    subject,
    text,
    html,
    raw,
  });
  const [newest] = await platform.mail.mailbox.list({ limit: 1 });
  return `/dev/mailbox/${newest?.id}`;
}

test("46: line breaks in a subject make no header of the answer, nor of the file that is downloaded", async () => {
  const path = await put('Hi"\r\nSet-Cookie: evil=1\r\n\r\n<script>', "<p>x</p>");
  for (const part of ["", "/body", "/message.eml", "?view=headers"]) {
    const answer = await fetch(url + path + part);
    assert.equal(answer.status, 200, part);
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.ok(!/evil/.test([...answer.headers].join()), part);
  }
});

test("47, 48: whatever a mail holds is text in the page, and what looks like a template stays so", async () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}} \${7*7} <%= 7*7 %>`;
  const path = await put(evil, "<p>x</p>", `${evil} javascript:alert(1) https://a.example/"onmouseover="alert(1)`);
  for (const view of ["html", "text", "headers", "source"]) {
    const text = await (await fetch(`${url}${path}?view=${view}`)).text();
    assert.ok(!/<script>alert|<img src=x|onmouseover="|href="javascript:/.test(text), view);
    assert.ok(!text.includes("49"), view);
    assert.match(text, /\{\{7\*7\}\}/);
  }
});

test("47: a mail runs nothing and reaches nobody, in the mailbox and opened by itself", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const reached: string[] = [];
  const sink = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.end();
  }).on("connection", () => reached.push("a connection"));
  await new Promise<void>((resolve) => void sink.listen(0, "127.0.0.1", resolve));
  t.after(() => sink.closeAllConnections());
  t.after(() => sink.close());
  const { port } = sink.address() as { port: number };
  const evil = `http://127.0.0.1:${port}`;
  const path = await put(
    "x",
    `<link rel=preconnect href="${evil}"><LINK rel=stylesheet href="${evil}/l"><meta http-equiv=refresh content="0;url=${evil}/m"><base href="${evil}/">
<style>@import url(${evil}/c); p { background: url(${evil}/b) }</style><script>document.title = "ran"; fetch("${evil}/s")</script>
<p id=p onclick="fetch('${evil}/o')">x</p><img src="${evil}/i" onerror="document.title='ran'"><img srcset="${evil}/i2 2x"><video src="${evil}/v" poster="${evil}/p"></video>
<iframe src="${evil}/f"></iframe><IFrame/src="${evil}/f2"></IFrame><frameset><frame src="${evil}/fr"></frameset><object data="${evil}/d"></object><embed src="${evil}/e">
<svg onload="fetch('${evil}/svg')"><image href="${evil}/si"/></svg><a id=js href="javascript:fetch('${evil}/js')">run</a>
<form action="${evil}/form"><button id=send>send</button></form>`,
  );
  const context = await browser.newContext();
  for (const address of [path, `${path}/body`]) {
    const page = await context.newPage();
    const popups: string[] = [];
    page.on("popup", (popup) => popups.push(popup.url()));
    await page.goto(url + address);
    const body = address === path ? page.frameLocator(".stage iframe") : page;
    for (const id of ["#p", "#js", "#send"]) await body.locator(id).click({ timeout: 5000 });
    // A round trip through the same browser: whatever was on its way has left by then.
    await page.screenshot();
    await page.context().cookies();
    assert.notEqual(await page.title(), "ran");
    await page.close();
  }
  assert.deepEqual(reached, []);
  await context.close();
});

test("47: what stands in the link of an unsubscribe page is never shown", async () => {
  for (const token of ["<script>alert(1)</script>", '"><img src=x>', "{{7*7}}"]) {
    const answer = await fetch(`${url}/mail/v1/unsubscribe?token=${encodeURIComponent(token)}`);
    assert.equal(answer.status, 400);
    assert.ok(!(await answer.text()).includes(token));
  }
});
