import { checkLink } from "./check-link.ts";
import { checkContent, makeNode } from "./node.ts";

/** What stands within a line. Text is always text: nothing in it is markup, or a template's expression. */
export type Inline = string | number | InlineNode;

export type InlineNode =
  | { readonly type: "strong" | "emphasis"; readonly content: readonly Inline[] }
  | { readonly type: "link"; readonly href: string; readonly content: readonly Inline[] };

/** Important. */
export function strong(...content: readonly Inline[]): InlineNode {
  return makeNode({ type: "strong", content: checkContent(content, "strong") });
}

/** Words in italics. */
export function emphasis(...content: readonly Inline[]): InlineNode {
  return makeNode({ type: "emphasis", content: checkContent(content, "emphasis") });
}

/**
 * Words that lead somewhere; without words, the address itself. Text parts write the address beside the words.
 *
 * @throws TypeError where `href` is no whole `https:`, `http:` or `mailto:` address. Check addresses that people type where they come in,
 * or nothing is sent to anybody of whom one is shown.
 */
export function link(href: string | URL, ...content: readonly Inline[]): InlineNode {
  const checked = checkLink(href, "link");
  const words = content.length === 0 ? [checked.replace(/^mailto:/, "")] : checkContent(content, "link");
  return makeNode({ type: "link", href: checked, content: words });
}
