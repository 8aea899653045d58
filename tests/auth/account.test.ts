import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { accountEmail, defineBackend, defineSchema, everyone, nobody, ref, text } from "chassis";
import { password, startPeople } from "../support/live-people.ts";

const schema = defineSchema({
  users: { name: text().min(1).max(80), email: accountEmail() },
  notes: { author: ref("users").onDelete("cascade").defaultToActor(), body: text() },
  replies: { author: ref("users").onDelete("set null").optional().defaultToActor(), body: text() },
  orders: { buyer: ref("users").defaultToActor(), what: text() },
});

const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
    replies: ({ row, me }) => ({ read: everyone, create: row.author.eq(me.id), update: nobody, delete: nobody }),
    orders: ({ row, me }) => ({ read: row.buyer.eq(me.id), write: row.buyer.eq(me.id) }),
  },
  auth: { pages: { tables: { orders: { en: "Your orders", nl: "Je bestellingen" } } } },
});

const live = await startPeople({ after }, { backend });
let count = 0;
const someone = (): string => `owner-${++count}@example.org`;
const form = { "content-type": "application/x-www-form-urlencoded" };
const remove = { method: "DELETE" } as const;

describe("somebody's own account, over HTTP", () => {
  test("is copied into one file, as far as they may read it", async () => {
    const email = someone();
    const browser = await live.join(email, "Ada");
    await browser.post("/rest/v1/notes", { body: "mine" });
    const copy = await browser.get("/auth/v1/account/export");
    assert.equal(copy.status, 200, copy.text);
    assert.match(copy.headers.get("content-disposition") ?? "", /^attachment; filename="account-\d{4}-\d\d-\d\d\.json"$/);
    assert.equal(copy.headers.get("cache-control"), "no-store");
    const { format, account, rows } = copy.body as {
      format: string;
      account: { address: string };
      rows: Record<string, { body: string }[]>;
    };
    assert.deepEqual(
      [format, account.address, rows["notes"]?.map(({ body }) => body)],
      ["chassis-account-export", email, ["mine"]],
    );
    assert.equal((await live.browser().get("/auth/v1/account/export")).status, 401);
    const page = await browser.post("/auth/export", "", { headers: form });
    assert.deepEqual([page.status, JSON.parse(page.text).format], [200, format], "by the page too");
    // One after the other is fine.
    assert.equal((await browser.get("/auth/v1/account/export")).status, 200);
  });

  test("is copied whole where the copy is larger than memory should hold", async () => {
    const browser = await live.join(someone(), "Ada");
    const notes = Array.from({ length: 1200 }, () => ({ body: "x".repeat(900) }));
    assert.equal((await browser.post("/rest/v1/notes", notes)).status, 201);
    const copies = await Promise.all([1, 2, 3].map(() => browser.get("/auth/v1/account/export")));
    const good = copies.filter(({ status }) => status === 200);
    assert.ok(good.length > 0);
    for (const { body } of good) assert.equal((body["rows"] as { notes: unknown[] }).notes.length, 1200);
    assert.ok(
      copies.every(({ status }) => status === 200 || status === 429),
      "one at a time",
    );
  });

  test("is deleted after a week, unless the link in the mail is followed", async () => {
    const email = someone();
    const browser = await live.join(email);
    await browser.post("/rest/v1/replies", { body: "said" });
    const plan = await browser.get("/auth/v1/account/deletion");
    assert.deepEqual(plan.body, {
      days: 7,
      goes: ["notes"],
      unnamed: ["replies"],
      kept: [],
      blockedBy: [],
      blockedUnseen: false,
      lastOwnerOf: [],
      isLastAdmin: false,
    });
    const asked = await browser.ask("/auth/v1/account", remove);
    assert.deepEqual([asked.status, asked.body["deleted"]], [202, false], asked.text);
    assert.ok(Date.parse(String(asked.body["due"])) > Date.now() + 6.9 * 86_400_000);
    assert.equal(browser.cookies.size, 0);
    assert.equal(asked.headers.get("clear-site-data"), '"cache", "storage"');
    const refused = await live.browser().post("/auth/v1/sign-in", { email, password });
    assert.deepEqual([refused.status, refused.code], [403, "account_suspended"]);
    const token = await live.tokenTo(email, /will be deleted/);
    const stranger = live.browser();
    assert.match((await stranger.get(`/auth/keep?token=${token}`)).text, /<button class="button main">Keep my account/);
    const kept = await stranger.post("/auth/keep", `token=${token}`, { headers: form });
    assert.deepEqual([kept.status, kept.headers.get("location")], [303, "/auth/keep?done=kept"]);
    assert.equal((await stranger.post("/auth/v1/account/keep", { token })).code, "used_link");
    assert.equal((await live.browser().post("/auth/v1/sign-in", { email, password })).status, 200);
  });

  test("is deleted by no page of another site, and by no token of a program", async () => {
    const browser = await live.join(someone());
    const foreign = await browser.ask("/auth/v1/account", { ...remove, headers: { "sec-fetch-site": "cross-site" } });
    assert.equal(foreign.code, "cross_site");
    const actor = { id: browser.user, roles: [], claims: {} };
    const { token } = await live.platform.tokens.issue({ actor, lifetime: 60_000 });
    const headers = { authorization: `Bearer ${token}` };
    for (const [path, asked] of [
      ["/auth/v1/account", remove],
      ["/auth/v1/account/export", {}],
      ["/auth/v1/account/deletion", {}],
    ] as const)
      assert.equal((await live.browser().ask(path, { ...asked, headers })).status, 401, path);
    assert.equal((await browser.get("/auth/v1/session")).body["user"], browser.user);
  });
});

