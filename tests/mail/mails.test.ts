import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import PostalMime from "postal-mime";
import { z } from "zod";
import { AppError, defineBackend, defineSchema, everyone, functionsOf, nobody, text } from "chassis";
import { button, heading, mail, paragraph, quote } from "chassis/mail";
import { openTestBackend, type TestBackend, type TestBackendOptions } from "chassis/testing";
import { setDefaultCACertificates } from "node:tls";
import { localCertificate, startMailServer } from "../support/smtp-server.ts";

const schema = defineSchema({ people: { name: text() } });
const { mutation, query } = functionsOf(schema);

const welcome = mail({
  input: z.object({ name: z.string(), link: z.url() }),
  languages: {
    en: {
      subject: ({ name }) => `Welcome, ${name}`,
      body: ({ name, link }) => [heading(`Welcome, ${name}`), button("Confirm", link)],
    },
    nl: {
      subject: ({ name }) => `Welkom, ${name}`,
      body: ({ name, link }) => [heading(`Welkom, ${name}`), button("Bevestig", link)],
    },
  },
});
const digest = mail({ list: "digest", subject: "This week", body: () => [paragraph("News")] });
const broken = mail({
  input: z.object({ link: z.string() }),
  subject: "Look",
  maxAttempts: 2,
  body: ({ link }) => [button("Go", link)],
});
const note = mail({
  input: z.object({ words: z.string() }),
  from: "Desk <desk@example.org>",
  subject: ({ words }) => words,
  body: ({ words }) => [quote(words)],
});

/** Goes to addresses that anybody may type. */
const invitation = mail({ limit: "2/1h", maxAttempts: 3, subject: "Come", body: () => [paragraph("Come")] });

const backend = defineBackend(schema, {
  rules: { people: () => ({ read: everyone, write: nobody }) },
  mails: { welcome, digest, broken, note, invitation },
  mail: { from: "Pathways <hello@pathways.example>", replyTo: "help@pathways.example", brand: { name: "Pathways" } },
  functions: {
    rejoin: mutation(
      { input: z.object({ to: z.string(), fail: z.boolean() }), access: everyone },
      async ({ input, suppressions }) => {
        const removed = await suppressions.remove(input.to, { list: "digest" });
        await suppressions.add(input.to);
        if (input.fail) throw new AppError("forbidden");
        return { removed, found: (await suppressions.find(input.to))?.list ?? "all" };
      },
    ),
    look: query(
      { input: z.object({ to: z.string(), remove: z.boolean() }), access: everyone },
      async ({ input, suppressions }) => {
        if (input.remove) await suppressions.remove(input.to);
        return (await suppressions.list({ address: input.to })).length;
      },
    ),
    join: mutation(
      { input: z.object({ name: z.string(), to: z.string(), fail: z.boolean().optional() }), access: everyone },
      async ({ input, db, enqueue }) => {
        const { name, to } = input;
        await db.asSystem().people.create({ name });
        await enqueue(welcome, {
          to: { address: to, name },
          data: { name, link: "https://pathways.example/confirm?a=1&b=2" },
          language: "nl-BE",
        });
        if (input.fail === true) throw new AppError("forbidden");
      },
    ),
  },
});

async function open(t: TestContext, options: TestBackendOptions = {}): Promise<TestBackend<typeof schema>> {
  const app = await openTestBackend(backend, options);
  t.after(() => app.close());
  return app;
}

const join = (app: TestBackend<typeof schema>, body: object): Promise<Response> =>
  app.fetch("/rest/v1/rpc/join", { method: "POST", body: JSON.stringify(body) });

