const schemes: ReadonlySet<string> = new Set(["https:", "http:", "mailto:"]);

/**
 * An address that may be clicked in a mail, as `URL` writes it: whole, and of a scheme that only opens a page or begins a message.
 * Any other (`javascript:`, `data:`, `file:`) throws. A user and password in it are left out: `https://bank.example@evil.example/` only looks as
 * though it led to the bank.
 */
export function checkLink(href: string | URL, place: string): string {
  const url = read(href);
  if (url === undefined || !schemes.has(url.protocol))
    throw new TypeError(
      `${place}: '${String(href).slice(0, 100)}' is no whole address that begins with https:, http: or mailto:.`,
    );
  return url.href;
}

/** Of a picture, which programs load without asking: nothing but the web. */
export function checkImage(src: string | URL): string {
  const url = read(src);
  if (url === undefined || !(url.protocol === "https:" || url.protocol === "http:"))
    throw new TypeError(`image: '${String(src).slice(0, 100)}' is no whole address that begins with https: or http:.`);
  return url.href;
}

function read(address: string | URL): URL | undefined {
  const url = URL.parse(address instanceof URL ? address.href : typeof address === "string" ? address : "");
  if (url === null) return undefined;
  url.username = "";
  url.password = "";
  return url;
}
