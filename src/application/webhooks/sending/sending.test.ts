import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { AppError } from "#contract";
import { verifyWebhook } from "../standard-webhooks.ts";
import { openReceiver, openWebhookWorld, settled, until, webhook } from "./webhook-fixtures.ts";

const created = webhook("reviews", { on: ["create"], select: ["id", "stars"] });
const HOUR = 3_600_000;

test("what happened is sent once it is committed, signed, and with the columns that were named", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  await world.review();
  const { endpoint, secret } = await world.webhooks.add({ url: receiver.url, description: "Ours" });
  assert.equal(endpoint.enabled, true);
  const id = await world.review({ stars: 4 });
  const [delivery, ...others] = await settled(world);
  assert.deepEqual(others, [], "what happened before the endpoint was there is not sent");
  assert.equal(delivery?.state, "delivered");
  const [received] = receiver.received;
  assert.ok(received !== undefined);
  assert.equal(received.headers.get("content-type"), "application/json");
  assert.equal(received.body.type, "review.created");
  assert.deepEqual(received.body.data, { operation: "create", row: { id, stars: 4 } });
  assert.ok(Math.abs(Date.parse(received.body.timestamp) - Date.now()) < 60_000);
  const signed = verifyWebhook(received.headers, received.payload, { secret });
  assert.equal(signed.id, delivery.event);
  assert.deepEqual(await world.webhooks.attempts(delivery.id), [delivery.last]);
  assert.equal(delivery.last?.status, 204);
});

