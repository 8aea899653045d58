import type { DefinitionProblem } from "../schema/definition-error.ts";
import { type Address, readMailbox } from "./address.ts";
import { type Brand, defaultColour, type Translated } from "./brand.ts";
import { checkImage } from "./content/check-link.ts";
import type { Block, MailBody } from "./content/blocks.ts";
import type { MailScope } from "./define-mail.ts";
import { lookUpLanguage, readLanguage } from "./languages.ts";
import { type UnsubscribePageChanges, unsubscribePageWords } from "./unsubscribe-page-words.ts";
import { unsubscribeWords } from "./words.ts";

/** What the mails of a back end have in common: `mail` of `defineBackend`. */
export interface MailSettings<L extends string = string> {
  /** Who sends, where a mail does not say: `Example <hello@example.org>`. The setting `CHASSIS_MAIL_FROM` wins over it. */
  readonly from?: string;
  /** Where answers go. By default to the sender. */
  readonly replyTo?: string;
  /** The language of mails that have one, and of readers whose own is not there. Default `en`. */
  readonly language?: string;
  /** Those that every mail must have. A mail that lacks one is a type error, and a mistake of the definition. */
  readonly languages?: readonly L[];
  readonly brand?: Brand;
  /** What stands around every mail's body: a greeting before it, say, or a name below. */
  readonly layout?: (body: readonly Block[], scope: MailScope) => MailBody;
  /** The words of the link by which readers of a list leave it. There are some for 34 languages. */
  readonly unsubscribe?: Translated;
  /** Other words for the page that this link leads to, by language: `{ en: { leave: "Stop these mails" } }`. It speaks de, en, es, fr and nl. */
  readonly unsubscribePage?: UnsubscribePageChanges;
}

/** The settings of a back end's mails, checked. */
export interface CheckedMailSettings {
  readonly from: Address | undefined;
  readonly replyTo: Address | undefined;
  readonly language: string;
  readonly languages: readonly string[];
  readonly brand: Brand & { readonly colour: string };
  readonly layout: NonNullable<MailSettings["layout"]> | undefined;
  readonly unsubscribe: Translated;
  readonly unsubscribePage: UnsubscribePageChanges;
}

export function readMailSettings(written: unknown, problems: DefinitionProblem[]): CheckedMailSettings {
  const report = (place: string, message: string): void => void problems.push({ place: `mail${place}`, message });
  if (written !== undefined && (typeof written !== "object" || written === null))
    report("", 'must be settings such as { from: "Example <hello@example.org>" }');
  const given = (typeof written === "object" && written !== null ? written : {}) as MailSettings;
  for (const key of Object.keys(given))
    if (!names.has(key)) report(`.${key}`, `is no setting: there are ${[...names].join(", ")}`);
  const { layout, unsubscribe } = given;
  const language = readLanguage(given.language ?? "en");
  if (language === undefined) report(".language", "must be a language tag such as en or pt-BR");
  if (layout !== undefined && typeof layout !== "function") report(".layout", "must be a function of the body's blocks");
  const languages = Array.isArray(given.languages ?? []) ? (given.languages ?? []) : [];
  for (const tag of languages)
    if (readLanguage(tag) !== tag) report(".languages", `'${tag}' is no language tag such as en or pt-BR`);
  return {
    from: readSender(given.from, ".from", report),
    replyTo: readSender(given.replyTo, ".replyTo", report),
    language: language ?? "en",
    languages,
    brand: readBrand(given.brand, report),
    layout,
    unsubscribe: readTranslated(unsubscribe, ".unsubscribe", report) ?? unsubscribeWords,
    unsubscribePage: readPageWords(given.unsubscribePage ?? {}, report),
  };
}

const names: ReadonlySet<string> = new Set([
  "from",
  "replyTo",
  "language",
  "languages",
  "brand",
  "layout",
  "unsubscribe",
  "unsubscribePage",
]);

type Report = (place: string, message: string) => void;

export function readSender(given: unknown, place: string, report: Report): Address | undefined {
  if (given === undefined) return undefined;
  const read = readMailbox(given);
  if (!("problem" in read)) return read;
  report(place, read.problem);
  return undefined;
}

function readBrand(given: Brand | undefined, report: Report): CheckedMailSettings["brand"] {
  if (given === undefined) return { name: "", colour: defaultColour };
  const { name, logo, colour = defaultColour, footer } = given;
  if (typeof name !== "string" || name.trim() === "") report(".brand.name", "must be what the sender is called");
  if (!/^#[0-9a-f]{6}$/i.test(colour)) report(".brand.colour", "must be a colour such as #1d4ed8");
  readTranslated(footer, ".brand.footer", report);
  if (logo !== undefined) {
    const { width, height } = logo;
    const isSize = (size: number): boolean => Number.isInteger(size) && size >= 1 && size <= 600;
    if (!isSize(width) || (height !== undefined && !isSize(height)))
      report(".brand.logo", "needs a width, and may have a height, in whole pixels from 1 to 600");
    try {
      if (!isOwnPath(logo.src)) checkImage(logo.src);
    } catch {
      report(
        ".brand.logo.src",
        "must be a whole address that begins with https: or http:, or a path of this server such as /logo.png",
      );
    }
  }
  return { ...given, colour: colour.toLowerCase() };
}

/** `//elsewhere` is another server. */
function isOwnPath(src: unknown): boolean {
  return typeof src === "string" && /^\/(?![/\\])[^\s\\]*$/.test(src);
}

function readTranslated(given: Translated | undefined, place: string, report: Report): Translated | undefined {
  if (given === undefined || typeof given === "string") return given;
  const isMap = typeof given === "object" && given !== null;
  const isText =
    isMap && Object.entries(given).every(([tag, text]) => readLanguage(tag) !== undefined && typeof text === "string");
  if (!isText) report(place, 'must be text, or text by language: { en: "…", nl: "…" }');
  return isText ? given : undefined;
}

function readPageWords(given: UnsubscribePageChanges, report: Report): UnsubscribePageChanges {
  const known = new Set(Object.keys(unsubscribePageWords["en"] ?? {}));
  for (const [tag, words] of Object.entries(given)) {
    const place = `.unsubscribePage.${tag}`;
    if (readLanguage(tag) === undefined) report(place, "must be a language tag such as en or pt-BR");
    for (const [name, text] of Object.entries(words)) {
      if (!known.has(name)) report(`${place}.${name}`, `is no part of the page: there are ${[...known].join(", ")}`);
      else if (typeof text !== "string") report(`${place}.${name}`, "must be text");
    }
  }
  return given;
}

/** The text in that language, or in the back end's, or the first that there is. */
export function translate(text: Translated, language: string, usual: string): string {
  if (typeof text === "string") return text;
  const available = Object.keys(text);
  const tag = lookUpLanguage(language, available) ?? lookUpLanguage(usual, available) ?? available[0];
  return (tag === undefined ? undefined : text[tag]) ?? "";
}
