import type { Block } from "../content/blocks.ts";
import type { Inline } from "../content/inline.ts";
import { plainLine, plainLines } from "./plain.ts";
import { width, wrapText } from "./wrap-text.ts";

/** The plain text of a body. */
export function renderText(blocks: readonly Block[]): string {
  return blocks.map(textOf).filter(Boolean).join("\n\n");
}

function textOf(block: Block): string {
  switch (block.type) {
    case "heading":
      return underlined(line(block.content), "=");
    case "subheading":
      return underlined(line(block.content), "-");
    case "paragraph":
    case "small":
      return wrapText(line(block.content));
    case "button":
      return `${wrapText(`${plainLine(block.label)}:`)}\n${block.href}`;
    case "list":
      return block.items
        .map((item, index) => {
          const first = block.numbered ? `${index + 1}. ` : "- ";
          return wrapText(line(item), { first, rest: " ".repeat(first.length) });
        })
        .join("\n");
    case "rows":
      return block.rows.map(({ label, value }) => wrapText(`${plainLine(label)}: ${line(value)}`, { rest: "  " })).join("\n");
    case "code":
      return `    ${plainLine(block.text)}`;
    case "quote":
      return plainLines(block.text)
        .map((each) => wrapText(each, { first: "> ", rest: "> " }))
        .join("\n");
    case "image":
      return block.alt.trim() === "" ? "" : wrapText(`[${plainLine(block.alt)}]`);
    case "divider":
      return "-".repeat(40);
  }
}

function underlined(text: string, mark: string): string {
  const lines = wrapText(text);
  return `${lines}\n${mark.repeat(Math.max(1, ...lines.split("\n").map(width)))}`;
}

function line(content: readonly Inline[]): string {
  return content.map(inlineText).join("").trim();
}

function inlineText(inline: Inline): string {
  if (typeof inline !== "object") return plainLine(inline);
  const words = inline.content.map(inlineText).join("");
  if (inline.type !== "link") return words;
  // Between angle brackets, so that programs see where it ends (RFC 3986 appendix C).
  const shown = inline.href.replace(/^mailto:/, "");
  return words === shown || words === inline.href ? shown : `${words} <${inline.href}>`;
}
