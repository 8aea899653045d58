import { createHash } from "node:crypto";
import { type Frame, layout, type Page } from "../design/layout.ts";

/** A page runs no script, loads nothing but the site's own style and icon, and stands in nobody's frame. */
const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  vary: "cookie",
};

/** The page as an answer. Asked for again with its ETag, an unchanged page is not sent twice (RFC 9110 section 13.1.2). */
export function respond(page: Page, frame: Frame, request: Request): Response {
  const body = layout(page, frame);
  const status = page.status ?? 200;
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const headers = { ...pageHeaders, "cache-control": frame.viewer === null ? "no-cache" : "private, no-cache" };
  if (status !== 200) return new Response(body, { status, headers: { ...headers, "cache-control": "no-store" } });
  if (isKnown(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers: { ...headers, etag } });
  return new Response(body, { headers: { ...headers, etag } });
}

/** After a form: the browser asks for the next page, so that reloading it sends nothing twice. */
export function seeOther(address: string, cookie?: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location: address, "cache-control": "no-store", ...(cookie === undefined ? {} : { "set-cookie": cookie }) },
  });
}

function isKnown(header: string | null, etag: string): boolean {
  return header?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag) ?? false;
}
