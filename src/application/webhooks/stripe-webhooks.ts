import type { SignedWebhook } from "./standard-webhooks.ts";
import {
  checkTime,
  hmac,
  invalidSignature,
  matchesOne,
  readSecrets,
  type VerifyOptions,
  type WebhookPayload,
} from "./verify-signature.ts";

/**
 * Checks a message of Stripe by its `stripe-signature` (Stripe Docs, "Verify webhook signatures"): `t` is the time, each `v1` a signature of
 * `time.body`; others, such as `v0`, are not looked at. The key is the secret as it is shown, `whsec_` and all. `id` is the event's, from
 * the body. Throws `invalidSignature` (400), and TypeError where the secret is missing.
 */
export function verifyStripeWebhook(headers: Headers, payload: WebhookPayload, options: VerifyOptions): SignedWebhook {
  const secrets = readSecrets(options.secret);
  const pairs = (headers.get("stripe-signature") ?? "").split(",").map((pair) => pair.trim().split("="));
  const times = pairs.filter(([name]) => name === "t");
  const written = times.length === 1 ? (times[0]?.[1] ?? null) : null;
  const timestamp = checkTime(written, options);
  const given = pairs.flatMap(([name, value = ""]) =>
    name === "v1" && /^[0-9a-f]{64}$/i.test(value) ? [Buffer.from(value, "hex")] : [],
  );
  const right = secrets.map((secret) => hmac(secret, `${written}.`, payload));
  if (!matchesOne(given, right)) throw invalidSignature("No v1 signature in stripe-signature is right.");
  return { id: eventId(payload), timestamp };
}

function eventId(payload: WebhookPayload): string {
  const text = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event === "object" && event !== null && "id" in event && typeof event.id === "string" && event.id !== "")
      return event.id;
  } catch {
    // Said below: it is no event either way.
  }
  throw invalidSignature("The body is not an event with an id.");
}
