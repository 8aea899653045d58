import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EnqueueOwn } from "../../jobs/enqueue.ts";
import type { MailBook } from "../../mail/build-mails.ts";
import { heading, paragraph, small } from "../../mail/content/blocks.ts";
import { type MailDefinition, mail, type MailTemplate } from "../../mail/define-mail.ts";
import { readLanguage } from "../../mail/languages.ts";
import type { MailSettings } from "../../mail/mail-settings.ts";
import { disabledReasons, noticeLanguages, noticeWords } from "./notice-words.ts";
import type { TellDisabled } from "./webhook-sender.ts";

/** The name of the mail that tells of a disabled endpoint: a back end may put its own under it. */
const noticeName = "webhookDisabled";

/** What the mail is about, as its job keeps it. */
export interface DisabledNotice {
  /** Its id. */
  readonly endpoint: string;
  readonly url: string;
  /** In English, one of `disabledReasons`. */
  readonly reason: string;
}

export interface NoticeOptions {
  readonly webhooks: Readonly<Record<string, unknown>> | undefined;
  readonly mails: Readonly<Record<string, unknown>> | undefined;
  readonly mail: MailSettings | undefined;
}

/** None where there are no webhooks, or where nobody has said who sends mails. In each language that there are words for, and in English in all others that mails must have. */
export function webhookMails({
  webhooks,
  mails,
  mail: settings,
}: NoticeOptions): Readonly<Record<string, MailDefinition<never>>> {
  const isSetUp = settings?.from !== undefined || Object.keys(mails ?? {}).length > 0;
  if (!isSetUp || Object.keys(webhooks ?? {}).length === 0) return {};
  const tags = [settings?.language ?? "en", ...(settings?.languages ?? [])].filter((tag) => readLanguage(tag) !== undefined);
  const languages = Object.fromEntries([...new Set([...noticeLanguages, ...tags])].map((tag) => [tag, templateIn(tag)]));
  return { [noticeName]: mail({ input: anyData, languages }) as MailDefinition<never> };
}

function templateIn(tag: string): MailTemplate<DisabledNotice> {
  const words = noticeWords(tag);
  const reasonOf = (reason: string): string => {
    const known = (Object.keys(disabledReasons) as (keyof typeof disabledReasons)[]).find(
      (name) => disabledReasons[name] === reason,
    );
    return known === undefined ? reason : words[known];
  };
  return {
    subject: ({ url }) => words.subject.replace("{host}", () => hostOf(url)),
    body: ({ endpoint, url, reason }) => [
      heading(words.heading),
      paragraph(`${words.text.replace("{url}", () => url)} ${reasonOf(reason)}`),
      paragraph(words.after),
      small(words.endpoint.replace("{id}", () => endpoint)),
    ],
  };
}

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