test("what is long is sent whole, and refuses no change", async (t) => {
  const receiver = await openReceiver(t);
  const told = webhook("reviews", { on: ["create"], select: ["body"] });
  const world = await openWebhookWorld(t, { written: { "review.created": told }, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  const body = "é".repeat(700_000);
  await world.review({ body });
  const [delivery] = await settled(world);
  assert.equal(delivery?.state, "delivered");
  assert.ok(receiver.received[0]?.body.data["row"] !== undefined);
  assert.deepEqual(receiver.received[0].body.data["row"], { body });
});

test("nothing of a rollback is sent, and nothing where nobody takes it", async (t) => {
  const receiver = await openReceiver(t);
  const written = { "review.created": created, "school.created": webhook("schools", { on: ["create"], select: ["id"] }) };
  const world = await openWebhookWorld(t, { written, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url, types: ["school.created"] });
  await world.review();
  const insert =
    "INSERT INTO schools (id, name, created, updated, version) VALUES (?, 'x', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1)";
  await world.database.transaction((connection) => connection.run(insert, ["11111111-1111-7111-8111-111111111111"]), {
    rollback: true,
  });
  const thrown = world.database.transaction(async (connection) => {
    await connection.run(insert, ["22222222-2222-7222-8222-222222222222"]);
    throw new Error("No.");
  });
  await assert.rejects(thrown, /No/);
  assert.deepEqual(await world.database.all("SELECT * FROM _chassis_webhook_events", []), []);
  await world.run(insert, "33333333-3333-7333-8333-333333333333");
  await settled(world);
  assert.deepEqual(
    receiver.received.map(({ body }) => body.data["row"]),
    [{ id: "33333333-3333-7333-8333-333333333333" }],
  );
});

test("operations, conditions and changed columns say what is told", async (t) => {
  const receiver = await openReceiver(t);
  const written = {
    "review.worse": webhook("reviews", {
      on: ["create", "update"],
      changed: ["stars"],
      when: ({ row, before }) => row.stars.lte(2).and(before.stars.isNull().or(before.stars.gt(2))),
      select: ["stars"],
    }),
    "review.gone": webhook("reviews", { on: ["delete"], when: ({ row, before }) => row.stars.eq(before.stars), select: ["id"] }),
    "review.back": webhook("reviews", { on: ["create"], when: ({ row }) => row.body.eq("back"), select: ["body"] }),
  };
  const world = await openWebhookWorld(t, { written, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  const id = await world.review({ stars: 5 });
  await world.run("UPDATE reviews SET body = 'still fine' WHERE id = ?", id);
  await world.run("UPDATE reviews SET stars = 2 WHERE id = ?", id);
  await world.run("UPDATE reviews SET body = 'as before' WHERE id = ?", id);
  await world.run("UPDATE reviews SET stars = 1 WHERE id = ?", id);
  // As those see it who ask for no deleted rows.
  await world.run("UPDATE reviews SET deleted = '2026-01-01T00:00:00.000Z' WHERE id = ?", id);
  await world.run("UPDATE reviews SET stars = 2 WHERE id = ?", id);
  await world.run("UPDATE reviews SET deleted = NULL, body = 'back' WHERE id = ?", id);
  await world.run("DELETE FROM reviews WHERE id = ?", id);
  await settled(world);
  const told = receiver.received.map(({ body: { type, data } }) => [type, data]);
  assert.deepEqual(
    new Set(told.map((each) => JSON.stringify(each))),
    new Set(
      [
        ["review.worse", { operation: "update", row: { stars: 2 }, before: { stars: 5 } }],
        ["review.gone", { operation: "delete", row: { id } }],
        ["review.worse", { operation: "create", row: { stars: 2 } }],
        ["review.back", { operation: "create", row: { body: "back" } }],
        ["review.gone", { operation: "delete", row: { id } }],
      ].map((each) => JSON.stringify(each)),
    ),
  );
  assert.equal(told.length, 5);
});

test("what is not taken is sent again by the schedule, with the same id, until it is given up", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  receiver.answer = (response) => void response.writeHead(500).end("Not today: \u0000 sorry");
  await world.review();
  const hours = [0, 5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24];
  for (const [index, wait] of hours.entries()) {
    world.pass(wait * HOUR);
    await until(
      () => receiver.received.length === index + 1,
      () => [index, receiver.received.length],
    );
    await until(async () => (await world.webhooks.deliveries())[0]?.attempts === index + 1);
    const [delivery] = await world.webhooks.deliveries();
    const next = hours[index + 1];
    if (next !== undefined) {
      // Not a moment sooner.
      world.pass(next * HOUR - 3000);
      assert.equal(receiver.received.length, index + 1);
      assert.ok(Date.parse(delivery?.nextAt ?? "") > Date.parse(delivery?.at ?? ""));
      world.pass(-next * HOUR + 3000);
    }
  }
  const [delivery] = await settled(world);
  assert.equal(delivery?.state, "failed");
  assert.equal(delivery.last?.answer, "Not today:  sorry");
  assert.equal((await world.webhooks.attempts(delivery.id)).length, 10);
  assert.equal(new Set(receiver.received.map(({ headers }) => headers.get("webhook-id"))).size, 1);
  receiver.answer = (response) => void response.writeHead(200).end();
  assert.equal(await world.webhooks.replay({ failed: true }), 1);
  await until(() => receiver.received.length === 11);
  assert.equal(receiver.received[10]?.headers.get("webhook-id"), receiver.received[0]?.headers.get("webhook-id"));
  await settled(world);
  assert.equal(await world.webhooks.replay({ failed: true }), 0, "it was taken since");
});

test("Retry-After is heeded, by a day at most", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  const asked: readonly (readonly [string, number])[] = [
    ["100", 100_000],
    ["1", 5000],
    ["999999999", 24 * HOUR],
    [new Date(Date.now() + HOUR).toUTCString(), HOUR],
    ["tomorrow", 5000],
  ];
  for (const [retryAfter, expected] of asked) {
    receiver.answer = (response) => void response.writeHead(503, { "retry-after": retryAfter }).end();
    await world.review();
    await until(async () => (await world.webhooks.deliveries())[0]?.attempts === 1);
    const [delivery] = await world.webhooks.deliveries();
    const wait = Date.parse(delivery?.nextAt ?? "") - Date.parse(delivery?.last?.at ?? "");
    assert.ok(Math.abs(wait - expected) < 2000, `${retryAfter}: ${wait}`);
    await world.run("DELETE FROM _chassis_webhook_deliveries");
  }
});

test("410 disables an endpoint at once; enabled again it gets what happens from then on, and by replay what it missed", async (t) => {
  const receiver = await openReceiver(t);
  const told: string[] = [];
  const world = await openWebhookWorld(t, {
    written: { "review.created": created },
    allow: [receiver.host],
    tellDisabled: async (_connection, { id, notify }, reason) => void told.push(`${id} ${notify} ${reason}`),
  });
  const { endpoint } = await world.webhooks.add({ url: receiver.url, notify: "ann@example.org" });
  receiver.answer = (response) => void response.writeHead(410).end();
  const before = new Date(Date.now() - 1000);
  await world.review();
  await until(async () => (await world.webhooks.find(endpoint.id))?.enabled === false);
  assert.deepEqual(told, [`${endpoint.id} ann@example.org It answered 410 Gone.`]);
  assert.equal((await world.webhooks.find(endpoint.id))?.reason, "It answered 410 Gone.");
  const missed = await world.review();
  await until(async () => (await world.database.all("SELECT 1 FROM _chassis_webhook_events WHERE fanned = 1", [])).length === 2);
  await assert.rejects(world.webhooks.test(endpoint.id), isError("validationFailed", /disabled: enable it first/));
  await assert.rejects(world.webhooks.replay({ since: before, endpoint: endpoint.id }), isError("validationFailed"));
  receiver.answer = (response) => void response.writeHead(204).end();
  assert.equal((await world.webhooks.enable(endpoint.id)).reason, null);
  const after = await world.review();
  await until(() => receiver.received.length === 2);
  assert.deepEqual(receiver.received[1]?.body.data["row"], { id: after, stars: 3 });
  // What has not been noted yet is on its way, and would not be sent twice.
  await until(async () => (await world.webhooks.deliveries())[0]?.state === "delivered");
  assert.equal(await world.webhooks.replay({ since: before }), 3);
  await until(() => receiver.received.length === 5);
  const ids = receiver.received.map(({ body }) => (body.data["row"] as { id: string }).id);
  assert.ok(ids.includes(missed));
});

test("an endpoint that takes nothing for five days is disabled, and what it takes in between counts", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  const { endpoint } = await world.webhooks.add({ url: receiver.url });
  const fail = async (): Promise<void> => {
    const count = receiver.received.length;
    await world.review();
    await until(() => receiver.received.length > count);
    await until(async () => ((await world.webhooks.deliveries())[0]?.attempts ?? 0) > 0);
  };
  receiver.answer = (response) => void response.writeHead(500).end();
  await fail();
  assert.ok((await world.webhooks.find(endpoint.id))?.failingSince);
  world.pass(4 * 24 * HOUR);
  await fail();
  receiver.answer = (response) => void response.writeHead(204).end();
  await fail();
  assert.equal((await world.webhooks.find(endpoint.id))?.failingSince, null);
  receiver.answer = (response) => void response.writeHead(500).end();
  world.pass(2 * 24 * HOUR);
  await fail();
  assert.equal((await world.webhooks.find(endpoint.id))?.enabled, true);
  // What waits is sent, and not taken either.
  world.pass(5 * 24 * HOUR);
  await until(async () => (await world.webhooks.find(endpoint.id))?.enabled === false);
  assert.match((await world.webhooks.find(endpoint.id))?.reason ?? "", /five days/);
  assert.ok(world.logged.some((line) => "message" in line && line.message === "A webhook endpoint was disabled."));
  const open = (await world.webhooks.deliveries({ limit: 100 })).filter(({ state }) => state === "waiting" || state === "queued");
  assert.deepEqual(open, []);
});

test("a test message goes to its endpoint alone, once, whatever becomes of it", async (t) => {
  const [one, other] = [await openReceiver(t), await openReceiver(t)];
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [one.host, other.host] });
  const { endpoint } = await world.webhooks.add({ url: one.url, types: ["review.created"] });
  await world.webhooks.add({ url: other.url });
  one.answer = (response) => void response.writeHead(400).end();
  const message = await world.webhooks.test(endpoint.id);
  const [delivery] = await settled(world);
  assert.deepEqual([delivery?.event, delivery?.state, delivery?.last?.status], [message, "failed", 400]);
  assert.equal(await world.webhooks.replay({ event: message }), 1);
  await until(() => one.received.length === 2);
  assert.equal(other.received.length, 0);
});