test("a mail is sent when the transaction is kept that it was handed over in, and is what a server would get", async (t) => {
  const app = await open(t);
  assert.equal((await join(app, { name: "Eve", to: "eve@example.org", fail: true })).status, 403);
  assert.equal((await join(app, { name: 'Ada "the first" <b>', to: "Ada@example.org" })).ok, true);
  await app.runJobs();
  const [sent, ...others] = await app.outbox.messages();
  assert.ok(sent);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [sent.mail, sent.from, sent.to, sent.links],
    ["welcome", "hello@pathways.example", "Ada@example.org", ["https://pathways.example/confirm?a=1&b=2"]],
  );
  const parsed = await PostalMime.parse(sent.raw);
  assert.equal(parsed.subject, 'Welkom, Ada "the first" <b>');
  assert.deepEqual([parsed.from?.name, parsed.from?.address], ["Pathways", "hello@pathways.example"]);
  assert.deepEqual(
    parsed.to?.map(({ name, address }) => [name, address]),
    [['Ada "the first" <b>', "Ada@example.org"]],
  );
  assert.deepEqual(
    parsed.replyTo?.map(({ address }) => address),
    ["help@pathways.example"],
  );
  assert.equal(parsed.text?.trimEnd(), sent.text.trimEnd());
  assert.equal(parsed.html?.trimEnd(), sent.html.trimEnd());
  assert.deepEqual(parsed.attachments, []);
  assert.match(sent.text, /^Welkom, Ada "the first" <b>\n=+\n\nBevestig:\nhttps:\/\/pathways\.example\/confirm\?a=1&b=2\n/);
  assert.match(sent.html, /<html lang="nl" dir="ltr">/);
  assert.match(sent.headers.get("message-id") ?? "", /^<[0-9a-f-]{32}@pathways\.example>$/);
  assert.ok(Math.abs(Date.parse(sent.headers.get("date") ?? "") - Date.now()) < 60_000);
  assert.equal(sent.headers.get("auto-submitted"), "auto-generated");
  assert.equal(sent.headers.get("content-language"), "nl");
  for (const name of ["x-mailer", "list-unsubscribe", "precedence", "bcc", "cc"])
    assert.equal(sent.headers.has(name), false, name);
});

test("a letter is checked when it is handed over, and what does not fit is told by field", async (t) => {
  const app = await open(t);
  const data = { name: "Ada", link: "https://pathways.example/" };
  const bad: readonly (readonly [letter: unknown, field: string])[] = [
    [undefined, ""],
    ["ada@example.org", ""],
    [{ data }, "to"],
    [{ to: "ada", data }, "to"],
    [{ to: ["ada@example.org", "bob@example.org"], data }, "to"],
    [{ to: "ada@example.org, bob@example.org", data }, "to"],
    [{ to: "ada@example.org\r\nBcc: eve@example.org", data }, "to"],
    [{ to: { address: "ada@example.org\nBcc: eve@example.org" }, data }, "to.address"],
    [{ to: { address: "ada@example.org", name: 7 }, data }, "to.name"],
    [{ to: "ada@example.org", data, replyTo: "x\r\nBcc: eve@example.org" }, "replyTo"],
    [{ to: "ada@example.org", data, language: "en\r\nBcc: eve@example.org" }, "language"],
    [{ to: "ada@example.org", data, language: "en-US,en;q=0.9" }, "language"],
    [{ to: "ada@example.org", data, bcc: "eve@example.org" }, "bcc"],
    [{ to: "ada@example.org", data: { name: "Ada" } }, "data.link"],
    [{ to: "ada@example.org", data: { name: "Ada", link: "no" } }, "data.link"],
    [{ to: "ada@example.org" }, "data"],
  ];
  for (const [letter, field] of bad)
    await assert.rejects(
      app.enqueue(welcome, letter as never),
      (error: AppError) => error.error === "validationFailed" && error.fields?.[0]?.field === field,
      JSON.stringify(letter),
    );
  await assert.rejects(app.enqueue(digest, { to: "ada@example.org", data: {} } as never), /valid/);
  await app.runJobs();
  assert.deepEqual(await app.outbox.messages(), []);
});