describe("the pages", () => {
  test("say what goes, what stays and what is in the way, in the reader's language, and take no other address", async () => {
    const email = someone();
    const browser = await live.join(email);
    const account = (await browser.get("/auth/account")).text;
    for (const path of ["/auth/export", "/auth/delete"]) assert.ok(account.includes(`href="${path}"`), path);
    await browser.post("/rest/v1/orders", { what: "bread" });
    const blocked = (await browser.get("/auth/delete")).text;
    assert.match(blocked, /cannot be deleted while this is there[^<]*<\/p>\s*<ul><li>Your orders<\/li><\/ul>/);
    assert.doesNotMatch(blocked, /Delete my account/);
    const dutch = await browser.get("/auth/delete", { headers: { "accept-language": "nl" } });
    assert.match(dutch.text, /<li>Je bestellingen<\/li>/);
    assert.equal((await browser.ask("/auth/v1/account", remove)).status, 409);
    await browser.ask("/rest/v1/orders?what=eq.bread", remove);
    const open = (await browser.get("/auth/delete")).text;
    assert.match(open, /goes with it:<\/p>\s*<ul><li>Notes<\/li><\/ul>/);
    assert.match(open, /without your name:<\/p>\s*<ul><li>Replies<\/li><\/ul>/);
    const wrong = await browser.post("/auth/delete", "confirm=eve%40example.org", { headers: form });
    assert.match(wrong.text, /This is not the address of your account/);
    assert.equal((await browser.get("/auth/v1/session")).body["user"], browser.user);
    const done = await browser.post("/auth/delete", `confirm=${encodeURIComponent(email.toUpperCase())}`, { headers: form });
    assert.deepEqual([done.status, done.headers.get("location")], [303, "/auth/deleted"], done.text);
    assert.equal(browser.cookies.size, 0);
    assert.match((await browser.get("/auth/deleted")).text, /Your account will be deleted/);
  });

  test("ask for a proof where the last one is long ago", async () => {
    const browser = await live.join(someone());
    await live.platform.database.transaction((connection) =>
      connection.run("UPDATE _chassis_sessions SET proved = proved - 700000 WHERE user = ?", [browser.user]),
    );
    for (const page of ["delete", "export"]) {
      const { text } = await browser.get(`/auth/${page}`);
      assert.match(text, new RegExp(`href="/auth/prove\\?to=%2Fauth%2F${page}"`));
    }
    assert.equal((await browser.get("/auth/v1/account/export")).code, "proof_required");
    assert.equal((await browser.ask("/auth/v1/account", remove)).code, "proof_required");
    const sent = await browser.post("/auth/export", "", { headers: form });
    assert.deepEqual([sent.status, sent.headers.get("location")], [303, "/auth/export"]);
  });
});

