import assert from "node:assert/strict";
import { after, test } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, query, ref, signedIn, text } from "chassis";
import { axeFindsNothing } from "../support/axe.ts";
import { requireBrowser } from "../support/browser.ts";
import { password, startPeople } from "../support/live-people.ts";

const backend = defineBackend(
  defineSchema({
    users: { name: text().min(1).max(80) },
    reviews: { author: ref("users").defaultToActor(), body: text() },
    schools: { name: text() },
    ledger: { line: text() },
  }),
  {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
      reviews: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
      schools: () => ({ read: everyone, write: nobody }),
      ledger: () => ({ read: nobody, write: nobody }),
    },
    functions: { compare: query({ access: signedIn }, () => 1) },
    auth: { keys: { maxDays: 200 } },
    mail: { brand: { name: "Pathways", colour: "#0f766e" } },
  },
);

const live = await startPeople({ after }, { backend });
const { url } = live;

test("the page of keys, in a browser: without a script, and with axe", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  await live.join("ada@example.org", "Ada");
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${url}/auth/sign-in`);
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "See and make keys" }).click();
  assert.match(await page.innerText("main"), /You have none yet\./);
  assert.deepEqual(await page.getByLabel("Good for").locator("option").allInnerTexts(), [
    "7 days",
    "30 days",
    "90 days",
    "200 days",
  ]);
  assert.equal(await page.getByText("ledger").count(), 0, "what its owner may not use is not there");

  await page.getByRole("button", { name: "Make the key" }).click();
  assert.match(await page.getByRole("alert").innerText(), /What is it for\?: Fill this in\./);
  await page.getByLabel("What is it for?").fill("Backup <b>script</b>");
  const tables = page.getByRole("group", { name: "Tables" });
  await tables.getByLabel("Only those that are ticked").check();
  await tables.getByLabel("reviews").check();
  await page.getByRole("button", { name: "Make the key" }).click();
  const key = await page.locator("main code").innerText();
  assert.match(key, /^chk_[0-9A-Za-z]{49}$/);
  const ask = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } }))
      .status;
  assert.deepEqual(
    [await ask("/rest/v1/reviews"), await ask("/rest/v1/schools"), await ask("/rest/v1/reviews", { method: "POST", body: "{}" })],
    [200, 404, 403],
  );

  await page.getByRole("link", { name: "I have kept it" }).click();
  const list = await page.innerText("main");
  assert.match(list, /Backup <b>script<\/b>[^]*Read[^]*chk_\w{6}…[^]*reviews[^]*made (?:now|\d+ seconds? ago)[^]*ends in [^]*/);
  assert.ok(!list.includes(key));
  await page.getByRole("button", { name: "Revoke: Backup <b>script</b>" }).click();
  assert.match(await page.getByRole("status").innerText(), /The key is revoked/);
  assert.equal(await ask("/rest/v1/reviews"), 401);

  const looking = await browser.newContext({ bypassCSP: true, storageState: await context.storageState() });
  const eye = await looking.newPage();
  await eye.goto(`${url}/auth/keys`);
  await eye.getByLabel("Only those that are ticked").first().check();
  await axeFindsNothing(eye, "keys");
  await Promise.all([context.close(), looking.close()]);
});

test("whoever changes the password reads that their keys stay good, and they do; after a reset they are none", async () => {
  const bob = await live.join("bob@example.org", "Bob");
  const words = /Your keys for programs stay good\. <a href="\/auth\/keys">/;
  assert.doesNotMatch((await bob.get("/auth/password")).text, words, "who has none reads nothing of them");
  const key = String((await bob.post("/auth/v1/keys", { name: "a script" })).body["key"]);
  const ask = async (): Promise<number> =>
    (await fetch(`${url}/rest/v1/schools`, { headers: { authorization: `Bearer ${key}` } })).status;
  assert.match((await bob.get("/auth/password")).text, words);
  const changed = await bob.post("/auth/v1/password", { current: password, password: "one more horse battery" });
  assert.deepEqual([changed.status, await ask()], [200, 200]);
  await bob.post("/auth/v1/password/forgot", { email: "bob@example.org" });
  const token = await live.tokenTo("bob@example.org", /Choose a new password/);
  assert.equal((await bob.post("/auth/v1/password/reset", { token, password: "a third horse battery" })).status, 204);
  assert.equal(await ask(), 401);
});
