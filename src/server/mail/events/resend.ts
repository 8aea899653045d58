import { fieldsOf, listOf, textOf } from "./event-json.ts";
import type { MailProvider } from "./mail-provider.ts";
import { isWebhookSecret, signedEvents } from "./standard.ts";

/** Resend (resend.com/docs/webhooks): signed by Svix, which is Standard Webhooks under other names of the headers. */
export const resend: MailProvider = {
  secretForm: "the signing secret of the webhook, whsec_ and base64",
  isSecret: isWebhookSecret,
  open: signedEvents((body) => {
    const { type, data } = fieldsOf(body);
    const { to, bounce } = fieldsOf(data);
    const [address, ...others] = listOf(to);
    // Of a message to several nobody says which of them it was.
    if (others.length > 0) return [];
    const { type: bounceType, message } = fieldsOf(bounce);
    if (type === "email.complained") return [{ address, reason: "complaint", detail: undefined }];
    const isHard = type === "email.bounced" && (bounceType === undefined || bounceType === "Permanent");
    return isHard ? [{ address, reason: "bounce", detail: textOf(message) }] : [];
  }),
};
