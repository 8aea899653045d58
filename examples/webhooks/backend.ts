import { env } from "node:process";
import {
  AppError,
  defineBackend,
  defineSchema,
  integer,
  jobsOf,
  nobody,
  signedIn,
  text,
  timestamp,
  verifyGitHubWebhook,
  verifyStripeWebhook,
  verifyWebhook,
} from "chassis";
import { z } from "zod";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  /** What a reader has paid and not used yet, in cents. */
  accounts: { reader: text().max(80).unique(), cents: integer().min(0).default(0) },
  /** Every message that came, once: who sent it and under which id. */
  deliveries: {
    key: text().max(300).unique(),
    sender: text().max(20),
    payload: text().max(100_000),
    done: timestamp().optional(),
  },
});

/** What is signed is who sent it, not what it looks like. */
const payment = z.object({ type: z.literal("payment.received"), data: z.object({ reader: z.string(), cents: z.int().min(1) }) });

const { job } = jobsOf(schema);

/** Does what one message says, once, however often this is run. */
const take = job({ input: z.object({ delivery: z.uuid() }), queue: "webhooks" }, async ({ input, transaction, log }) => {
  await transaction(async (db) => {
    const delivery = await db.deliveries.get(input.delivery);
    if (delivery === null || delivery.done !== null) return;
    const event = payment.safeParse(JSON.parse(delivery.payload));
    if (event.success) {
      const { reader, cents } = event.data.data;
      const [account] = await db.accounts.list({ where: { reader }, limit: 1 });
      if (account === undefined) await db.accounts.create({ reader, cents });
      else await db.accounts.update(account.id, { cents: account.cents + cents });
    } else {
      log.info({ delivery: delivery.key }, "A message that is not for us.");
    }
    // In the same transaction: the money is there and the message is done, or neither.
    await db.deliveries.update(delivery.id, { done: new Date().toISOString() });
  });
});

/** Each gives the id of a message that is its sender's, or throws. A secret that is not set is an error, not an open door. */
const senders: Readonly<Record<string, (headers: Headers, payload: string) => string>> = {
  shop: (headers, payload) => verifyWebhook(headers, payload, { secret: env["SHOP_SECRET"] ?? "" }).id,
  github: (headers, payload) => verifyGitHubWebhook(headers, payload, { secret: env["GITHUB_SECRET"] ?? "" }).id,
  stripe: (headers, payload) => verifyStripeWebhook(headers, payload, { secret: env["STRIPE_SECRET"] ?? "" }).id,
};

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: signedIn, write: row.id.eq(me.id) }),
    accounts: () => ({ read: nobody, write: nobody }),
    deliveries: () => ({ read: nobody, write: nobody }),
  },
  jobs: { take },
  routes: (app) => async (request) => {
    const [, sender = ""] = /^\/hooks\/([a-z]+)$/.exec(new URL(request.url).pathname) ?? [];
    const verify = Object.hasOwn(senders, sender) ? senders[sender] : undefined;
    if (verify === undefined) throw new AppError("notFound");
    if (request.method !== "POST") throw new AppError("methodNotAllowed");
    // The body as it came: JSON that was read and written again has another signature.
    const payload = await request.text();
    const key = `${sender}:${verify(request.headers, payload)}`;
    const { deliveries } = app.asSystem();
    // A message that came before stays as it is.
    await deliveries.upsert({ key, sender, payload }, { onConflict: ["key"], resolution: "ignore" });
    const [kept] = await deliveries.list({ where: { key }, select: ["id"], limit: 1 });
    if (kept === undefined) throw new AppError("unavailable");
    // Also for one that came before: the server may have died between the row and its job.
    await app.enqueue(take, { delivery: kept.id }, { unique: kept.id });
    return new Response(null, { status: 204 });
  },
});
