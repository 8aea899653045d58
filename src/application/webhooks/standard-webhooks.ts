import { randomBytes } from "node:crypto";
import {
  checkTime,
  hmac,
  invalidSignature,
  matchesOne,
  readSecrets,
  type VerifyOptions,
  type WebhookPayload,
  type WebhookSecrets,
} from "./verify-signature.ts";

const PREFIX = "whsec_";
// What is signed is `id.time.body`: with a dot in the id, two messages could read the same.
const idForm = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;

/** A message that its sender signed. */
export interface SignedWebhook {
  /** The same whenever the message is sent again: what has been done for it need not be done twice. */
  readonly id: string;
  /** When this attempt was made. */
  readonly timestamp: Date;
}

/** A message that is to be signed. */
export interface SignWebhookOptions {
  /** Of the message, the same in every attempt. No dot. */
  readonly id: string;
  readonly payload: WebhookPayload;
  /** As `createWebhookSecret` gives it. With several, there is a signature for each, until every receiver has the new one. */
  readonly secret: WebhookSecrets;
  /** When this attempt is made: now. */
  readonly timestamp?: Date;
}

/** The headers of a signed message, as they are sent. */
export interface WebhookHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** A new secret: 256 random bits in base64, after `whsec_`. One for each receiver. */
export function createWebhookSecret(): string {
  return `${PREFIX}${randomBytes(32).toString("base64")}`;
}

/**
 * The headers that sign a message by Standard Webhooks 1.0 (standardwebhooks.com), symmetric (`v1`). The body must be sent as it was
 * signed, byte for byte. Throws TypeError for an id or a secret that does not have its form.
 */
export function signWebhook({ id, payload, secret, timestamp = new Date() }: SignWebhookOptions): WebhookHeaders {
  if (!idForm.test(id)) throw new TypeError("The id of a webhook is 1 to 256 visible ASCII characters without a dot.");
  const seconds = String(Math.floor(timestamp.getTime() / 1000));
  if (!/^\d+$/.test(seconds)) throw new TypeError("The timestamp of a webhook is a moment after 1970.");
  const keys = readSecrets(secret).map(keyOf);
  const isWeak = keys.some((key) => key.length < 24 || key.length > 64);
  if (isWeak) throw new TypeError("The secret of a webhook has 24 to 64 bytes: createWebhookSecret() makes one.");
  const signatures = keys.map((key) => `v1,${hmac(key, `${id}.${seconds}.`, payload).toString("base64")}`);
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures.join(" ") };
}

/**
 * Checks a message signed by Standard Webhooks 1.0, symmetric (`v1`). `payload` is the body as it came (`await request.text()`).
 * Senders on Svix write the same headers as `svix-id` and so on: those are read where there is no `webhook-id`, and never a mixture.
 * Throws `invalidSignature` (400) where it is not the sender's, or its time is more than five minutes off; TypeError where the secret is missing or not base64.
 */
export function verifyWebhook(headers: Headers, payload: WebhookPayload, options: VerifyOptions): SignedWebhook {
  const keys = readSecrets(options.secret).map(keyOf);
  const prefix = headers.has("webhook-id") || !headers.has("svix-id") ? "webhook" : "svix";
  const id = headers.get(`${prefix}-id`);
  if (id === null || !idForm.test(id)) throw invalidSignature("It has no webhook-id, or one of another form.");
  const written = headers.get(`${prefix}-timestamp`);
  const timestamp = checkTime(written, options);
  const given = (headers.get(`${prefix}-signature`) ?? "").split(" ").flatMap((part) => {
    const [version, signature = ""] = part.split(",");
    return version === "v1" ? [Buffer.from(signature, "base64")] : [];
  });
  const right = keys.map((key) => hmac(key, `${id}.${written}.`, payload));
  if (!matchesOne(given, right)) throw invalidSignature(`No signature in ${prefix}-signature is right.`);
  return { id, timestamp };
}

function keyOf(secret: string): Buffer {
  const text = secret.trim().replace(/^whsec_/, "");
  const key = Buffer.from(text, "base64");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || key.length === 0)
    throw new TypeError("The secret of a webhook is base64, mostly after whsec_. Take it whole, as the sender shows it.");
  return key;
}
