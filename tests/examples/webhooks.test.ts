import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type TestContext, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { createWebhookSecret, signWebhook } from "chassis";
import backend from "../../examples/webhooks/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const secret = createWebhookSecret();
const paid = JSON.stringify({ id: "evt_1", type: "payment.received", data: { reader: "bob", cents: 500 } });

async function start(t: TestContext): Promise<Platform> {
  process.env["SHOP_SECRET"] = secret;
  process.env["STRIPE_SECRET"] = "whsec_stripe";
  delete process.env["GITHUB_SECRET"];
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  return platform;
}

async function send(platform: Platform, sender: string, headers: object, body = paid): Promise<number> {
  const request = new Request(`http://localhost/hooks/${sender}`, { method: "POST", headers: { ...headers }, body });
  return (await platform.fetch(request)).status;
}

/** What stands in the tables once no job waits. */
async function settled({ database }: Platform): Promise<{ cents: unknown; deliveries: unknown }> {
  const deadline = performance.now() + 20_000;
  const waiting = async (): Promise<unknown> => (await database.get("SELECT count(*) FROM _chassis_jobs", []))?.[0];
  while ((await waiting()) !== 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(await waiting(), 0);
  const [cents] = (await database.get("SELECT sum(cents) FROM accounts", [])) ?? [];
  const [deliveries] = (await database.get("SELECT count(*) FROM deliveries WHERE done IS NOT NULL", [])) ?? [];
  return { cents, deliveries };
}

test("a message counts once, however often and however much at once it is sent", async (t) => {
  const platform = await start(t);
  const first = (): object => signWebhook({ id: "msg_1", payload: paid, secret });
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => send(platform, "shop", first()))), [204, 204, 204]);
  assert.deepEqual(await settled(platform), { cents: 500, deliveries: 1 });
  // Also when it was done long ago.
  assert.equal(await send(platform, "shop", first()), 204);
  assert.deepEqual(await settled(platform), { cents: 500, deliveries: 1 });
  assert.equal(await send(platform, "shop", signWebhook({ id: "msg_2", payload: paid, secret })), 204);
  assert.deepEqual(await settled(platform), { cents: 1000, deliveries: 2 });
});

test("what is not signed, or by another, changes nothing", async (t) => {
  const platform = await start(t);
  const signed = signWebhook({ id: "msg_1", payload: paid, secret });
  assert.equal(await send(platform, "shop", {}), 400);
  assert.equal(await send(platform, "shop", signed, paid.replace("500", "900")), 400);
  assert.equal(await send(platform, "shop", signWebhook({ id: "msg_1", payload: paid, secret: createWebhookSecret() })), 400);
  const old = new Date(Date.now() - 400_000);
  assert.equal(await send(platform, "shop", signWebhook({ id: "msg_1", payload: paid, secret, timestamp: old })), 400);
  assert.equal(await send(platform, "other", signed), 404);
  assert.equal(await send(platform, "constructor", signed), 404);
  // Its secret is not set: nobody comes in, not even with the empty one.
  const empty = createHmac("sha256", "").update(paid).digest("hex");
  const github = { "x-hub-signature-256": `sha256=${empty}`, "x-github-delivery": "1", "x-github-event": "push" };
  assert.equal(await send(platform, "github", github), 500);
  assert.deepEqual(await settled(platform), { cents: null, deliveries: 0 });
});

test("senders do not share ids, and what is not understood is done too", async (t) => {
  const platform = await start(t);
  const seconds = Math.floor(Date.now() / 1000);
  const sign = (body: string): object => {
    const signature = createHmac("sha256", "whsec_stripe").update(`${seconds}.${body}`).digest("hex");
    return { "stripe-signature": `t=${seconds},v1=${signature}` };
  };
  assert.equal(await send(platform, "stripe", sign(paid)), 204);
  assert.equal(await send(platform, "shop", signWebhook({ id: "evt_1", payload: paid, secret })), 204);
  const other = JSON.stringify({ id: "evt_2", type: "something.else" });
  assert.equal(await send(platform, "stripe", sign(other), other), 204);
  assert.deepEqual(await settled(platform), { cents: 1000, deliveries: 3 });
});
