import type { Additions } from "./outgoing.ts";

export type DefaultHeaders = Additions["defaults"];

/**
 * What every answer carries unless its route says otherwise. Sources: OWASP ASVS 5 section 3.4, the Fetch and CSP standards.
 * An answer of the API is data: no browser has a reason to run, frame or keep it.
 */
export const apiHeaders: DefaultHeaders = Object.entries({
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
});

/** For the pages of an app's own routes, which alone know their scripts, styles and how long they may be kept. */
export const pageHeaders: DefaultHeaders = Object.entries({
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-frame-options": "SAMEORIGIN",
});
