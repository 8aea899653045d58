import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { checkWebhookTime, invalidSignature, type MailEvent } from "#application";
import { type Fields, fieldsOf, listOf, parseJson, textOf } from "./event-json.ts";
import type { MailProvider } from "./mail-provider.ts";

/** SendGrid (Twilio Docs, "Event Webhook Security Features"): ECDSA on P-256 with SHA-256 over time and body. Several events come in one message. */
export const sendgrid: MailProvider = {
  secretForm: "the verification key of the signed event webhook, a P-256 public key in base64",
  isSecret: (secret) => readKey(secret) !== undefined,
  open(secrets, { now }) {
    const keys = secrets.flatMap((secret) => readKey(secret) ?? []);
    return ({ header, body }) => {
      const written = header("x-twilio-email-event-webhook-timestamp") ?? null;
      checkWebhookTime(written, { secret: secrets, now: new Date(now()) });
      const signature = Buffer.from(header("x-twilio-email-event-webhook-signature") ?? "", "base64");
      const signed = Buffer.concat([Buffer.from(written ?? ""), body]);
      if (!keys.some((key) => verify("sha256", signed, { key, dsaEncoding: "der" }, signature)))
        throw invalidSignature("The signature in x-twilio-email-event-webhook-signature is not right.");
      return listOf(parseJson(body)).flatMap((event) => readEvent(fieldsOf(event)));
    };
  },
};

function readKey(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Why SendGrid itself sends nothing more to somebody: the event that began it may have been missed here. */
const drops: ReadonlyMap<unknown, "bounce" | "complaint"> = new Map([
  ["Bounced Address", "bounce"],
  ["Spam Reporting Address", "complaint"],
]);

function readEvent({ sg_event_id: id, event, type, reason, email: address }: Fields): readonly MailEvent[] {
  const detail = textOf(reason);
  const found =
    event === "spamreport"
      ? "complaint"
      : event === "bounce" && type === "bounce"
        ? "bounce"
        : event === "dropped"
          ? drops.get(reason)
          : undefined;
  const known = textOf(id);
  return found === undefined || known === undefined ? [] : [{ id: known, suppress: [{ address, reason: found, detail }] }];
}
