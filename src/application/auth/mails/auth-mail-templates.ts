import { type Block, button, code, heading, paragraph, small } from "../../mail/content/blocks.ts";
import { type MailDefinition, mail, type MailTemplate } from "../../mail/define-mail.ts";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { readLanguage } from "../../mail/languages.ts";
import type { MailSettings } from "../../mail/mail-settings.ts";
import type { AuthMessage } from "../auth-mails.ts";
import type { AuthDefinition } from "../build-auth.ts";
import type { MailTable, MailWords } from "./mail-table.ts";
import { mailWords } from "./mail-words.ts";

/** What a mail of sign-in is about, as its job keeps it. */
export interface AuthMailData {
  /** The host under which people reach the server. */
  readonly site: string;
  readonly link?: string;
  readonly code?: string;
  readonly address?: string;
  /** How many recovery codes there are still, or days. */
  readonly left?: string;
  /** What an organisation is called, as far as that may stand in a mail. */
  readonly organisation?: string;
  /** Why an administrator acts as them. */
  readonly reason?: string;
  /** What the owner of a key calls it. */
  readonly name?: string;
  /** What another site is called. */
  readonly provider?: string;
}

type AnyMail = MailDefinition<never>;

/** `authSignInLink` for `signInLink`: the name of its mail among those of the back end. */
export function authMailName(type: AuthMessage["type"]): string {
  return `auth${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

/**
 * The mails of sign-in, by the names under which a back end may put its own in their place: none without sign-in. Each is there in every language that
 * we have words for, and in English in all others that its mails are to have.
 */
export function authMails(
  definition: AuthDefinition | undefined,
  settings: MailSettings | undefined,
): Readonly<Record<string, AnyMail>> {
  if (definition === undefined) return {};
  const { language, languages = [] } = settings ?? {};
  const types = (Object.keys(mailWords["en"] ?? {}) as AuthMessage["type"][]).filter(
    (type) => type !== "invitation" || definition.organisations !== undefined,
  );
  return authMailsIn(types, language === undefined ? languages : [language, ...languages]);
}

function authMailsIn(types: readonly AuthMessage["type"][], languages: readonly string[]): Readonly<Record<string, AnyMail>> {
  return Object.fromEntries(types.map((type) => [authMailName(type), authMail(type, languages)]));
}

function authMail(type: AuthMessage["type"], languages: readonly string[]): AnyMail {
  const english = mailWords["en"] as MailTable;
  const templates = Object.fromEntries(
    [...new Set([...Object.keys(mailWords), ...languages.filter((tag) => readLanguage(tag) !== undefined)])].map((tag) => [
      tag,
      templateOf((mailWords[tag] ?? mailWords[tag.split("-")[0] ?? ""] ?? english)[type]),
    ]),
  );
  // Whoever waits for a code waits for seconds, not for a provider that comes back after days.
  return mail({ input: anyData, priority: -10, maxAttempts: 30, languages: templates }) as AnyMail;
}

/** It was made by us; an app that has its own mail in place of this checks what it likes. */
const anyData: StandardSchemaV1<AuthMailData, AuthMailData> = {
  "~standard": { version: 1, vendor: "chassis", validate: (value) => ({ value: value as AuthMailData }) },
};

function templateOf(words: MailWords): MailTemplate<AuthMailData> {
  return {
    subject: (data) => fill(words.subject, data),
    body: (data) => {
      const { link, code: digits } = data;
      const blocks: readonly (Block | false)[] = [
        heading(fill(words.heading, data)),
        paragraph(fill(words.text, data)),
        digits !== undefined && code(digits),
        link !== undefined && words.button !== undefined && button(words.button, link),
        small(fill(words.ignore, data)),
      ];
      return blocks;
    },
  };
}

/** Once over: what is put in is never looked at again. */
function fill(
  text: string,
  { site, address = "", left = "", provider = "", organisation = "", name = "", reason = "" }: AuthMailData,
): string {
  const values: Readonly<Record<string, string>> = { site, address, left, provider, organisation, name, reason };
  return text.replaceAll(
    /\{(site|address|left|provider|organisation|name|reason)\}/g,
    (_all, word: string) => values[word] ?? "",
  );
}
