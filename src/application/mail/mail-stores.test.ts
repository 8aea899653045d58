import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Clock, systemClock } from "#base";
import { openSqlite, type SqliteDatabase } from "#database";
import { type ComposedMessage, createMailbox, type Mailbox, mailboxSize } from "./mailbox.ts";
import { createMailTables, hasMailTables } from "./mail-tables.ts";
import { createSuppressions, type Suppressions } from "./suppressions.ts";
import { createUnsubscribeTokens } from "./unsubscribe-token.ts";

async function openStores(
  t: TestContext,
): Promise<{ readonly database: SqliteDatabase; readonly mailbox: Mailbox; readonly suppressions: Suppressions }> {
  let now = Date.parse("2026-11-26T08:00:00Z");
  const clock: Clock = { ...systemClock, now: () => (now += 1000) };
  const database = await openSqlite({ path: ":memory:", clock });
  t.after(() => database.close());
  assert.equal(await hasMailTables(database), false);
  await database.transaction(createMailTables);
  assert.equal(await hasMailTables(database), true);
  return { database, mailbox: createMailbox(database, clock), suppressions: createSuppressions(database, clock) };
}

function message(number: number, to = "ada@example.org"): ComposedMessage {
  return {
    messageId: `<${number}@example.org>`,
    mail: "welcome",
    from: "hello@example.org",
    to,
    subject: `Message ${number}`,
    text: "Hello",
    html: "<p>Hello</p>",
    raw: Buffer.from(`Subject: Message ${number}\r\n\r\nHello\r\n`),
  };
}

test("the mailbox gives messages newest first, by address and in pages, and one whole", async (t) => {
  const { mailbox } = await openStores(t);
  for (const number of [1, 2, 3]) await mailbox.put(message(number, number === 2 ? "Bob@example.org" : "ada@example.org"));
  const subjects = async (filter?: Parameters<Mailbox["list"]>[0]): Promise<readonly string[]> =>
    (await mailbox.list(filter)).map(({ subject }) => subject);
  assert.deepEqual(await subjects(), ["Message 3", "Message 2", "Message 1"]);
  assert.deepEqual(await subjects({ to: "bob@EXAMPLE.org" }), ["Message 2"]);
  const [newest] = await mailbox.list({ limit: 1 });
  assert.ok(newest);
  assert.deepEqual(await subjects({ before: newest.id, limit: 1 }), ["Message 2"]);
  const found = await mailbox.find(newest.id);
  assert.equal(found?.messageId, "<3@example.org>");
  assert.equal(found.text, "Hello");
  assert.equal(found.html, "<p>Hello</p>");
  assert.equal(Buffer.from(found.raw).toString(), "Subject: Message 3\r\n\r\nHello\r\n");
  assert.equal(await mailbox.find(newest.id + 1), undefined);
  assert.equal(await mailbox.clear(), 3);
  assert.deepEqual(await subjects(), []);
});

test("the mailbox keeps a message once, however often it is sent, and forgets the oldest", async (t) => {
  const { database, mailbox } = await openStores(t);
  for (let number = 0; number < mailboxSize + 5; number++) await mailbox.put(message(number));
  await mailbox.put(message(mailboxSize));
  const [count] = (await database.get("SELECT count(*) FROM _chassis_mailbox", [])) ?? [];
  assert.equal(count, mailboxSize);
  assert.equal((await mailbox.list({ limit: 1 }))[0]?.subject, `Message ${mailboxSize + 4}`);
  assert.equal((await mailbox.list({ limit: mailboxSize })).at(-1)?.subject, "Message 5");
});

test("a suppression holds for every mail, or for those of one list, in any spelling of the address", async (t) => {
  const { suppressions } = await openStores(t);
  assert.equal(await suppressions.add("Ada@Example.org", { list: "digest", reason: "unsubscribed" }), true);
  assert.equal(await suppressions.add("ada@example.ORG", { list: "digest", reason: "manual" }), false);
  assert.equal((await suppressions.find("ADA@example.org", "digest"))?.reason, "unsubscribed");
  assert.equal(await suppressions.find("ada@example.org", "news"), undefined);
  assert.equal(await suppressions.find("ada@example.org"), undefined);

  assert.equal(await suppressions.add("ada@example.org", { reason: "bounce", detail: "550 5.1.1 no such user" }), true);
  assert.deepEqual(await suppressions.find("ada@example.org", "news"), {
    address: "ada@example.org",
    list: null,
    reason: "bounce",
    detail: "550 5.1.1 no such user",
    since: "2026-11-26T08:00:03.000Z",
  });
  assert.equal((await suppressions.find("ada@example.org"))?.reason, "bounce");
  assert.equal(await suppressions.find("bob@example.org"), undefined);

  assert.equal(await suppressions.remove("Ada@example.org"), true);
  assert.equal(await suppressions.remove("Ada@example.org"), false);
  assert.equal((await suppressions.find("ada@example.org", "digest"))?.list, "digest");
  assert.equal(await suppressions.remove("Ada@example.org", { list: "digest" }), true);
  assert.equal(await suppressions.find("ada@example.org", "digest"), undefined);
});

test("suppressions are listed newest first, and found by address, list and reason", async (t) => {
  const { suppressions } = await openStores(t);
  await suppressions.add("a@example.org");
  await suppressions.add("b@example.org", { reason: "complaint" });
  await suppressions.add("b@example.org", { list: "digest", reason: "unsubscribed" });
  const addresses = async (filter?: Parameters<Suppressions["list"]>[0]): Promise<readonly string[]> =>
    (await suppressions.list(filter)).map(({ address, list }) => `${address} ${list}`);
  assert.deepEqual(await addresses(), ["b@example.org digest", "b@example.org null", "a@example.org null"]);
  assert.deepEqual(await addresses({ limit: 1 }), ["b@example.org digest"]);
  assert.deepEqual(await addresses({ address: "B@example.org", list: "digest" }), ["b@example.org digest"]);
  assert.deepEqual(await addresses({ reason: "manual" }), ["a@example.org null"]);
  await assert.rejects(suppressions.add("nobody"), /must be one e-mail address/);
});

test("an unsubscribe token names one address and one list, and only the server that made it reads it", () => {
  const tokens = createUnsubscribeTokens(Buffer.alloc(32, 1));
  const token = tokens.make({ address: "ada@example.org", list: "digest" });
  assert.match(token, /^[\w-]+\.[\w-]{22}$/);
  assert.deepEqual(tokens.read(token), { address: "ada@example.org", list: "digest" });
  const [payload = "", mac = ""] = token.split(".");
  const other = Buffer.from("digest\nbob@example.org").toString("base64url");
  const wrong = [
    "",
    ".",
    token.slice(1),
    `${other}.${mac}`,
    `${payload}.`,
    `${payload}.${"A".repeat(22)}`,
    `${token}.`,
    "x".repeat(2000),
  ];
  for (const text of wrong) assert.equal(tokens.read(text), undefined, text);
  assert.equal(createUnsubscribeTokens(Buffer.alloc(32, 2)).read(token), undefined);
});
