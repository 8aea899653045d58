import { escapeHtml } from "./escape-html.ts";
import { plainLine, plainLines } from "./plain.ts";
import { type BlockStyle, font } from "./render-blocks.ts";
import { darkStyles } from "./theme.ts";

export interface Page {
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  readonly subject: string;
  /** What lists of mails show beside the subject. */
  readonly preheader: string;
  readonly brandName: string;
  readonly logo: { readonly src: string; readonly width: number; readonly height?: number } | undefined;
  /** HTML of the body's blocks. */
  readonly body: string;
  /** Plain text, in lines. */
  readonly footer: string;
  readonly unsubscribe: { readonly href: string; readonly label: string } | undefined;
}

/** Fills the line that a list of mails shows, so that nothing of the mail itself follows the preheader there. */
const filler = "&#847;&zwnj;&nbsp;".repeat(60);

/**
 * A whole HTML mail: tables for the frame and styles on the elements, which is what mail programs have in common; 600 pixels wide, and narrower
 * on a phone. No script, no form, and no picture but the author's.
 */
export function renderPage(page: Page, style: BlockStyle): string {
  const { language, direction, subject, preheader, body } = page;
  const { theme, start } = style;
  const { light } = theme;
  const tag = escapeHtml(language);
  const title = escapeHtml(plainLine(subject));
  return `<!doctype html>
<html lang="${tag}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>${title}</title>
<style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){${darkStyles(theme)}}
@media (max-width:480px){.card{padding:24px 20px !important}.edge{padding:16px 8px !important}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:${light.page};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">${escapeHtml(plainLine(preheader))}${filler}</div>
<div role="article" aria-roledescription="email" aria-label="${title}" lang="${tag}" dir="${direction}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background-color:${light.page}"><tr><td align="center" class="edge" style="padding:32px 16px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px">
<tr><td align="${start}" style="padding:0 4px 16px">${masthead(page, style)}</td></tr>
<tr><td align="${start}" class="card" style="padding:32px 40px 24px;border:1px solid ${light.line};border-radius:12px;background-color:${light.card};word-break:break-word;overflow-wrap:anywhere">
${body}
</td></tr>
<tr><td align="${start}" style="padding:16px 4px 0">${footerHtml(page, style)}</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>
`;
}

function masthead({ brandName, logo }: Page, { theme }: BlockStyle): string {
  const name = escapeHtml(plainLine(brandName));
  const text = `${font(18, 26)};font-weight:700;color:${theme.light.text}`;
  if (logo === undefined) return `<p class="text" style="margin:0;${text}">${name}</p>`;
  const size = `width="${logo.width}"${logo.height === undefined ? "" : ` height="${logo.height}"`}`;
  return `<img src="${escapeHtml(logo.src)}" alt="${name}" ${size} class="text" style="display:block;max-width:100%;height:auto;border:0;${text}">`;
}

function footerHtml({ footer, unsubscribe }: Page, { theme }: BlockStyle): string {
  const { light } = theme;
  const style = `margin:0 0 8px;${font(13, 20)};color:${light.muted}`;
  const parts: string[] = [];
  if (footer !== "") parts.push(plainLines(footer).map(escapeHtml).join("<br>"));
  if (unsubscribe !== undefined)
    parts.push(
      `<a href="${escapeHtml(unsubscribe.href)}" class="muted" style="color:${light.muted};text-decoration:underline">${escapeHtml(plainLine(unsubscribe.label))}</a>`,
    );
  return parts.map((part) => `<p class="muted" style="${style}">${part}</p>`).join("");
}
