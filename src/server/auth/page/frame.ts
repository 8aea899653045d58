import { type CheckedMailSettings, directionOf, translate } from "#application";
import { brandColours, brandMark, logoSources } from "../../pages/brand.ts";
import { escapeHtml, Html, html } from "../../pages/html.ts";
import { page, type Page } from "../../pages/page.ts";
import { passkeyScript } from "../passkey-script.ts";
import type { Draft, Scene } from "./auth-page.ts";
import { paths } from "./paths.ts";
import type { Speech } from "./speech.ts";
import { authStyle } from "./style.ts";

export interface FrameOptions {
  readonly speech: Speech;
  readonly settings: CheckedMailSettings;
  /** The brand's name, or the host under which people reach this server. */
  readonly site: string;
  readonly home: string;
  /** The address of the page has a token: nobody is told more of where somebody comes from than the site. */
  readonly isSecret: boolean;
  /** What a field is called. */
  readonly labelOf: (field: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  /** As whom an administrator acts who sees this. */
  readonly acting?: string | undefined;
}

/** A page of sign-in in the look of the mails. What is wrong stands in its title too, for that is what is read out first. */
export function frame(
  scene: Scene,
  draft: Draft,
  { speech, settings, site, home, isSecret, labelOf, headers = {}, cookies = [], acting }: FrameOptions,
): Page {
  const { brand, language: usual } = settings;
  const { language, say } = speech;
  const footer = brand.footer === undefined ? "" : translate(brand.footer, language, usual);
  const isWrong = draft.alert !== undefined || draft.problems.size > 0;
  const { title, text, done, body = null, more = null, wide = false, passkeys = false, refresh } = scene;
  return {
    ...page({
      title: `${isWrong ? `${say("error")}: ` : ""}${title} · ${site}`,
      language,
      direction: directionOf(language),
      status: scene.status ?? draft.error?.status ?? 200,
      style: authStyle + brandColours(brand.colour),
      sources: {
        images: logoSources(brand.logo),
        connections: passkeys ? ["'self'"] : [],
      },
      ...(refresh === undefined ? {} : { head: onward(refresh) }),
      ...(passkeys ? { scriptFile: passkeyScript } : {}),
      referrer: isSecret ? "strict-origin" : "same-origin",
      headers: { vary: "Accept-Language, Cookie", ...headers },
      body: html`<main class="${wide ? "wide" : ""}">
<p class="masthead"><a href="${home}">${brandMark(brand.logo, site)}</a></p>
${acting === undefined ? null : banner(acting, speech)}
<div class="card">
<h1>${title}</h1>
${done === undefined ? null : html`<p class="done" role="status">${done}</p>`}
${alert(draft, speech, labelOf)}
${text === undefined ? null : html`<p class="lead">${text}</p>`}
${body}
${more === null ? null : html`<div class="more">${more}</div>`}
</div>
</main>
${footer === "" ? null : html`<footer class="footing">${footer}</footer>`}`,
    }),
    cookies,
  };
}

/** Not by a slot, behind the beginning of an address: it is one of https, or of this machine, as whoever gives it has seen to. */
function onward(address: string): Html {
  return new Html(`<meta http-equiv="refresh" content="0;url=${escapeHtml(address)}">`);
}

/** On every page, so that nobody forgets as whom they act; it has the way back. */
function banner(acting: string, { say }: Speech): Html {
  return html`<form class="acting line" method="post" action="${paths.impersonate}">
<p role="status">${say("impersonating", { name: acting })}</p>
<input type="hidden" name="end" value="1"><button class="button">${say("impersonateEnd")}</button>
</form>`;
}

/** Where the reader begins when something is wrong: without a script the page itself says what gets the focus. */
function alert({ alert: words, problems }: Draft, { say }: Speech, labelOf: (field: string) => string): Html | null {
  if (words === undefined && problems.size === 0) return null;
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>
<p>${words ?? say("someInvalid")}</p>
${problems.size === 0 ? null : html`<ul>${[...problems].map(([name, problem]) => html`<li><a href="#${name}">${labelOf(name)}: ${problem}</a></li>`)}</ul>`}
</div>`;
}
