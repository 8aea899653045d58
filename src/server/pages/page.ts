import { randomBytes } from "node:crypto";
import type { Answer } from "../http/exchange.ts";
import { permissionsPolicy } from "../http/security-headers.ts";
import { baseStyle } from "./base-style.ts";
import { escapeHtml, html, type Html } from "./html.ts";

/** Where a page may load from, beside what is in it: lists of sources as CSP writes them. By default nowhere. */
export interface PageSources {
  readonly images?: readonly string[];
  readonly frames?: readonly string[];
  readonly connections?: readonly string[];
}

export interface PageOptions {
  readonly title: string;
  readonly body: Html;
  /** A language tag: `en`. */
  readonly language?: string;
  readonly direction?: "ltr" | "rtl";
  readonly status?: number;
  /** CSS after the base style. */
  readonly style?: string;
  /** Without the base style, for a page that somebody else's script makes. */
  readonly bare?: boolean;
  /** One small script, this server's own. A page does all that it does without it too. */
  readonly script?: string;
  /** A script of this server that stands in a file of its own, by its hash: `sha256-...`. With `script` also by the nonce, for browsers that know hashes of no file. */
  readonly scriptFile?: { readonly path: string; readonly integrity: string };
  /** Further elements of the head. */
  readonly head?: Html;
  readonly sources?: PageSources;
  /** To whom it is said where somebody comes from: by default nobody. With `same-origin` forms say it to this server, which may want to know. */
  readonly referrer?: "no-referrer" | "same-origin" | "strict-origin";
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer that is a page. */
export interface Page extends Answer {
  readonly body: string;
}

/**
 * A page of this server's own. It is kept by nobody, framed by nobody, and no search engine lists it; it runs and loads nothing but what is in it
 * (a nonce for each answer, CSP 3). The text of `style` and `script` is the server's own and goes in as it is.
 */
export function page(options: PageOptions): Page {
  const { title, body, language = "en", direction = "ltr", status = 200, style = "", script, head, headers, bare } = options;
  const nonce = randomBytes(16).toString("base64");
  const document = html`<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
`;
  // Not by slots: there is no escaping inside them. `</` ends an element whatever is around it.
  const styles = `<style nonce="${nonce}">${guard((bare === true ? "" : baseStyle) + style)}</style>\n</head>\n<body>\n`;
  const file =
    options.scriptFile === undefined
      ? ""
      : `\n<script src="${escapeHtml(options.scriptFile.path)}" integrity="${escapeHtml(options.scriptFile.integrity)}"${script === undefined ? "" : ` nonce="${nonce}"`} defer></script>`;
  const scripts = script === undefined ? "" : `\n<script nonce="${nonce}">${guard(script)}</script>`;
  return {
    status,
    isOwnPage: true,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(nonce, options),
      "referrer-policy": options.referrer ?? "no-referrer",
      "cache-control": "no-store",
      "x-robots-tag": "noindex, nofollow",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": permissionsPolicy,
      "x-frame-options": "DENY",
      ...headers,
    },
    body: `${document.toString()}${styles}${body.toString()}${file}${scripts}\n</body>\n</html>\n`,
  };
}

function policy(
  nonce: string,
  { script, scriptFile, sources: { images = [], frames = [], connections = [] } = {} }: PageOptions,
): string {
  const directives: readonly (readonly [name: string, sources: readonly string[]])[] = [
    ["default-src", ["'none'"]],
    ["style-src", [`'nonce-${nonce}'`]],
    [
      "script-src",
      [...(script === undefined ? [] : [`'nonce-${nonce}'`]), ...(scriptFile === undefined ? [] : [`'${scriptFile.integrity}'`])],
    ],
    ["img-src", ["data:", ...images]],
    ["frame-src", frames],
    ["connect-src", connections],
    ["form-action", ["'self'"]],
    ["base-uri", ["'none'"]],
    ["frame-ancestors", ["'none'"]],
  ];
  return directives
    .filter(([, sources]) => sources.length > 0)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}

function guard(text: string): string {
  if (text.includes("</")) throw new Error("A style or a script of a page holds the end of an element.");
  return text;
}
