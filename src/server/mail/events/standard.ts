import { type MailEvent, signWebhook, verifyWebhook } from "#application";
import { fieldsOf, parseJson, textOf } from "./event-json.ts";
import type { MailProvider, ProviderMessage, ReceiveEvents } from "./mail-provider.ts";

const headerNames = ["id", "timestamp", "signature"].flatMap((name) => [`webhook-${name}`, `svix-${name}`]);

export function isWebhookSecret(secret: string): boolean {
  try {
    signWebhook({ id: "check", payload: "", secret });
    return secret.startsWith("whsec_");
  } catch {
    return false;
  }
}

/** Receives what is signed by Standard Webhooks, whose id is the event's too. */
export function signedEvents(
  read: (body: unknown) => MailEvent["suppress"],
): (...options: Parameters<MailProvider["open"]>) => ReceiveEvents {
  return (secrets, { now }) =>
    (message: ProviderMessage) => {
      const headers = new Headers();
      for (const name of headerNames) {
        const value = message.header(name);
        if (value !== undefined) headers.set(name, value);
      }
      const { id } = verifyWebhook(headers, message.body, { secret: secrets, now: new Date(now()) });
      const suppress = read(parseJson(message.body));
      return suppress.length === 0 ? [] : [{ id, suppress }];
    };
}

/**
 * For whoever has no entry of their own: a relay, a script that reads a bounce mailbox. Signed by Standard Webhooks;
 * `{ "type": "bounce", "data": { "address": "ada@example.org", "permanent": true, "detail": "550 5.1.1" } }`, or `complaint`. A bounce that
 * does not say that it is permanent is not.
 */
export const standard: MailProvider = {
  secretForm: "whsec_ and 24 to 64 bytes in base64",
  isSecret: isWebhookSecret,
  open: signedEvents((body) => {
    const { type, data } = fieldsOf(body);
    const { address, permanent, detail } = fieldsOf(data);
    const reason = type === "complaint" || (type === "bounce" && permanent === true) ? type : undefined;
    return reason === undefined ? [] : [{ address, reason, detail: textOf(detail) }];
  }),
};
