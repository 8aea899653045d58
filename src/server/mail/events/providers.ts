import type { MailProvider } from "./mail-provider.ts";
import { mailgun } from "./mailgun.ts";
import { postmark } from "./postmark.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { ses } from "./ses.ts";
import { standard } from "./standard.ts";

/** Who can tell of bounces and complaints, by the last segment of the address. */
export const mailProviders = { resend, mailgun, sendgrid, postmark, ses, standard } as const satisfies Readonly<
  Record<string, MailProvider>
>;

export type MailProviderName = keyof typeof mailProviders;

export function isMailProvider(name: string): name is MailProviderName {
  return Object.hasOwn(mailProviders, name);
}