test("no text in a name or a subject begins another header", async (t) => {
  const app = await open(t);
  const injection = "x\r\nBcc: eve@example.org\r\n\r\n<b>body</b>\nSubject: other\u2028\0\u0085";
  await app.enqueue(note, {
    to: { address: "ada@example.org", name: injection },
    replyTo: { address: "bob@example.org", name: injection },
    data: { words: injection },
  });
  for (const name of [
    '"',
    "\\",
    "a, b@example.org",
    "<eve@example.org>",
    "=?utf-8?q?=0ABcc:_eve@example.org?=",
    "é, 例",
    "long ".repeat(60),
  ])
    await app.enqueue(note, { to: { address: "ada@example.org", name }, data: { words: name } });
  await app.runJobs();
  const sent = await app.outbox.messages();
  assert.equal(sent.length, 8);
  for (const { raw, headers } of sent) {
    const parsed = await PostalMime.parse(raw);
    assert.deepEqual(
      parsed.to?.map(({ address }) => address),
      ["ada@example.org"],
    );
    assert.deepEqual([parsed.bcc, parsed.cc], [undefined, undefined]);
    assert.deepEqual([...headers.keys()].sort(), [
      "auto-submitted",
      "content-language",
      "content-type",
      "date",
      "from",
      "message-id",
      "mime-version",
      "reply-to",
      "subject",
      "to",
    ]);
    // A line of at most 998 characters (RFC 5322 section 2.1.1), and nothing but ASCII.
    const lines = Buffer.from(raw).toString("latin1").split("\r\n");
    assert.ok(lines.every((line) => line.length <= 998 && /^[\x20-\x7e\t]*$/.test(line)));
    assert.deepEqual(parsed.from, { name: "Desk", address: "desk@example.org" });
  }
});

test("nothing is sent to an address that is suppressed, and the job is done", async (t) => {
  const logged: object[] = [];
  const note = (fields: object, message?: string): void => void logged.push({ ...fields, message });
  const app = await open(t, { logger: { debug() {}, info: note, warn: note, error: note } });
  await app.suppressions.add("ada@example.org", { reason: "bounce" });
  await app.suppressions.add("bob@example.org", { list: "digest", reason: "unsubscribed" });
  await join(app, { name: "Ada", to: "ADA@example.org" });
  await app.enqueue(digest, { to: "bob@example.org" });
  await app.enqueue(digest, { to: "cem@example.org" });
  await join(app, { name: "Bob", to: "bob@example.org" });
  await app.runJobs();
  assert.deepEqual((await app.outbox.messages()).map(({ mail, to }) => `${mail} ${to}`).sort(), [
    "digest cem@example.org",
    "welcome bob@example.org",
  ]);
  const told = logged.filter((line) => "reason" in line) as { mail: string; reason: string }[];
  assert.deepEqual(told.map(({ mail: name, reason }) => `${name} ${reason}`).sort(), ["digest unsubscribed", "welcome bounce"]);
  assert.doesNotMatch(JSON.stringify(told), /example\.org/);
});

test("no address gets more of a mail than its limit says, under whatever name; all other mail goes on", async (t) => {
  const logged: string[] = [];
  const note = (_fields: object, message?: string): void => void logged.push(message ?? "");
  const app = await open(t, { logger: { debug() {}, info() {}, warn: note, error: note } });
  for (const to of ["ada@example.org", "ADA+1@Example.org", "ada+2@example.org", "ada@example.org", "bob@example.org"]) {
    await app.enqueue(invitation, { to });
    await app.runJobs();
  }
  await app.enqueue(digest, { to: "ada@example.org" });
  await app.runJobs();
  assert.deepEqual(
    (await app.outbox.messages()).map(({ mail: name, to }) => `${name} ${to}`),
    ["invitation ada@example.org", "invitation ADA+1@example.org", "invitation bob@example.org", "digest ada@example.org"],
  );
  assert.equal(logged.filter((line) => /got as many of it as its limit says/.test(line)).length, 2);
});