test("one slow endpoint holds up no other", async (t) => {
  const [slow, fast] = [await openReceiver(t), await openReceiver(t)];
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [slow.host, fast.host] });
  slow.answer = () => {};
  await world.webhooks.add({ url: slow.url });
  await world.webhooks.add({ url: fast.url });
  for (let count = 0; count < 40; count++) await world.review();
  await until(
    () => fast.received.length === 40,
    () => fast.received.length,
  );
  assert.equal(slow.received.length, 8, "so many are under way at one endpoint at once");
});

test("however many endpoints there are, so many messages are under way, and what waits longest is next", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host], start: false });
  const open: ServerResponse[] = [];
  receiver.answer = (response) => void open.push(response);
  for (let index = 0; index < 33; index += 1) await world.webhooks.add({ url: `${receiver.url}/${index}` });
  for (let index = 0; index < 8; index += 1) await world.review();
  world.start();
  await until(() => open.length === 256);
  // Of 264: those of the 33rd endpoint wait, though it has nothing under way.
  await world.webhooks.test((await world.webhooks.list())[0]?.id ?? "");
  world.wake();
  assert.equal(new Set(receiver.received.map(({ path }) => path)).size, 32);
  receiver.answer = (response) => void response.writeHead(204).end();
  for (const response of open) response.writeHead(204).end();
  await until(() => receiver.received.length === 265);
  assert.equal(receiver.received.at(-1)?.body.type, "webhook.test");
});

test("what is slow is given up in time, and is no success", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host], timeout: 50 });
  await world.webhooks.add({ url: receiver.url });
  receiver.answer = () => {};
  await world.review();
  const [delivery] = await settled(world);
  assert.match(delivery?.last?.error ?? "", /within 50 ms/);
  assert.equal(delivery?.last?.status, null);
});

