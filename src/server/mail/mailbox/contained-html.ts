/**
 * The HTML of a mail for a frame that is sandboxed and may load nothing. What begins a connection before any policy is asked loses its meaning by another name:
 * browsers connect for frames that they then refuse to fill, and for hints of connections to come. A tag's name is only what is
 * written as one, so no spelling gets past this. Links open a window of their own.
 */
export function containedHtml(html: string): string {
  const harmless = html
    .replaceAll(/<(\/?)(i?frame|frameset|object|embed|applet|portal|fencedframe)/gi, "<$1x-$2")
    // One that stays in the head, as it does: an unknown element would end that.
    .replaceAll(/<link/gi, "<meta");
  return `<!doctype html><base target="_blank">${harmless}`;
}

/** The policy of that frame, by itself and wherever it is opened. Links may open windows, which are ordinary ones. */
export const containedHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
  "x-frame-options": "SAMEORIGIN",
  "referrer-policy": "no-referrer",
  "x-dns-prefetch-control": "off",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
};
