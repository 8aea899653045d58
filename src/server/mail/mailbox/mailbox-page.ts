import type { KeptMessage, MailDestination, MessageSummary } from "#application";
import { type Attribute, attribute, html, type Html } from "../../pages/html.ts";
import { page, type Page } from "../../pages/page.ts";
import { linkText } from "./link-text.ts";
import { mailboxScript } from "./mailbox-script.ts";
import { mailboxStyle } from "./mailbox-style.ts";
import { readHeaders } from "./read-headers.ts";

export const mailboxPath = "/dev/mailbox";

/** What can be seen of a mail. */
export const mailViews = ["html", "text", "headers", "source"] as const;
export type MailView = (typeof mailViews)[number];

const viewNames: Readonly<Record<MailView, string>> = { html: "HTML", text: "Text", headers: "Headers", source: "Source" };

/** Bytes of a message that its source shows; all of it can be downloaded. */
const SHOWN_SOURCE = 262_144;

export interface MailboxScene {
  readonly messages: readonly MessageSummary[];
  /** Where older ones go on; undefined where these are the last. */
  readonly older: number | undefined;
  /** Changes with every mail that comes or goes. */
  readonly state: string;
  readonly destination: MailDestination;
  readonly chosen: KeptMessage | undefined;
  readonly view: MailView;
  /** Whether somebody asked for this very mail, or for the list. */
  readonly isReading: boolean;
  readonly now: Date;
}

export function mailboxPage(scene: MailboxScene): Page {
  const { messages, chosen, state, isReading } = scene;
  const count = messages.length;
  const panes =
    chosen === undefined
      ? html`<main class="panes empty">${nothing(scene)}</main>`
      : html`<main class="panes ${isReading ? "reading" : "listing"}">${list(scene, chosen)}${reader(chosen, scene)}</main>`;
  return page({
    title: chosen !== undefined && isReading ? `${chosen.subject} · Mailbox` : "Mailbox",
    style: mailboxStyle,
    script: mailboxScript,
    referrer: "same-origin",
    sources: { frames: ["'self'"], connections: ["'self'"] },
    // Without a script the list comes anew by itself; whoever reads is left in peace.
    head: isReading ? html`` : html`<noscript><meta http-equiv="refresh" content="5"></noscript>`,
    body: html`<header class="top" data-state="${state}">
<h1><a href="${mailboxPath}">Mailbox</a></h1>
<p class="quiet" data-count="${count}">${count === 0 ? "No mail" : `${count}${scene.older === undefined ? "" : "+"} ${count === 1 ? "mail" : "mails"}, none sent`}</p>
${count === 0 ? null : html`<form method="post" action="${mailboxPath}/delete"><button class="button">Delete all</button></form>`}
<p class="hidden" role="status"></p>
</header>
${panes}`,
  });
}

function list({ messages, older, now }: MailboxScene, chosen: KeptMessage): Html {
  return html`<nav class="list" aria-label="Mails" data-list>
<ul>
${messages.map(
  ({
    id,
    subject,
    to,
    moment,
  }) => html`<li><a href="${`${mailboxPath}/${id}`}"${id === chosen.id && attribute("aria-current", "page")}>
<strong>${subject === "" ? "(no subject)" : subject}</strong>
<time datetime="${moment}">${shortTime(new Date(moment), now)}</time>
<small>to ${to}</small>
</a></li>
`,
)}</ul>
${older === undefined ? null : html`<a class="older" href="${mailboxPath}?before=${older}">Older mails</a>`}
</nav>
`;
}

function reader(message: KeptMessage, { view }: MailboxScene): Html {
  const { id, subject, from, to, moment, mail } = message;
  const own = `${mailboxPath}/${id}`;
  // What scrolls must be reached by the keyboard too; the frame is by itself.
  const scrolled = (name: string, value: string): Attribute | false => view !== "html" && attribute(name, value);
  return html`<article class="reader" aria-labelledby="subject">
<header class="about">
<a class="back" href="${mailboxPath}">All mails</a>
<h2 id="subject">${subject === "" ? "(no subject)" : subject}</h2>
<dl>
<dt>To</dt><dd>${to}</dd>
<dt>From</dt><dd>${from}</dd>
<dt>Mail</dt><dd>${mail}, <time datetime="${moment}">${longTime(new Date(moment))}</time></dd>
</dl>
</header>
<div class="bar">
<nav class="tabs" aria-label="Views of this mail">
${mailViews.map(
  (name) => html`<a href="${`${own}?view=${name}`}"${name === view && attribute("aria-current", "page")}>${viewNames[name]}</a>
`,
)}</nav>
<div class="tools">
${view === "html" ? widths : null}
<a href="${`${own}/message.eml`}">Download</a>
</div>
</div>
<div class="content"${scrolled("tabindex", "0")}${scrolled("role", "region")}${scrolled("aria-label", viewNames[view])}>${content(message, view)}</div>
</article>
`;
}

/** What people look for first, first; the source has them as they stand in the message. */
const firstHeaders: readonly string[] = ["from", "to", "reply-to", "subject", "date", "message-id"];

function inOrder(headers: ReturnType<typeof readHeaders>): ReturnType<typeof readHeaders> {
  const place = (name: string): number => firstHeaders.indexOf(name.toLowerCase()) + 1 || firstHeaders.length + 1;
  return headers.toSorted(([one], [other]) => place(one) - place(other));
}

const widths: Html = html`<fieldset>
<legend class="hidden">Width</legend>
<input type="radio" name="width" id="width-desktop" checked><label for="width-desktop">Desktop</label>
<input type="radio" name="width" id="width-phone"><label for="width-phone">Phone</label>
</fieldset>
`;

function content(message: KeptMessage, view: MailView): Html {
  const { id, subject, text, raw } = message;
  switch (view) {
    case "html":
      return html`<div class="stage"><iframe src="${`${mailboxPath}/${id}/body`}" title="${subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe></div>`;
    case "text":
      return html`<pre class="text">${linkText(text)}</pre>`;
    case "headers":
      return html`<div class="facts"><table>
<caption class="hidden">The headers of this mail</caption>
${inOrder(readHeaders(raw)).map(
  ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
)}</table></div>`;
    case "source": {
      const rest = raw.length - SHOWN_SOURCE;
      return html`<pre>${new TextDecoder().decode(raw.subarray(0, SHOWN_SOURCE))}${rest > 0 ? `\n… and ${rest} bytes more: download it to see them.` : null}</pre>`;
    }
  }
}

function nothing({ destination }: MailboxScene): Html {
  return destination === "server"
    ? html`<div class="nothing"><h2>Mails are sent</h2><p class="quiet">A mail server is set (CHASSIS_MAIL_SERVER), so they leave and nothing stays here. Leave it out, or set it to “mailbox”, to look at them first.</p></div>`
    : html`<div class="nothing"><h2>No mail yet</h2><p class="quiet">What your back end sends while you develop comes here, and goes nowhere else. This page shows it as soon as it is there.</p></div>`;
}

const language = "en-GB";

/** The time of today, the day of what is older. In the time zone of this machine, for its developer is here. */
function shortTime(moment: Date, now: Date): string {
  return moment.toDateString() === now.toDateString()
    ? moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })
    : moment.toLocaleDateString(language, { day: "numeric", month: "short" });
}

function longTime(moment: Date): string {
  return moment.toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
}