test("a redirect is not followed, and a body without an end costs nothing", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  receiver.answer = (response) => void response.writeHead(307, { location: `http://${receiver.host}/elsewhere` }).end();
  await world.review();
  const [delivery] = await settled(world);
  assert.deepEqual([delivery?.state, delivery?.last?.status], ["waiting", 307]);
  receiver.answer = (response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write("x".repeat(100_000), () => setImmediate(more)));
    more();
  };
  await world.review();
  await until(async () => (await world.webhooks.deliveries())[0]?.state === "delivered");
  assert.equal((await world.webhooks.deliveries())[0]?.last?.answer?.length, 1024);
  assert.ok(receiver.received.every(({ path }) => path === "/hooks"));
});

test("what is kept long enough goes, and what is on its way stays", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host], keep: HOUR });
  await world.webhooks.add({ url: receiver.url });
  await world.review();
  await settled(world);
  receiver.answer = (response) => void response.writeHead(500).end();
  await world.review();
  const fails = async (): Promise<boolean> => {
    const [last] = await world.webhooks.deliveries();
    return last?.state === "waiting" && last.attempts > 0;
  };
  await until(fails);
  world.pass(1.5 * HOUR);
  await until(async () => (await world.webhooks.deliveries()).length === 1);
  assert.equal((await world.webhooks.deliveries())[0]?.state, "waiting");
  assert.equal((await world.database.all("SELECT 1 FROM _chassis_webhook_events", [])).length, 1);
  const attempts = await world.database.get("SELECT count(DISTINCT delivery) FROM _chassis_webhook_attempts", []);
  assert.deepEqual(attempts, [1]);
});

test("a thousand rows of one statement are a thousand messages, each once, and so is their replay", async (t) => {
  const receiver = await openReceiver(t);
  const written = { "review.created": created, "school.created": webhook("schools", { on: ["create"], select: ["name"] }) };
  const world = await openWebhookWorld(t, { written, allow: [receiver.host] });
  const { endpoint } = await world.webhooks.add({ url: receiver.url });
  await world.webhooks.add({ url: receiver.url, types: ["review.created"] });
  await world.webhooks.disable(endpoint.id, "Too much.");
  await world.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
    INSERT INTO schools (id, name, created, updated, version)
    SELECT printf('00000000-0000-7000-8000-%012d', i), 'School ' || i, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1 FROM n`);
  await until(
    async () => (await world.database.all("SELECT 1 FROM _chassis_webhook_events WHERE fanned = 1", [])).length === 1200,
  );
  assert.deepEqual(await world.webhooks.deliveries(), []);
  assert.equal((await world.webhooks.enable(endpoint.id)).reason, null);
  assert.equal(await world.webhooks.replay({ since: new Date(0) }), 1200, "one endpoint takes them, and one does not");
  const [events, all] =
    (await world.database.get("SELECT count(DISTINCT event), count(*) FROM _chassis_webhook_deliveries", [])) ?? [];
  assert.deepEqual([events, all], [1200, 1200]);
  await until(() => receiver.received.length >= 20);
});

test("a clock that stood far ahead holds nothing up for long", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  await world.webhooks.add({ url: receiver.url });
  receiver.answer = (response) => void response.writeHead(500).end();
  await world.review();
  await until(async () => (await world.webhooks.deliveries())[0]?.attempts === 1);
  await world.run("UPDATE _chassis_webhook_deliveries SET next_at = next_at + ?", 365 * 24 * HOUR);
  world.pass(HOUR);
  await until(() => receiver.received.length === 2);
});

test("what is done to endpoints within a transaction is part of it", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  const { database, webhooks, webhooksIn } = world;
  const add = (rollback: boolean): Promise<string> =>
    database.transaction(
      async (connection) => {
        const within = webhooksIn({ connection, writes: true });
        const { endpoint } = await within.add({ url: receiver.url });
        assert.equal((await within.list()).length, 1);
        return within.test(endpoint.id);
      },
      { rollback },
    );
  await add(true);
  assert.deepEqual(await webhooks.list(), []);
  const message = await add(false);
  await world.review();
  await until(() => receiver.received.length === 2);
  assert.deepEqual(new Set(receiver.received.map(({ body }) => body.type)), new Set(["webhook.test", "review.created"]));
  assert.equal((await webhooks.deliveries({ event: message })).length, 1);
  const seen = webhooksIn({ connection: database, writes: false });
  assert.equal((await seen.list()).length, 1);
  await assert.rejects(seen.add({ url: receiver.url }), /A query function may only read/);
});

test("a back end without webhooks says so", async (t) => {
  const world = await openWebhookWorld(t, { written: {} });
  await assert.rejects(world.webhooks.list(), /This back end has no webhooks/);
  assert.equal("refused" in (await world.obey({ type: "webhooks", action: "enable", id: "ep_1" })), true);
});

function isError(name: string, pattern = /./): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.error === name && pattern.test(`${error.message} ${error.details}`);
}
