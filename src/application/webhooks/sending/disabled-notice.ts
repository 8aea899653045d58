import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EnqueueOwn } from "../../jobs/enqueue.ts";
import type { MailBook } from "../../mail/build-mails.ts";
import { heading, paragraph, small } from "../../mail/content/blocks.ts";
import { type MailDefinition, mail, type MailTemplate } from "../../mail/define-mail.ts";
import { readLanguage } from "../../mail/languages.ts";
import type { MailSettings } from "../../mail/mail-settings.ts";
import type { TellDisabled } from "./webhook-sender.ts";

/** The name of the mail that tells of a disabled endpoint: a back end may put its own under it. */
const noticeName = "webhookDisabled";

/** What the mail is about, as its job keeps it. */
export interface DisabledNotice {
  /** Its id. */
  readonly endpoint: string;
  readonly url: string;
  readonly reason: string;
}

export interface NoticeOptions {
  readonly webhooks: Readonly<Record<string, unknown>> | undefined;
  readonly mails: Readonly<Record<string, unknown>> | undefined;
  readonly mail: MailSettings | undefined;
}

/** None where there are no webhooks, or where nobody has said who sends mails. In every language that mails must have, in English words. */
export function webhookMails({
  webhooks,
  mails,
  mail: settings,
}: NoticeOptions): Readonly<Record<string, MailDefinition<never>>> {
  const isSetUp = settings?.from !== undefined || Object.keys(mails ?? {}).length > 0;
  if (!isSetUp || Object.keys(webhooks ?? {}).length === 0) return {};
  const tags = [settings?.language ?? "en", ...(settings?.languages ?? [])].filter((tag) => readLanguage(tag) !== undefined);
  const languages = Object.fromEntries([...new Set(["en", ...tags])].map((tag) => [tag, template]));
  return { [noticeName]: mail({ input: anyData, languages }) as MailDefinition<never> };
}

const template: MailTemplate<DisabledNotice> = {
  subject: ({ url }) => `Webhooks to ${hostOf(url)} are disabled`,
  body: ({ endpoint, url, reason }) => [
    heading("Your webhooks are disabled"),
    paragraph(`Nothing more is sent to ${url}. ${reason}`),
    paragraph(
      "Once the receiver works again, have it enabled. It then gets what happens from that moment on; what it missed is kept for a time, and can be sent again.",
    ),
    small(`Endpoint ${endpoint}`),
  ],
};

/** It was made by us; an app that has its own mail in place of this checks what it likes. */
const anyData: StandardSchemaV1<DisabledNotice, DisabledNotice> = {
  "~standard": { version: 1, vendor: "chassis", validate: (value) => ({ value: value as DisabledNotice }) },
};

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** Hands over the mail in the transaction that disables the endpoint; undefined where the back end has no such mail. */
export function createDisabledNotice({ entries }: MailBook, enqueue: EnqueueOwn): TellDisabled | undefined {
  if (!entries.some(({ name }) => name === noticeName)) return undefined;
  return async (connection, { id, url, notify }, reason) => {
    if (notify === null) return;
    const data: DisabledNotice = { endpoint: id, url, reason };
    await enqueue(connection, { name: `mail.${noticeName}`, input: { to: notify, data: { ...data } } });
  };
}