test("what the server could not take yet does not count twice", async (t) => {
  let refused = 0;
  const server = await startMailServer(t, {
    settings: { hideSTARTTLS: true },
    onRecipient: () => (refused++ < 2 ? "451 4.3.2 Later" : undefined),
  });
  const app = await open(t, {
    settings: { CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${server.port}`, CHASSIS_BASE_URL: "https://pathways.example" },
  });
  await app.enqueue(invitation, { to: "ada@example.org" });
  const deadline = performance.now() + 10_000;
  while (server.taken.length === 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(server.taken.length, 1);
});

test("a mutation changes suppressions within its transaction, and a query only sees them", async (t) => {
  const app = await open(t);
  const call = (name: string, body: object): Promise<Response> =>
    app.fetch(`/rest/v1/rpc/${name}`, { method: "POST", body: JSON.stringify({ to: "ada@example.org", ...body }) });
  await app.suppressions.add("ada@example.org", { list: "digest" });
  assert.equal((await call("rejoin", { fail: true })).status, 403);
  assert.deepEqual(
    (await app.suppressions.list()).map(({ list }) => list),
    ["digest"],
  );
  assert.deepEqual(await (await call("rejoin", { fail: false })).json(), { removed: true, found: "all" });
  assert.deepEqual(
    (await app.suppressions.list()).map(({ list }) => list),
    [null],
  );
  assert.equal(await (await call("look", { remove: false })).json(), 1);
  assert.equal((await call("look", { remove: true })).status, 500);
  assert.equal((await app.suppressions.list()).length, 1);
});

test("mail of a list has a link and headers by which its reader leaves it", async (t) => {
  const app = await open(t, { settings: { CHASSIS_BASE_URL: "https://pathways.example" } });
  await app.enqueue(digest, { to: { address: "ada@example.org" } });
  const { headers, links, text: words, raw } = await app.outbox.next({ mail: "digest" });
  const [link = ""] = links;
  assert.match(link, /^https:\/\/pathways\.example\/mail\/v1\/unsubscribe\?token=[\w.-]+$/);
  assert.equal(headers.get("list-unsubscribe"), `<${link}>`);
  assert.equal(headers.get("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
  assert.equal(headers.get("list-id"), "<digest.pathways.example>");
  assert.equal(headers.get("precedence"), "bulk");
  assert.ok(words.endsWith(`Unsubscribe: ${link}\n`));
  // Programs read the header as one line.
  assert.ok((await PostalMime.parse(raw)).headers.some(({ key, value }) => key === "list-unsubscribe" && value === `<${link}>`));
});

test("a mail whose template fails is tried again, and says what is wrong", async (t) => {
  const app = await open(t);
  await app.enqueue(broken, { to: "ada@example.org", data: { link: "javascript:alert(1)" } });
  await assert.rejects(
    app.runJobs(),
    /The job mail\.broken \(1\) failed: TypeError: button: 'javascript:alert\(1\)' is no whole address/,
  );
  assert.deepEqual(await app.outbox.messages(), []);
});

test("the outbox gives each mail once, in order, by what is asked for", async (t) => {
  const app = await open(t);
  for (const [to, words] of [
    ["ada@example.org", "One"],
    ["bob@example.org", "Two"],
    ["ada@example.org", "Three"],
  ] as const)
    await app.enqueue(note, { to, data: { words } });
  assert.equal((await app.outbox.next({ to: "ADA@example.org" })).subject, "One");
  assert.equal((await app.outbox.next({ to: "ada@example.org" })).subject, "Three");
  assert.equal((await app.outbox.next({ subject: /^T/ })).subject, "Two");
  await assert.rejects(
    app.outbox.next({ to: "ada@example.org", timeLimit: 1 }),
    /No mail with to ada@example\.org came within 1 ms\. Sent were: .*note to ada@example\.org: One \(given before\)/,
  );
  await app.outbox.clear();
  assert.deepEqual(await app.outbox.messages(), []);
});

test("with a server, mails go there, and one that is not there is suppressed from then on", async (t) => {
  setDefaultCACertificates([localCertificate.cert]);
  const server = await startMailServer(t, {
    secure: true,
    login: ["pathways", "s3cret"],
    onRecipient: (address) => (address === "gone@example.org" ? "550 5.1.1 No such user" : undefined),
  });
  const logged: unknown[] = [];
  const note = (...line: unknown[]): void => void logged.push(line);
  const app = await open(t, {
    settings: {
      CHASSIS_MAIL_SERVER: `smtps://pathways:s3cret@localhost:${server.port}`,
      CHASSIS_MAIL_FROM: "Elsewhere <no-reply@elsewhere.example>",
      CHASSIS_BASE_URL: "https://pathways.example",
    },
    logger: { debug: note, info: note, warn: note, error: note },
  });
  await app.enqueue(digest, { to: "ada@example.org" });
  await app.enqueue(digest, { to: "gone@example.org" });
  await assert.rejects(
    app.runJobs(),
    /mail\.digest \(2\) failed: UnrecoverableError: There is no such mailbox\. It answered: 550 5\.1\.1 No such user/,
  );
  assert.deepEqual(
    server.taken.map(({ from, to }) => [from, to]),
    [["no-reply@elsewhere.example", ["ada@example.org"]]],
  );
  assert.deepEqual(await app.outbox.messages(), []);
  const [suppressed] = await app.suppressions.list();
  assert.deepEqual([suppressed?.address, suppressed?.list, suppressed?.reason], ["gone@example.org", null, "bounce"]);
  assert.match(suppressed?.detail ?? "", /^550 5\.1\.1 No such user/);
  await app.enqueue(digest, { to: "Gone@example.org" });
  await app.runJobs();
  assert.equal(server.taken.length, 1);
  assert.doesNotMatch(JSON.stringify(logged), /s3cret/);
});

