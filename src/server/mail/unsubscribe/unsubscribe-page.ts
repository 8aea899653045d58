import {
  type CheckedMailSettings,
  directionOf,
  translate,
  unsubscribePageIn,
  type UnsubscribePageWords,
  type Unsubscription,
} from "#application";
import { cardStyle } from "../../pages/base-style.ts";
import { brandColours, brandMark, logoSources } from "../../pages/brand.ts";
import { html, type Html } from "../../pages/html.ts";
import { page, type Page } from "../../pages/page.ts";

/** Where a reader is: asked, gone, back again, back but nothing is sent, or here with a link that is none. */
export type UnsubscribeStage = "ask" | "left" | "back" | "held" | "broken";

export interface UnsubscribeScene {
  readonly stage: UnsubscribeStage;
  /** Of the link; undefined where it is broken. */
  readonly unsubscription: Unsubscription | undefined;
  /** What the reader's browser wants, the dearest first. */
  readonly languages: readonly string[];
  readonly settings: CheckedMailSettings;
}

/** The page in the reader's language and the look of the mails. Its forms lead back to the address that it was opened by. */
export function unsubscribePage({ stage, unsubscription, languages, settings }: UnsubscribeScene): Page {
  const { brand, language: usual, unsubscribePage: changes } = settings;
  const { language, words } = unsubscribePageIn([...languages, usual], changes);
  const sender = brand.name === "" ? settings.from?.name || settings.from?.address || "" : brand.name;
  const [title, explanation] = textOf(stage, words);
  const values = { address: masked(unsubscription?.address ?? ""), list: nameOf(unsubscription?.list ?? ""), sender };
  const footer = brand.footer === undefined ? "" : translate(brand.footer, language, usual);
  return page({
    title: sender === "" ? title : `${title} · ${sender}`,
    language,
    direction: directionOf(language),
    status: stage === "broken" ? 400 : 200,
    style: cardStyle + brandColours(brand.colour),
    sources: { images: logoSources(brand.logo) },
    headers: { vary: "Accept-Language" },
    body: html`<main>
${brand.logo === undefined && sender === "" ? null : html`<p class="masthead">${brandMark(brand.logo, sender)}</p>`}
<div class="card">
<h1>${title}</h1>
<p>${fill(explanation, values)}</p>
${formOf(stage, words)}
</div>
</main>
${footer === "" ? null : html`<footer class="footing">${footer}</footer>`}`,
  });
}

function textOf(stage: UnsubscribeStage, words: UnsubscribePageWords): readonly [title: string, explanation: string] {
  switch (stage) {
    case "ask":
      return [words.question, words.explanation];
    case "left":
      return [words.left, words.leftExplanation];
    case "back":
      return [words.back, words.backExplanation];
    case "held":
      return [words.back, words.heldExplanation];
    case "broken":
      return [words.broken, words.brokenExplanation];
  }
}

/** Without an action: it goes to this very address, whose token says whom it is about. */
function formOf(stage: UnsubscribeStage, { leave, undo }: UnsubscribePageWords): Html | null {
  if (stage === "ask")
    return html`<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button class="button main">${leave}</button></form>`;
  if (stage === "left")
    return html`<form method="post"><input type="hidden" name="action" value="subscribe"><button class="button">${undo}</button></form>`;
  return null;
}

/** Enough to know it again for whoever has it: links are passed on together with mails. */
function masked(address: string): string {
  const at = address.lastIndexOf("@");
  const [first = ""] = address;
  return `${first}•••${address.slice(at)}`;
}

/** A list's name as people read it. */
function nameOf(list: string): string {
  return list.replaceAll("-", " ");
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(address|list|sender)\}/g, (_, name: string) => values[name] ?? "");
}
