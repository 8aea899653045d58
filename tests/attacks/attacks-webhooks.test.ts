import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { openWebhooks, type OpenWebhooks, type ResolveHost } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { AppError } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import { defineBackend, defineSchema, everyone, nobody, text, webhooksOf } from "chassis";

/** ATTACKS.md 52: who may say where webhooks go must not reach what only the server reaches. */

const schema = defineSchema({ notes: { body: text() } });
const { webhook } = webhooksOf(schema);
const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["body"] }) },
});

interface World extends OpenWebhooks {
  readonly database: SqliteDatabase;
  readonly note: () => Promise<unknown>;
  /** The error of the last attempt, once there are so many. */
  readonly attempt: (count: number) => Promise<string | number | null>;
}

async function openWorld(
  t: TestContext,
  more: { readonly allow?: readonly string[]; readonly resolve?: ResolveHost } = {},
): Promise<World> {
  const database = await openSqlite({ path: ":memory:" });
  await prepareDatabase(database, backend.model);
  const open = await openWebhooks({
    database,
    webhooks: backend.webhooks,
    key: new Uint8Array(32),
    allow: [],
    keep: 86_400_000,
    clock: systemClock,
    ids: createIdSource(systemClock),
    logger: silentLogger,
    timeout: 300,
    ...more,
  });
  open.start();
  t.after(async () => {
    await open.close(0);
    await database.close();
  });
  let notes = 0;
  return {
    ...open,
    database,
    note() {
      const id = `00000000-0000-7000-8000-${String(notes++).padStart(12, "0")}`;
      const insert =
        "INSERT INTO notes (id, body, created, updated, version) VALUES (?, 'x', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1)";
      return database.transaction((connection) => connection.run(insert, [id]));
    },
    async attempt(count) {
      const deadline = performance.now() + 20_000;
      for (;;) {
        const [delivery] = await open.webhooks.deliveries();
        if (delivery !== undefined && delivery.attempts >= count) return delivery.last?.error ?? delivery.last?.status ?? null;
        assert.ok(performance.now() < deadline, "It was never sent.");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** A server of the inside, and whether anybody came. */
async function insider(t: TestContext, location?: string): Promise<{ readonly port: number; readonly paths: readonly string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(location === undefined ? 204 : 307, location === undefined ? {} : { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return { port: (server.address() as AddressInfo).port, paths };
}

const inside = `
  127.0.0.1 127.1 0x7f.1 2130706433 0x7f000001 017700000001 0177.0.0.1 127.0.0.1. ①②⑦.0.0.1 0.0.0.0 0 10.0.0.1 10.1 172.16.0.1 192.168.1.1
  100.64.0.1 169.254.169.254 0xa9fea9fe 192.0.0.192 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [::127.0.0.1]
  [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1] [fe80::1%25eth0] [fe80::1%eth0] [fc00::1] [fd00:ec2::254] [ff02::1]
  localhost LOCALHOST localhost. a.localhost localhost%2e loc%61lhost`;

const wrong: readonly (readonly [url: unknown, words: RegExp])[] = [
  ["", /must be an address/],
  [null, /must be an address/],
  [42, /must be an address/],
  ["example.com/hooks", /must be an address/],
  ["//example.com/hooks", /must be an address/],
  ["https:example.com", /must be an address/],
  ["https://", /must be an address/],
  ["https:///hooks", /must be an address/],
  ["https://?a", /must be an address/],
  ["ftp://example.com/", /must be an address/],
  ["javascript:alert(1)", /must be an address/],
  ["file:///etc/passwd", /must be an address/],
  ["gopher://127.0.0.1:70/", /must be an address/],
  ["unix:/var/run/docker.sock", /must be an address/],
  ["http://example.com/hooks", /must be https/],
  ["https://ann@example.com/", /user name or a password/],
  ["https://ann:secret@example.com/", /user name or a password/],
  ["https://:secret@example.com/", /user name or a password/],
  ["https://example.com@127.0.0.1/", /user name or a password/],
  ["https://example.com/#top", /no fragment/],
  ["https://example.com#@127.0.0.1/", /no fragment/],
  ["https://example.com/\r\nHost: inside", /no spaces/],
  ["https://exam\tple.com/", /no spaces/],
  ["https://example.com/a b", /no spaces/],
  ["https://example.com\\@127.0.0.1/", /no spaces, backslashes/],
  ["https://example.com/\u0000", /no spaces/],
  ["https://example.com:22/", /Port 22/],
  ["https://example.com:8080/", /Port 8080/],
  ["https://example.com:99999/", /not the address/],
  ["https://exa mple.com/", /no spaces/],
  ["https://exa<mple.com/", /not the address/],
  [`https://example.com/${"a".repeat(10_000)}`, /at most 2048 characters/],
];

test("52: an address of the inside is no endpoint, in whatever spelling", async (t) => {
  const { webhooks, database } = await openWorld(t);
  const refused = async (url: unknown, words: RegExp): Promise<void> => {
    for (const work of [() => webhooks.add({ url: url as string }), () => webhooks.update(known.id, { url: url as string })]) {
      await assert.rejects(work(), (error: unknown) => {
        assert.ok(error instanceof AppError && error.error === "validationFailed", `${String(url)}: ${String(error)}`);
        assert.match(error.fields?.[0]?.message ?? "", words, String(url).slice(0, 100));
        return error.fields?.[0]?.field === "url";
      });
    }
  };
  const { endpoint: known } = await webhooks.add({ url: "https://example.com/hooks?a=b" });
  for (const host of inside.trim().split(/\s+/))
    await refused(`https://${host}/`, /not on the public internet|not the address|wrong form/);
  for (const [url, words] of wrong) await refused(url, words);
  assert.deepEqual(await database.all("SELECT url FROM _chassis_webhook_endpoints", []), [["https://example.com/hooks?a=b"]]);
});

test("52: an address that came there by another way is not sent to", async (t) => {
  const inner = await insider(t);
  const { webhooks, database, note, attempt } = await openWorld(t);
  await webhooks.add({ url: "https://example.com/" });
  await database.transaction((connection) =>
    connection.run("UPDATE _chassis_webhook_endpoints SET url = ?", [`http://127.1:${inner.port}/`]),
  );
  await note();
  assert.match(String(await attempt(1)), /Port \d+ is not among/);
  assert.deepEqual(inner.paths, []);
});

test("52: a name that leads inside the second time is not followed there, and nobody is told where it leads", async (t) => {
  const answers = [["127.0.0.1"], ["93.184.215.14", "10.0.0.7"], ["::ffff:127.0.0.1"]];
  let asked = 0;
  const { webhooks, database, note, attempt, wake } = await openWorld(t, {
    resolve: async () => answers[asked++ % answers.length] ?? [],
  });
  // What a name leads to is looked up when it is sent to: it may be another address by then anyway.
  await webhooks.add({ url: "https://hooks.example.com/" });
  await note();
  for (let count = 1; count <= answers.length; count++) {
    assert.equal(await attempt(count), "The host is not on the public internet.");
    assert.equal(asked, count, "looked up once for each attempt");
    await database.transaction((connection) => connection.run("UPDATE _chassis_webhook_deliveries SET next_at = 0", []));
    wake();
  }
});

test("52: a redirect to the inside is not followed", async (t) => {
  const inner = await insider(t);
  const outer = await insider(t, `http://127.0.0.1:${inner.port}/secret`);
  const { webhooks, note, attempt } = await openWorld(t, { allow: [`127.0.0.1:${outer.port}`] });
  await webhooks.add({ url: `http://127.0.0.1:${outer.port}/hooks` });
  await note();
  assert.equal(await attempt(1), 307);
  assert.deepEqual([outer.paths, inner.paths], [["/hooks"], []]);
});

test("what else is said of an endpoint is checked, all of it at once", async (t) => {
  const { webhooks } = await openWorld(t);
  const bad = { url: "http://x", types: ["note.creatd"], description: "x".repeat(201), notify: "nobody", secret: "mine" };
  await assert.rejects(webhooks.add(bad), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.deepEqual(error.fields?.map(({ field }) => field).toSorted(), ["description", "notify", "secret", "types", "url"]);
    assert.match(error.details ?? "", /Did you mean note\.created|note\.created/);
    return true;
  });
  for (const types of [[], "note.created", [1], [null]])
    await assert.rejects(webhooks.add({ url: "https://example.com/", types: types as never }), AppError);
  const calls = ["enable", "disable", "remove", "rotateSecret", "test"] as const;
  for (const call of calls)
    await assert.rejects(webhooks[call]("ep_none"), (error: unknown) => error instanceof AppError && error.error === "notFound");
  await assert.rejects(webhooks.replay({ event: "msg_none" }), /There is no message 'msg_none'/);
  await assert.rejects(webhooks.replay({ since: new Date("no") }), TypeError);
});
