import type { Block } from "../content/blocks.ts";
import type { Inline } from "../content/inline.ts";
import { escapeHtml } from "./escape-html.ts";
import { plainLine, plainLines } from "./plain.ts";
import type { Theme } from "./theme.ts";

/** What HTML of blocks depends on beside them. */
export interface BlockStyle {
  readonly theme: Theme;
  /** `left`, or `right` in a language that is read from there. */
  readonly start: "left" | "right";
}

const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

/** The font of everything; in full on each element, for some programs forget it at every table. */
export function font(size: number, line: number): string {
  return `font-family:${sans};font-size:${size}px;line-height:${line}px`;
}

/** HTML of a body: elements with styles of their own, one below the other, and nothing that was not escaped. */
export function renderBlocks(blocks: readonly Block[], style: BlockStyle): string {
  return blocks.map((block) => htmlOf(block, style)).join("\n");
}

function htmlOf(block: Block, style: BlockStyle): string {
  const { light, button } = style.theme;
  const words = (content: readonly Inline[]): string =>
    content
      .map((inline) => inlineHtml(inline, style))
      .join("")
      .trim();
  switch (block.type) {
    case "heading":
      return `<h1 class="text" style="margin:0 0 16px;${font(24, 32)};font-weight:700;color:${light.text}">${words(block.content)}</h1>`;
    case "subheading":
      return `<h2 class="text" style="margin:24px 0 8px;${font(18, 26)};font-weight:700;color:${light.text}">${words(block.content)}</h2>`;
    case "paragraph":
      return `<p class="text" style="margin:0 0 16px;${font(16, 24)};color:${light.text}">${words(block.content)}</p>`;
    case "small":
      return `<p class="muted" style="margin:0 0 16px;${font(14, 20)};color:${light.muted}">${words(block.content)}</p>`;
    case "button":
      return buttonHtml(block, button);
    case "list": {
      const tag = block.numbered ? "ol" : "ul";
      const items = block.items.map((item) => `<li style="margin:0 0 8px">${words(item)}</li>`).join("");
      return `<${tag} class="text" style="margin:0 0 16px;padding:0;padding-${style.start}:24px;${font(16, 24)};color:${light.text}">${items}</${tag}>`;
    }
    case "rows":
      return rowsHtml(
        block.rows.map(({ label, value }) => [escapeHtml(plainLine(label)), words(value)] as const),
        style,
      );
    case "code":
      return `<p class="text box" style="margin:0 0 16px;padding:16px;border-radius:8px;background-color:${light.box};font-family:${mono};font-size:28px;line-height:36px;font-weight:700;letter-spacing:4px;text-align:center;color:${light.text}">${escapeHtml(plainLine(block.text))}</p>`;
    case "quote": {
      const lines = plainLines(block.text).map(escapeHtml).join("<br>");
      return `<blockquote class="text line" style="margin:0 0 16px;padding:4px 16px;border-${style.start}:4px solid ${light.line};${font(16, 24)};color:${light.text}">${lines}</blockquote>`;
    }
    case "image":
      return imageHtml(block, style);
    case "divider":
      return `<hr class="line" style="margin:24px 0;border:0;border-top:1px solid ${light.line}">`;
  }
}

/** Outlook for Windows heeds no padding of a link: what stands between the marks makes room there, and nowhere else is seen. */
function buttonHtml(
  { label, href }: { readonly label: string; readonly href: string },
  { ground, text }: Theme["button"],
): string {
  const before =
    '<!--[if mso]><i style="mso-font-width:200%;mso-text-raise:18pt" hidden>&emsp;</i><span style="mso-text-raise:9pt"><![endif]-->';
  const after = '<!--[if mso]></span><i style="mso-font-width:200%" hidden>&emsp;&#8203;</i><![endif]-->';
  return `<p style="margin:8px 0 24px"><a href="${escapeHtml(href)}" style="display:inline-block;padding:12px 28px;border-radius:8px;background-color:${ground};${font(16, 24)};font-weight:600;color:${text};text-decoration:none">${before}${escapeHtml(plainLine(label))}${after}</a></p>`;
}

function rowsHtml(rows: readonly (readonly [label: string, value: string])[], { theme, start }: BlockStyle): string {
  const { light } = theme;
  const end = start === "left" ? "right" : "left";
  const cell = `padding:8px 0;border-bottom:1px solid ${light.line};${font(16, 24)};vertical-align:top`;
  const lines = rows.map(
    ([label, value]) =>
      `<tr><th scope="row" align="${start}" class="muted line" style="${cell};padding-${end}:16px;font-weight:400;word-break:normal;overflow-wrap:normal;color:${light.muted}">${label}</th><td align="${end}" class="text line" style="${cell};color:${light.text}">${value}</td></tr>`,
  );
  return `<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px;border-collapse:collapse">${lines.join("")}</table>`;
}

function imageHtml({ src, alt, width, height }: Extract<Block, { readonly type: "image" }>, { theme }: BlockStyle): string {
  const size = `width="${width}"${height === undefined ? "" : ` height="${height}"`}`;
  return `<p style="margin:0 0 16px"><img src="${escapeHtml(src)}" alt="${escapeHtml(plainLine(alt))}" ${size} class="text" style="display:block;width:100%;max-width:${width}px;height:auto;border:0;border-radius:8px;${font(14, 20)};color:${theme.light.text}"></p>`;
}

function inlineHtml(inline: Inline, style: BlockStyle): string {
  if (typeof inline !== "object") return escapeHtml(plainLine(inline));
  const words = inline.content.map((each) => inlineHtml(each, style)).join("");
  switch (inline.type) {
    case "strong":
      return `<strong>${words}</strong>`;
    case "emphasis":
      return `<em>${words}</em>`;
    case "link":
      return `<a href="${escapeHtml(inline.href)}" class="link" style="color:${style.theme.light.link};text-decoration:underline">${words}</a>`;
  }
}
