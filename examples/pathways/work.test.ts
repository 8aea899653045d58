import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { verifyWebhook } from "chassis";
import type { TestBackend, TestCaller } from "chassis/testing";
import type { schema } from "./schema.ts";
import { openSmallSite } from "./testing/small-site.ts";
import { sendDigests } from "./work/digest.ts";

type Site = TestBackend<typeof schema>;
type Visitor = Pick<TestCaller<typeof schema>, "db" | "fetch">;

const origin = "https://pathways.example";

/** Sends a form as the site's own page would. */
async function send(site: Site, path: string, fields: Readonly<Record<string, string>>, cookie = ""): Promise<Response> {
  return site.fetch(path, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", cookie },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
}

interface Member extends Visitor {
  readonly id: string;
  readonly address: string;
  /** What keeps their session in a browser. */
  readonly cookie: string;
}

/** Somebody who signs up on the site's pages, by the link in the mail. */
async function join(site: Site, name: string): Promise<Member> {
  const address = `${name}@example.org`;
  const asked = await send(site, "/auth/sign-up", { "user.name": name, email: address, password: "correct horse battery" });
  const { links } = await site.outbox.next({ mail: "authConfirmSignUp", to: address });
  const token = new URL(links[0] ?? "").searchParams.get("token") ?? "";
  const confirmed = await send(site, "/auth/confirm", { token }, cookiesOf(asked));
  assert.equal(confirmed.headers.get("location"), "/");
  const [user] = await site.db.users.list({ where: { address } });
  assert.ok(user !== undefined);
  return { ...site.as({ id: user.id }), id: user.id, address, cookie: cookiesOf(confirmed) };
}

function cookiesOf(response: Response): string {
  const set = response.headers.getSetCookie().filter((line) => !line.includes("Max-Age=0"));
  return set.map((line) => line.split(";")[0]).join("; ");
}

async function schoolId(site: Site, domain: string): Promise<string> {
  const [school] = await site.db.schools.list({ where: { domain }, select: ["id"] });
  assert.ok(school !== undefined);
  return school.id;
}

async function review(
  site: Site,
  author: string,
  domain: string,
  options: { stars?: number; body?: string } = {},
): Promise<string> {
  const { stars = 4, body = "Good teachers." } = options;
  if ((await site.db.users.get(author)) === null) await site.db.users.create({ id: author, name: author });
  const visitor = site.as({ id: author });
  const { id } = await visitor.db.reviews.create({ school: await schoolId(site, domain), author, stars, body });
  return id;
}

/** What the cron hands over on a Monday. */
async function monday(site: Site, until: Date): Promise<void> {
  await site.enqueue(sendDigests, { until: until.toISOString() });
  await site.runJobs();
}

const later = (milliseconds: number): Date => new Date(Date.now() + milliseconds);

test("mails go to whoever asked for them and has confirmed their address", async (t) => {
  const site = await openSmallSite(t);
  const ada = await join(site, "ada");
  const account = async (): Promise<string> => (await site.fetch("/account", { headers: { cookie: ada.cookie } })).text();
  assert.match(await account(), /As ada@example\.org, which nobody but you sees/);
  assert.equal(
    (await send(site, "/account", { name: "Ada", digest: "yes" }, ada.cookie)).headers.get("location"),
    "/account?saved",
  );
  assert.match(await account(), /name="digest" value="yes" checked/);
  assert.doesNotMatch(await account(), /name="notices"/);

  // A key of the API shows nothing of an address: it changes the name, and asks for no mails.
  await ada.db.users.update(ada.id, { name: "Countess" });
  await assert.rejects(ada.db.users.update(ada.id, { digest: false }), { status: 403 });
  const byKey = await ada.fetch("/account");
  assert.match(await byKey.text(), /confirm your address/);
  const saved = await ada.fetch("/account", {
    method: "POST",
    body: new URLSearchParams({ name: "Ada", digest: "no" }),
    redirect: "manual",
  });
  assert.equal(saved.status, 303);
  const row = await site.db.users.get(ada.id);
  assert.deepEqual([row?.name, row?.digest], ["Ada", true]);
  await assert.rejects(ada.db.users.update(ada.id, { notices: true }), { status: 403 });
  const other = await join(site, "bob");
  assert.equal((await other.db.users.get(ada.id))?.address, null);
  assert.equal((await ada.db.users.get(ada.id))?.address, ada.address);
});

test("a digest tells of the new reviews of saved schools, each once, and of nothing else", async (t) => {
  const site = await openSmallSite(t);
  const ada = await join(site, "ada");
  await send(site, "/account", { name: "ada", digest: "yes" }, ada.cookie);
  const carl = await join(site, "carl");
  for (const domain of ["aalto.fi", "helsinki.fi"]) {
    await ada.db.saved_schools.create({ owner: ada.id, school: await schoolId(site, domain) });
    await site.db.saved_schools.create({ owner: carl.id, school: await schoolId(site, domain) });
  }
  await review(site, "bob", "aalto.fi", { stars: 5, body: "Small groups.\n<b>Really</b> {{small}}." });
  await review(site, ada.id, "aalto.fi", { body: "My own." });
  await review(site, "bob", "uio.no", { body: "Nobody saved this one." });
  for (let number = 1; number <= 7; number++) await review(site, `reader${number}`, "helsinki.fi", { body: `Number ${number}.` });
  await site.outbox.clear();
  await monday(site, later(1000));

  const [digest, ...others] = await site.outbox.messages();
  assert.deepEqual(others, []);
  assert.ok(digest !== undefined);
  assert.equal(digest.to, "ada@example.org");
  assert.equal(digest.subject, "New reviews of 2 schools");
  assert.match(
    digest.text,
    /Aalto University[\s\S]*bob, 5 of 5 stars:[\s\S]*Small groups\.[\s\S]*<b>Really<\/b> \{\{small\}\}\./,
  );
  assert.ok(digest.html.includes("&lt;b&gt;Really&lt;/b&gt; {{small}}."));
  assert.ok(!/My own|Nobody saved/.test(digest.text));
  assert.equal([...digest.text.matchAll(/Number \d\./g)].length, 5);
  assert.match(digest.text, /And 2 more/);
  assert.ok(digest.links.includes(`${origin}/schools/helsinki.fi#reviews`));

  // The week after there is nothing new; the one after that, one review.
  await monday(site, later(2000));
  assert.equal((await site.outbox.messages()).length, 1);
  await site.db.users.update(ada.id, { digested: new Date().toISOString() });
  await review(site, "dora", "aalto.fi", { body: "New since." });
  await monday(site, later(3000));
  const [, second] = await site.outbox.messages();
  assert.equal(second?.subject, "New reviews of Aalto University");
  assert.ok(second.text.includes("New since.") && !second.text.includes("Small groups."));

  // Whoever leaves the list by the link in the mail is not written to, until they say otherwise in their account.
  const leave = second.headers.get("list-unsubscribe")?.replaceAll(/[<>]/g, "") ?? "";
  assert.equal(second.headers.get("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
  const left = await site.fetch(leave, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
  });
  assert.ok(left.ok, await left.text());
  await review(site, "emil", "aalto.fi", { body: "Unread." });
  await monday(site, later(4000));
  assert.equal((await site.outbox.messages()).length, 2);
  const account = async (): Promise<string> => (await site.fetch("/account", { headers: { cookie: ada.cookie } })).text();
  assert.doesNotMatch(await account(), /name="digest" value="yes" checked/);
  await send(site, "/account", { name: "ada", digest: "yes" }, ada.cookie);
  assert.match(await account(), /name="digest" value="yes" checked/);
  await site.db.users.update(ada.id, { digested: new Date().toISOString() });
  await review(site, "finn", "aalto.fi", { body: "Read again." });
  await monday(site, later(5000));
  assert.match((await site.outbox.messages())[2]?.text ?? "", /Read again\./);
});

test("editors who want to are told of each review that is new or changed, on whichever way it came", async (t) => {
  const site = await openSmallSite(t);
  const eve = await join(site, "eve");
  await site.db.users.update(eve.id, { notices: true });
  const mallory = await join(site, "mallory");
  await send(site, "/account", { name: "mallory", notices: "yes" }, mallory.cookie);
  await site.outbox.clear();
  const id = await review(site, "bob", "uio.no", { stars: 1, body: "Buy pills at pills.example" });
  const notice = await site.outbox.next({ mail: "reviewNotice", to: "eve@example.org" });
  assert.equal(notice.subject, "A new review of University of Oslo");
  assert.match(notice.text, /bob gave 1 of 5 stars[\s\S]*Buy pills/);
  assert.ok(notice.links.includes(`${origin}/schools/uio.no#review-${id}`));

  const bob = site.as({ id: "bob" });
  const change = await bob.fetch(`/rest/v1/reviews?id=eq.${id}`, { method: "PATCH", body: '{"stars":2}' });
  assert.ok(change.ok);
  assert.equal((await site.outbox.next({ to: "eve@example.org" })).subject, "A changed review of University of Oslo");
  // What nobody reads is no change.
  await site.db.users.update("bob", { name: "Bobby" });
  await site.runJobs();
  assert.deepEqual(
    (await site.outbox.messages()).map(({ to }) => to),
    ["eve@example.org", "eve@example.org"],
  );
});

test("receivers of webhooks are told of new reviews, those of one school in their order", async (t) => {
  const { host, received } = await openReceiver(t);
  const site = await openSmallSite(t, { CHASSIS_WEBHOOKS_ALLOW: host });
  const { secret } = await site.webhooks.add({ url: `http://${host}/reviews`, types: ["review.created"] });
  const ids = [];
  for (const author of ["ann", "ben", "cia"]) ids.push(await review(site, author, "uio.no", { body: author }));
  const bob = site.as({ id: "ann" });
  await bob.db.reviews.update(ids[0] ?? "", { stars: 1 });
  const end = Date.now() + 10_000;
  while (received.length < 3 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(received.length, 3);
  const told = received.map(({ headers, payload }) => {
    verifyWebhook(headers, payload, { secret });
    return JSON.parse(payload) as { type: string; data: { operation: string; row: Record<string, unknown> } };
  });
  assert.deepEqual(
    told.map(({ type, data }) => [type, data.operation, data.row["id"], data.row["body"], Object.keys(data.row)]),
    ids.map((id, index) => [
      "review.created",
      "create",
      id,
      ["ann", "ben", "cia"][index],
      ["id", "school", "stars", "body", "created"],
    ]),
  );
});

interface Received {
  readonly headers: Headers;
  readonly payload: string;
}

async function openReceiver(t: Pick<TestContext, "after">): Promise<{ host: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
      );
      received.push({ headers, payload: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}
