import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#contract";
import { verifyWebhook } from "../standard-webhooks.ts";
import { openReceiver, openWebhookWorld, testClock, until, webhook } from "./webhook-fixtures.ts";

const created = webhook("reviews", { on: ["create"], select: ["id", "stars"] });
const HOUR = 3_600_000;

test("a secret that is replaced signs for a day more, beside the new one", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  const { endpoint, secret } = await world.webhooks.add({ url: receiver.url });
  const rotated = await world.webhooks.rotateSecret(endpoint.id);
  assert.notEqual(rotated.secret, secret);
  await world.review();
  await until(() => receiver.received.length === 1);
  const [first] = receiver.received;
  assert.ok(first !== undefined);
  for (const each of [secret, rotated.secret]) verifyWebhook(first.headers, first.payload, { secret: each });
  world.pass(25 * HOUR);
  await world.review();
  await until(() => receiver.received.length === 2);
  const second = receiver.received[1];
  assert.ok(second !== undefined);
  const now = new Date(Date.now() + 25 * HOUR);
  verifyWebhook(second.headers, second.payload, { secret: rotated.secret, now });
  assert.throws(() => verifyWebhook(second.headers, second.payload, { secret, now }), isError("invalidSignature"));
  const stored = JSON.stringify(await world.database.all("SELECT * FROM _chassis_webhook_endpoints", []));
  for (const each of [secret, rotated.secret]) assert.ok(!stored.includes(each) && !stored.includes(each.replace("whsec_", "")));
});

test("each secret that is replaced signs for a day of its own, and nine at once at most", async (t) => {
  const receiver = await openReceiver(t);
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host] });
  const { endpoint, secret } = await world.webhooks.add({ url: receiver.url });
  const rotate = async (): Promise<string> => (await world.webhooks.rotateSecret(endpoint.id)).secret;
  const secrets = [secret, await rotate()];
  world.pass(20 * HOUR);
  secrets.push(await rotate());
  let ahead = 20 * HOUR;
  const signers = async (): Promise<readonly number[]> => {
    const count = receiver.received.length;
    await world.review();
    await until(() => receiver.received.length > count);
    const one = receiver.received[count];
    assert.ok(one !== undefined);
    const now = new Date(Date.now() + ahead);
    const signs = (each: string): boolean => {
      try {
        return verifyWebhook(one.headers, one.payload, { secret: each, now }) !== undefined;
      } catch {
        return false;
      }
    };
    return secrets.flatMap((each, index) => (signs(each) ? [index] : []));
  };
  assert.deepEqual(await signers(), [0, 1, 2]);
  world.pass(5 * HOUR);
  ahead += 5 * HOUR;
  assert.deepEqual(await signers(), [1, 2]);
  for (let count = 0; count < 8; count += 1) secrets.push(await rotate());
  await assert.rejects(rotate(), isError("limitExceeded", /nine times a day/));
  // What was kept with a token secret that is lost keeps the new one from nothing.
  await world.run("UPDATE _chassis_webhook_endpoints SET old_secret = replace(old_secret, 'v1.', 'v1.x')");
  assert.deepEqual(await signers(), [secrets.length - 1]);
});

test("a secret that an earlier build replaced signs until its end", async (t) => {
  const receiver = await openReceiver(t);
  const clock = testClock();
  const world = await openWebhookWorld(t, { written: { "review.created": created }, allow: [receiver.host], clock });
  const { endpoint, secret } = await world.webhooks.add({ url: receiver.url });
  await world.webhooks.rotateSecret(endpoint.id);
  await world.run(
    "UPDATE _chassis_webhook_endpoints SET old_secret = json_extract(old_secret, '$[0].secret'), old_until = ?",
    clock.now() + HOUR,
  );
  await world.review();
  await until(() => receiver.received.length === 1);
  const [one] = receiver.received;
  assert.ok(one !== undefined);
  verifyWebhook(one.headers, one.payload, { secret });
});

function isError(name: string, pattern = /./): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.error === name && pattern.test(`${error.message} ${error.details}`);
}