describe("somebody who has not signed up", () => {
  const anonymousBackend = defineBackend(
    defineSchema({
      users: { name: text().default("Somebody") },
      notes: { author: ref("users").onDelete("cascade").defaultToActor(), body: text() },
    }),
    {
      rules: {
        users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
        notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
      },
      auth: {
        anonymous: {
          async carryOver({ db, from, to }) {
            await db.notes.updateMany({ where: { author: from }, set: { author: to } });
          },
        },
      },
    },
  );

  test("saves things, signs up by the pages and keeps them; or signs in, and the app carries them over", async (t) => {
    const shop = await startPeople(t, { backend: anonymousBackend });
    const email = someone();
    const browser = shop.browser();
    const begun = await browser.post("/auth/v1/anonymous");
    assert.equal(begun.status, 200, begun.text);
    assert.equal((await browser.post("/auth/v1/anonymous")).body["user"], begun.body["user"], "they go on with what they have");
    assert.equal((await browser.post("/rest/v1/notes", { body: "saved" })).status, 201);
    assert.match((await browser.get("/auth/account")).text, /You have not signed up yet[^]*href="\/auth\/sign-up"/);
    assert.match((await browser.get("/auth/sign-in")).text, /type="password"/, "the page to sign in on is shown");
    assert.match((await browser.get("/auth/sign-out")).text, /is lost to you when you sign out/);
    const sent = await browser.post(
      "/auth/sign-up",
      `email=${encodeURIComponent(email)}&password=${encodeURIComponent(password)}`,
      { headers: form },
    );
    assert.equal(sent.status, 303, sent.text);
    const token = await shop.tokenTo(email, /Confirm your address/);
    assert.equal((await browser.post("/auth/confirm", `token=${token}`, { headers: form })).status, 303);
    const session = (await browser.get("/auth/v1/session")).body;
    assert.deepEqual([session["user"], session["email"], session["verified"]], [begun.body["user"], email, true]);

    const second = shop.browser();
    const { token: bearer } = (await second.post("/auth/v1/anonymous", { session: "token" })).body;
    assert.match(String(bearer), /^chs_/);
    const program = { headers: { authorization: `Bearer ${String(bearer)}` } };
    assert.equal((await shop.browser().post("/rest/v1/notes", { body: "by a program" }, program)).status, 201);
    const entered = await shop.browser().post("/auth/v1/sign-in", { email, password, session: "token" }, program);
    assert.equal(entered.status, 200, entered.text);
    assert.equal((await shop.browser().get("/rest/v1/notes", program)).status, 401, "its session was left");
    await second.post("/auth/v1/anonymous");
    await second.post("/rest/v1/notes", { body: "more" });
    assert.equal((await second.post("/auth/v1/sign-in", { email, password })).body["user"], begun.body["user"]);
    const bodies = JSON.parse((await second.get("/rest/v1/notes?select=body&order=body")).text) as unknown[];
    assert.deepEqual(bodies, [{ body: "by a program" }, { body: "more" }, { body: "saved" }]);
  });

  test("is nobody where the back end has no such accounts", async () => {
    assert.equal((await live.browser().post("/auth/v1/anonymous")).status, 404);
  });
});
