import type { MailProvider } from "./mail-provider.ts";
import { mailgun } from "./mailgun.ts";
import { postmark } from "./postmark.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { ses } from "./ses.ts";
import { standard } from "./standard.ts";

/** Who can tell of bounces and complaints, by the last segment of the address. */
export const mailProviders: Readonly<Record<MailProviderName, MailProvider>> = {
  resend,
  mailgun,
  sendgrid,
  postmark,
  ses,
  standard,
};

export type MailProviderName = "resend" | "mailgun" | "sendgrid" | "postmark" | "ses" | "standard";

export function isMailProvider(name: string): name is MailProviderName {
  return Object.hasOwn(mailProviders, name);
}