test("a mail that the server takes twice can be recognised by its Message-ID", async (t) => {
  let isFirst = true;
  const ids: (string | undefined)[] = [];
  const server = await startMailServer(t, {
    settings: { hideSTARTTLS: true },
    // Taken, and the connection is gone before it said so.
    async onMessage({ raw }) {
      ids.push((await PostalMime.parse(raw)).messageId);
      if (!isFirst) return undefined;
      isFirst = false;
      return "421 4.3.2 Going down";
    },
  });
  const app = await open(t, {
    settings: { CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${server.port}`, CHASSIS_BASE_URL: "https://pathways.example" },
  });
  await app.enqueue(digest, { to: "ada@example.org" });
  await app.runJobs({ allowFailures: true });
  const deadline = performance.now() + 20_000;
  while (server.taken.length === 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

test("types hold a letter to its mail, and mails to the languages that there must be", () => {
  const check = (app: TestBackend<typeof schema>): unknown[] => [
    app.enqueue(welcome, { to: "ada@example.org", data: { name: "Ada", link: "https://pathways.example/" } }),
    // @ts-expect-error: the data has no link.
    app.enqueue(welcome, { to: "ada@example.org", data: { name: "Ada" } }),
    // @ts-expect-error: it needs data.
    app.enqueue(welcome, { to: "ada@example.org" }),
    // @ts-expect-error: one mail a recipient.
    app.enqueue(digest, { to: ["ada@example.org"] }),
    // @ts-expect-error: there is no such part.
    app.enqueue(digest, { to: "ada@example.org", cc: "bob@example.org" }),
  ];
  assert.equal(typeof check, "function");
  const rules = { people: () => ({ read: everyone, write: nobody }) };
  const dutch = mail({ languages: { nl: { subject: "x", body: () => [] } } });
  defineBackend(schema, { rules, mails: { welcome }, mail: { languages: ["en", "nl"] } });
  assert.throws(
    // @ts-expect-error: it lacks English.
    () => defineBackend(schema, { rules, mails: { dutch }, mail: { languages: ["en", "nl"] } }),
    /mails\.dutch\.languages: lacks 'en'/,
  );
});
