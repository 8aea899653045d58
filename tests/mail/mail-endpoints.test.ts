import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type TestContext, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { mailboxBackend as backend } from "./mailbox-backend.ts";

const key = "key-0123456789abcdef";

async function start(t: TestContext, environment: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const platform = await createPlatform({
    backend,
    config: loadConfig({
      environment: {
        CHASSIS_BASE_URL: "https://pathways.example",
        CHASSIS_ALLOWED_HOSTS: "*",
        CHASSIS_RATE_LIMITS: "off",
        CHASSIS_MAIL_SERVER: "mailbox",
        ...environment,
      },
      overrides: { port: "0" },
    }),
    dataDirectory: await temporaryFolder(t),
    logger: silentLogger,
  });
  t.after(() => platform.close());
  return platform;
}

const post = (
  platform: Platform,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => platform.fetch(new Request(`http://localhost${path}`, { method: "POST", body, headers }));

function told(address: string, token: string, seconds = Math.floor(Date.now() / 1000)): string {
  const signature = createHmac("sha256", key).update(`${seconds}${token}`).digest("hex");
  const data = { event: "failed", severity: "permanent", recipient: address };
  return JSON.stringify({ signature: { timestamp: String(seconds), token, signature }, "event-data": data });
}

test("a provider's proven word takes an address off everything, once; nothing else changes anything", async (t) => {
  const platform = await start(t, { CHASSIS_MAIL_EVENTS: `mailgun=${key}` });
  const { suppressions } = platform.mail;
  const path = "/mail/v1/events/mailgun";
  const body = told("Ada@example.org", "token-0123456789");
  assert.equal((await post(platform, path, body)).status, 204);
  assert.equal((await suppressions.find("ada@example.org", "weekly-digest"))?.reason, "bounce");
  await suppressions.remove("ada@example.org");
  assert.equal((await post(platform, path, body)).status, 204);
  assert.equal(await suppressions.find("ada@example.org"), undefined, "it was told before");
  const forged = body.replace("Ada@", "eve@");
  assert.equal((await post(platform, path, forged)).status, 204);
  assert.deepEqual(await suppressions.list(), [], "the token was good for one message");

  const bad = [
    told("eve@example.org", "token-1123456789").replace(/"signature":"./, '"signature":"x'),
    told("eve@example.org", "token-2123456789", Math.floor(Date.now() / 1000) - 301),
    "{}",
    "not json",
    "",
  ];
  for (const text of bad) assert.equal((await post(platform, path, text)).status, 400, text);
  assert.equal((await post(platform, path, " ".repeat(1_048_577))).status, 413);
  for (const other of ["resend", "nobody", "constructor", "", "mailgun/x"])
    assert.equal((await post(platform, `/mail/v1/events/${other}`.replace(/\/$/, ""), body)).status, 404, other);
  assert.equal((await platform.fetch(new Request(`http://localhost${path}`))).status, 405);
  assert.deepEqual(await suppressions.list(), []);
  const unset = await start(t);
  assert.equal((await post(unset, path, body)).status, 404);
});

async function linkOf(platform: Platform): Promise<string> {
  const sent = { name: "Ada", quoted: "Good.", to: "ada@example.org" };
  await post(platform, "/rest/v1/rpc/send", JSON.stringify(sent), { "content-type": "application/json" });
  const deadline = performance.now() + 10_000;
  for (;;) {
    const [newest] = await platform.mail.mailbox.list();
    const text = newest && (await platform.mail.mailbox.find(newest.id))?.text;
    const [link] = /\/mail\/v1\/unsubscribe\?token=[\w.-]+/.exec(text ?? "") ?? [];
    if (link !== undefined) return link;
    assert.ok(performance.now() < deadline, "no mail with a link came");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const form = { "content-type": "application/x-www-form-urlencoded" };

test("a link only asks; a click, or a mail program by itself, takes an address off this list and no other", async (t) => {
  const platform = await start(t);
  const { suppressions } = platform.mail;
  const link = await linkOf(platform);
  const get = async (path: string, language = "en"): Promise<Response> =>
    platform.fetch(new Request(`http://localhost${path}`, { headers: { "accept-language": language } }));
  for (let times = 0; times < 3; times++) assert.match(await (await get(link)).text(), /<h1>Unsubscribe\?<\/h1>/);
  assert.deepEqual(await suppressions.list(), [], "whoever looks through mails follows links");
  const page = await get(link, "nl-BE,en;q=0.5");
  const text = await page.text();
  assert.match(
    text,
    /<html lang="nl"[\s\S]*a•••@example\.org[\s\S]*weekly digest[\s\S]*Pathways[\s\S]*Stop deze mails[\s\S]*Lentestraat/,
  );
  assert.ok(!text.includes("ada@example.org"), "the address is shown in part");
  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /^default-src 'none'; style-src 'nonce-[^']+'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  const names = ["cache-control", "referrer-policy", "x-robots-tag"];
  assert.deepEqual(
    names.map((name) => page.headers.get(name)),
    ["no-store", "no-referrer", "noindex, nofollow"],
  );

  for (let times = 0; times < 2; times++) {
    const answer = await post(platform, link, "List-Unsubscribe=One-Click", form);
    assert.deepEqual([answer.status, answer.redirected], [200, false]);
  }
  assert.deepEqual(
    (await suppressions.list()).map(({ address, list, reason }) => [address, list, reason]),
    [["ada@example.org", "weekly-digest", "unsubscribed"]],
  );
  assert.match(await (await get(link)).text(), /You are unsubscribed/);
  assert.match(await (await post(platform, link, "action=subscribe", form)).text(), /You are subscribed again/);
  assert.deepEqual(await suppressions.list(), []);

  await suppressions.add("ada@example.org", { list: "weekly-digest", reason: "manual" });
  assert.match(await (await post(platform, link, "action=subscribe", form)).text(), /could not be delivered/);
  assert.equal((await suppressions.list()).length, 1, "what an operator decided stays");
  await suppressions.remove("ada@example.org", { list: "weekly-digest" });

  // As mail programs may send it too (RFC 8058 section 3.2).
  const multipart = { "content-type": "multipart/form-data; boundary=x" };
  const parts = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
  assert.equal((await post(platform, link, parts, multipart)).status, 200);
  assert.equal((await suppressions.list()).length, 1);
  await suppressions.remove("ada@example.org", { list: "weekly-digest" });
  for (const path of [
    "/mail/v1/unsubscribe",
    `${link}x`,
    link.replace("token=", "token=A"),
    `${link}&token=x`,
    "/mail/v1/unsubscribe?token=%3Cscript%3E",
  ]) {
    const answers = [await get(path), await post(platform, path, "List-Unsubscribe=One-Click", form)];
    for (const answer of answers) {
      const body = await answer.text();
      assert.equal(answer.status, 400, path);
      assert.match(body, /This link does not work/);
      assert.ok(!body.includes("<script"));
    }
  }
  assert.equal((await post(platform, link, "x".repeat(5000), form)).status, 413);
  assert.deepEqual(await suppressions.list(), []);
});

test("the page works in a browser without JavaScript, and axe finds nothing in it", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const platform = await start(t);
  const url = await platform.listen();
  const link = await linkOf(platform);
  const plain = await browser.newPage({ javaScriptEnabled: false, locale: "en-GB" });
  await plain.goto(url + link);
  await plain.getByRole("button", { name: "Unsubscribe" }).click();
  await plain.getByRole("heading", { name: "You are unsubscribed" }).waitFor();
  await plain.getByRole("button", { name: "subscribe again" }).click();
  await plain.getByRole("heading", { name: "You are subscribed again" }).waitFor();
  const page = await browser.newPage({ bypassCSP: true, locale: "en-GB" });
  for (const path of [link, "/mail/v1/unsubscribe?token=x"]) {
    await page.goto(url + path);
    await axeFindsNothing(page, path);
  }
});
