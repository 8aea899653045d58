import { checkWebhookTime, invalidSignature, matchesOne, webhookHmac } from "#application";
import { fieldsOf, parseJson, textOf } from "./event-json.ts";
import type { MailProvider } from "./mail-provider.ts";

/**
 * Mailgun (documentation.mailgun.com, "Securing Webhooks"): HMAC-SHA256 over time and token, which stand in the body. The rest of the body
 * is not signed, so a token is good for one message: it is what the event is known by, also where nothing follows from it.
 */
export const mailgun: MailProvider = {
  secretForm: "the HTTP webhook signing key, at least 16 characters",
  isSecret: (secret) => /^[\x21-\x7e]{16,}$/.test(secret),
  open(secrets, { now }) {
    return ({ body }) => {
      const { signature, "event-data": data } = fieldsOf(parseJson(body));
      const { timestamp, token, signature: own, "parent-signature": parent } = fieldsOf(signature);
      const written = textOf(timestamp) ?? null;
      const once = textOf(token);
      checkWebhookTime(written, { secret: secrets, now: new Date(now()) });
      if (once === undefined || !/^[\w-]{16,128}$/.test(once)) throw invalidSignature("It has no token.");
      const given = [own, parent].flatMap((hex) =>
        typeof hex === "string" && /^[0-9a-f]{64}$/i.test(hex) ? [Buffer.from(hex, "hex")] : [],
      );
      const right = secrets.map((secret) => webhookHmac(secret, `${written}${once}`));
      if (!matchesOne(given, right)) throw invalidSignature("The signature in the body is not right.");

      const { event, severity, recipient: address, "delivery-status": status } = fieldsOf(data);
      const { message, description } = fieldsOf(status);
      const detail = textOf(message) ?? textOf(description);
      if (event === "complained") return [{ id: once, suppress: [{ address, reason: "complaint", detail }] }];
      const isHard = event === "failed" && severity === "permanent";
      return [{ id: once, suppress: isHard ? [{ address, reason: "bounce", detail }] : [] }];
    };
  },
};
