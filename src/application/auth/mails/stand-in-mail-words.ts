import { type ImpersonationMail, impersonationMailWords } from "./impersonation-mail-words.ts";
import { type KeyMail, keyMailWords } from "./key-mail-words.ts";
import type { MailTable } from "./mail-table.ts";

/** What the mails say about others who act as somebody: programs with a key, and administrators. */
export type StandInMail = KeyMail | ImpersonationMail;

/** By language, as those of `mailWords`. */
export const standInMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Pick<MailTable, StandInMail>>> = {
  en: { ...keyMailWords.en, ...impersonationMailWords.en },
  nl: { ...keyMailWords.nl, ...impersonationMailWords.nl },
  de: { ...keyMailWords.de, ...impersonationMailWords.de },
  fr: { ...keyMailWords.fr, ...impersonationMailWords.fr },
  es: { ...keyMailWords.es, ...impersonationMailWords.es },
};
