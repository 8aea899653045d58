import { verify } from "node:crypto";
import { invalidSignature, type MailEvent } from "#application";
import { AppError } from "#contract";
import { type Fields, fieldsOf, listOf, parseJson, textOf } from "./event-json.ts";
import type { MailProvider, ProviderTools } from "./mail-provider.ts";
import { createSnsCertificates } from "./sns-certificates.ts";
import { isCertificateUrl, isConfirmationUrl, readTopic, type SnsTopic } from "./sns-topic.ts";

/** SNS says when something was published, not when it tries to deliver it, and tries for up to an hour. */
const OLDEST = 3_600_000;
const AHEAD = 300_000;

/** What is signed of each type of message, in this order. */
const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
};

const digests: Readonly<Record<string, string>> = { "1": "sha1", "2": "sha256" };

/**
 * Amazon SES through an SNS topic (Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages"). Amazon signs the messages of
 * everybody's topics with the same key: it is the topic's name that says whose it is. SHA-1 is the default of topics, and no weakness here:
 * whoever could make two messages with one digest would need both to name the same topic.
 */
export const ses: MailProvider = {
  secretForm: "the ARN of the SNS topic, such as arn:aws:sns:eu-west-1:123456789012:mail-events",
  isSecret: (secret) => readTopic(secret) !== undefined,
  open(secrets, tools) {
    const topics = secrets.flatMap((arn) => readTopic(arn) ?? []);
    const keyAt = createSnsCertificates(tools);
    return async ({ body }) => {
      const message = fieldsOf(parseJson(body));
      const topic = topics.find(({ arn }) => arn === message["TopicArn"]);
      if (topic === undefined) throw invalidSignature("It is of another topic.");
      checkAge(message["Timestamp"], tools.now());
      const certificate = textOf(message["SigningCertURL"]) ?? "";
      if (!isCertificateUrl(certificate, topic)) throw invalidSignature(`Its SigningCertURL is not one of ${topic.host}.`);
      const { signed, digest, signature } = readSignature(message);
      const key = await keyAt(certificate);
      if (key.asymmetricKeyType !== "rsa" || !verify(digest, signed, key, signature))
        throw invalidSignature("Its Signature is not right.");
      if (message["Type"] === "Notification") return readNotification(message);
      if (message["Type"] === "SubscriptionConfirmation") await confirm(message, topic, tools);
      return [];
    };
  },
};

function checkAge(written: unknown, now: number): void {
  const time = typeof written === "string" ? Date.parse(written) : Number.NaN;
  if (!(time >= now - OLDEST && time <= now + AHEAD))
    throw invalidSignature("Its time is too far from this server's: an old message, or a clock that is wrong.");
}

function readSignature(message: Fields): { signed: Buffer; digest: string; signature: Buffer } {
  const type = textOf(message["Type"]) ?? "";
  const names = Object.hasOwn(signedFields, type) ? signedFields[type] : undefined;
  const version = textOf(message["SignatureVersion"]) ?? "";
  const digest = Object.hasOwn(digests, version) ? digests[version] : undefined;
  if (names === undefined || digest === undefined) throw invalidSignature("Its Type or SignatureVersion is not known.");
  let text = "";
  for (const name of names) {
    const value = message[name];
    if (typeof value === "string") text += `${name}\n${value}\n`;
    else if (name !== "Subject") throw invalidSignature(`It has no ${name}.`);
  }
  return { signed: Buffer.from(text), digest, signature: Buffer.from(textOf(message["Signature"]) ?? "", "base64") };
}

function readNotification(message: Fields): readonly MailEvent[] {
  // The first message after the set-up is a sentence, not JSON.
  const text = textOf(message["Message"]) ?? "";
  if (!text.startsWith("{")) return [];
  const { notificationType, eventType = notificationType, bounce, complaint } = fieldsOf(parseJson(text));
  const { bounceType, bouncedRecipients } = fieldsOf(bounce);
  const { complaintFeedbackType, complainedRecipients } = fieldsOf(complaint);
  const isBounce = eventType === "Bounce" && bounceType === "Permanent";
  const isComplaint = eventType === "Complaint" && complaintFeedbackType !== "not-spam";
  if (!isBounce && !isComplaint) return [];
  const suppress = listOf(isBounce ? bouncedRecipients : complainedRecipients).map((recipient) => {
    const { emailAddress: address, diagnosticCode } = fieldsOf(recipient);
    const detail = textOf(isBounce ? diagnosticCode : complaintFeedbackType);
    return { address, reason: isBounce ? ("bounce" as const) : ("complaint" as const), detail };
  });
  return [{ id: String(message["MessageId"]), suppress }];
}

/** Agrees to the subscription that the operator made: Amazon sends nothing before. */
async function confirm(message: Fields, topic: SnsTopic, { fetch }: ProviderTools): Promise<void> {
  const address = textOf(message["SubscribeURL"]) ?? "";
  if (!isConfirmationUrl(address, topic)) throw invalidSignature(`Its SubscribeURL is not one of ${topic.host}.`);
  try {
    const response = await fetch(address, { redirect: "error", timeout: 10_000, maxResponseBytes: 65_536 });
    await response.text();
    if (!response.ok) throw new Error(`Amazon SNS answered a confirmation with ${response.status}.`);
  } catch (cause) {
    throw new AppError("unavailable", { cause, headers: { "retry-after": "5" } });
  }
}
