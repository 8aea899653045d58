import { checkImage, checkLink } from "./check-link.ts";
import type { Inline } from "./inline.ts";
import { checkContent, checkText, makeNode } from "./node.ts";

/** One part of a mail's body, of which both its HTML and its plain text are made. */
export type Block =
  | { readonly type: "heading" | "subheading" | "paragraph" | "small"; readonly content: readonly Inline[] }
  | { readonly type: "button"; readonly label: string; readonly href: string }
  | { readonly type: "list"; readonly items: readonly (readonly Inline[])[]; readonly numbered: boolean }
  | { readonly type: "rows"; readonly rows: readonly { readonly label: string; readonly value: readonly Inline[] }[] }
  | { readonly type: "code" | "quote"; readonly text: string }
  | {
      readonly type: "image";
      readonly src: string;
      readonly alt: string;
      readonly width: number;
      readonly height: number | undefined;
    }
  | { readonly type: "divider" };

/** What a mail says: `false` and the like stand for nothing, so that a part may hang on a condition. */
export type MailBody = readonly (Block | false | null | undefined)[];

/** One item, or several pieces that make one. */
export type Piece = Inline | readonly Inline[];

/** What the mail is about. One, at the top. */
export function heading(...content: readonly Inline[]): Block {
  return makeNode({ type: "heading", content: checkContent(content, "heading") });
}

/** What a part of the mail is about. */
export function subheading(...content: readonly Inline[]): Block {
  return makeNode({ type: "subheading", content: checkContent(content, "subheading") });
}

/** Line breaks and indents in its text are spaces: what people typed in lines goes into `quote`. */
export function paragraph(...content: readonly Inline[]): Block {
  return makeNode({ type: "paragraph", content: checkContent(content, "paragraph") });
}

/** Fine print, such as why somebody gets this mail. */
export function small(...content: readonly Inline[]): Block {
  return makeNode({ type: "small", content: checkContent(content, "small") });
}

/** The one thing to do. @throws TypeError where `href` is no whole `https:`, `http:` or `mailto:` address. */
export function button(label: string, href: string | URL): Block {
  return makeNode({ type: "button", label: checkText(label, "button"), href: checkLink(href, "button") });
}

/** Items with a dot before each, or with `numbered` a number. */
export function list(items: readonly Piece[], { numbered = false }: { readonly numbered?: boolean } = {}): Block {
  return makeNode({ type: "list", items: items.map((item) => piece(item, "list")), numbered });
}

/** Names and what they are, a line each: an order, a booking. */
export function rows(entries: readonly (readonly [label: string, value: Piece])[]): Block {
  return makeNode({
    type: "rows",
    rows: entries.map(([label, value]) => ({ label: checkText(label, "rows"), value: piece(value, "rows") })),
  });
}

/** A code to be typed somewhere else: large, and easy to select. */
export function code(text: string | number): Block {
  return makeNode({ type: "code", text: checkText(text, "code") });
}

/** What somebody wrote, with its line breaks. */
export function quote(text: string): Block {
  return makeNode({ type: "quote", text: checkText(text, "quote") });
}

export interface ImageOptions {
  readonly src: string | URL;
  /** What it shows, for those who do not see it; empty where it only adorns. */
  readonly alt: string;
  /** In CSS pixels, at most 600. */
  readonly width: number;
  readonly height?: number;
}

/**
 * A picture on the web. Many programs show it only when asked: nothing may hang on it.
 *
 * @throws TypeError where `src` is no whole `https:` or `http:` address, or a size is none.
 */
export function image({ src, alt, width, height }: ImageOptions): Block {
  for (const size of [width, height ?? 1])
    if (!Number.isInteger(size) || size < 1 || size > 10_000)
      throw new TypeError("image: its sizes are whole numbers of pixels.");
  return makeNode({ type: "image", src: checkImage(src), alt: checkText(alt, "image"), width: Math.min(600, width), height });
}

/** A line across, between two parts. */
export function divider(): Block {
  return makeNode({ type: "divider" });
}

function piece(value: Piece, place: string): readonly Inline[] {
  return checkContent(Array.isArray(value) ? (value as readonly Inline[]) : [value as Inline], place);
}
