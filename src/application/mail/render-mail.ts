import { headerText } from "./address.ts";
import type { Brand } from "./brand.ts";
import type { MailEntry } from "./build-mails.ts";
import type { Block, MailBody } from "./content/blocks.ts";
import { isNode } from "./content/node.ts";
import type { MailScope, MailTemplate } from "./define-mail.ts";
import { directionOf, lookUpLanguage } from "./languages.ts";
import { type CheckedMailSettings, translate } from "./mail-settings.ts";
import { plainLine, plainLines } from "./render/plain.ts";
import { type BlockStyle, renderBlocks } from "./render/render-blocks.ts";
import { renderPage } from "./render/render-page.ts";
import { renderText } from "./render/render-text.ts";
import { themeOf } from "./render/theme.ts";
import { wrapText } from "./render/wrap-text.ts";

export interface RenderedMail {
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface RenderOptions {
  readonly data: unknown;
  readonly language: string | undefined;
  /** Where its reader leaves the list; undefined where it has none. */
  readonly unsubscribe: string | undefined;
  /** The origin of links into this server; undefined where none is set. */
  readonly origin: string | undefined;
}

const MAX_PREHEADER = 140;

/** A mail in the best language that there is, as HTML and as plain text from the same blocks. Throws what its author's functions throw. */
export function renderMail(
  { name, templates }: Pick<MailEntry, "name" | "templates">,
  settings: CheckedMailSettings,
  options: RenderOptions,
): RenderedMail {
  const { brand, layout } = settings;
  const [language, template] = choose(templates, options.language, settings.language);
  const scope: MailScope = {
    language,
    get origin() {
      if (options.origin === undefined)
        throw new Error(
          `The mail '${name}' has a link into this server. Set CHASSIS_BASE_URL to the origin under which people reach it.`,
        );
      return options.origin;
    },
  };
  const subject = headerText(textOf(template.subject, options.data, scope));
  if (subject === "") throw new TypeError(`The mail '${name}' has an empty subject.`);
  const own = blocksOf(template.body(options.data, scope), name);
  const blocks = layout === undefined ? own : blocksOf(layout(own, scope), name);
  const preheader = template.preheader === undefined ? firstWords(own) : textOf(template.preheader, options.data, scope);
  const footer = brand.footer === undefined ? "" : translate(brand.footer, language, settings.language);
  const unsubscribe = options.unsubscribe && {
    href: options.unsubscribe,
    label: translate(settings.unsubscribe, language, settings.language),
  };

  const direction = directionOf(language);
  const style: BlockStyle = { theme: themeOf(brand.colour), start: direction === "ltr" ? "left" : "right" };
  const html = renderPage(
    {
      language,
      direction,
      subject,
      preheader,
      brandName: brand.name,
      logo: logoOf(brand, options.origin),
      body: renderBlocks(blocks, style),
      footer,
      unsubscribe: unsubscribe || undefined,
    },
    style,
  );
  const foot = [
    ...(footer === "" ? [] : plainLines(footer).map((line) => wrapText(line))),
    ...(unsubscribe ? [`${plainLine(unsubscribe.label)}: ${unsubscribe.href}`] : []),
  ];
  // Programs know the line of two dashes and a space as the end of what was said (RFC 3676 section 4.3).
  const text = [renderText(blocks), ...(foot.length === 0 ? [] : [`-- \n${foot.join("\n")}`])].join("\n\n");
  return { language, subject, text: `${text}\n`, html };
}

/** Programs that show mails know of no path. Where nothing says at which address this server is, the name stands in its place. */
function logoOf({ logo }: CheckedMailSettings["brand"], origin: string | undefined): Brand["logo"] {
  if (logo === undefined || !logo.src.startsWith("/")) return logo;
  return origin === undefined ? undefined : { ...logo, src: origin + logo.src };
}

function choose(
  templates: ReadonlyMap<string, MailTemplate<unknown>>,
  wanted: string | undefined,
  usual: string,
): readonly [string, MailTemplate<unknown>] {
  const available = [...templates.keys()];
  const found = (wanted === undefined ? undefined : lookUpLanguage(wanted, available)) ?? lookUpLanguage(usual, available);
  const [first] = templates;
  if (first === undefined) throw new TypeError("A mail needs a template.");
  const template = found === undefined ? undefined : templates.get(found);
  return found === undefined || template === undefined ? first : [found, template];
}

function textOf(text: MailTemplate<unknown>["subject"], data: unknown, scope: MailScope): string {
  const given: unknown = typeof text === "function" ? text(data, scope) : text;
  if (typeof given !== "string") throw new TypeError("A mail's subject and preheader must be text.");
  return given;
}

function blocksOf(body: MailBody, name: string): readonly Block[] {
  if (!Array.isArray(body)) throw new TypeError(`The body of the mail '${name}' must be a list of blocks.`);
  const blocks = (body as MailBody).filter((block) => block !== false && block !== null && block !== undefined);
  for (const block of blocks)
    if (!isNode(block))
      throw new TypeError(`The body of the mail '${name}' has something that is no block: paragraph("…") makes one of text.`);
  return blocks;
}

function firstWords(blocks: readonly Block[]): string {
  const paragraph = blocks.find(({ type }) => type === "paragraph");
  return paragraph === undefined ? "" : headerText(renderText([paragraph]), MAX_PREHEADER);
}
