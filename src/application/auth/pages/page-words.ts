import { lookUpLanguage } from "../../mail/languages.ts";
import { de } from "./words/de.ts";
import { type AuthPageWords as SignInWords, en } from "./words/en.ts";
import { es } from "./words/es.ts";
import { fr } from "./words/fr.ts";
import { nl } from "./words/nl.ts";
import { type OrganisationWords, organisationWords } from "./words/organisation-words.ts";

/** What the pages say, by name. */
export type AuthPageWords = SignInWords & OrganisationWords;

const english: AuthPageWords = { ...en, ...organisationWords.en };

export const authPageWords: Readonly<Record<string, AuthPageWords>> = {
  en: english,
  nl: { ...nl, ...organisationWords.nl },
  de: { ...de, ...organisationWords.de },
  fr: { ...fr, ...organisationWords.fr },
  es: { ...es, ...organisationWords.es },
};

/** Other words than ours, by language: any of them, or all of a language that has none yet. */
export type AuthPageChanges = Readonly<Record<string, Partial<AuthPageWords>>>;

/**
 * The words in the first of these languages that there are any in, and the tag of that language. A word that a language lacks is taken from
 * the nearest of ours, or from English.
 */
export function authPageWordsIn(
  wanted: readonly string[],
  changes: AuthPageChanges,
): { readonly language: string; readonly words: AuthPageWords } {
  const available = [...Object.keys(changes), ...Object.keys(authPageWords)];
  for (const tag of wanted) {
    const found = lookUpLanguage(tag, available);
    if (found === undefined) continue;
    const usual = lookUpLanguage(found, Object.keys(authPageWords)) ?? "en";
    return { language: found, words: { ...english, ...authPageWords[usual], ...changes[found] } };
  }
  return { language: "en", words: { ...english, ...changes["en"] } };
}

/** The names that a word fills in: `{site}`. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name))].toSorted((a, b) => (a < b ? -1 : 1));
}
