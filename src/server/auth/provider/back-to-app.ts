import type { OidcClient } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { escapeHtml, html, Html } from "../../pages/html.ts";
import type { Scene } from "../page/auth-page.ts";
import type { Visit } from "../page/visit.ts";

/** An app, and an address of its own that people are sent back to: one that those who run the server wrote down. */
export interface WayBack {
  readonly client: OidcClient;
  readonly uri: string;
}

/**
 * Back to the app, with what it is told. Where a form of ours led here, by a page that goes on by itself: browsers let no form lead to another
 * site (CSP `form-action` holds for redirects too), and the policy of our pages is the same for every app.
 */
export function backToApp(
  visit: Visit,
  { client, uri }: WayBack,
  told: Readonly<Record<string, string | undefined>>,
): Answer | Scene {
  const query = new URLSearchParams(
    Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const address = query.size === 0 ? uri : `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
  const { exchange, say, go } = visit;
  if (exchange.method !== "POST" && exchange.header("sec-fetch-site") !== "same-origin") return go(address);
  return {
    title: say("appBackTitle", { app: client.name }),
    text: say("appBackText"),
    refresh: address,
    body: html`<p>${link(address, say("goOn"))}</p>`,
  };
}

/** The scheme may be that of an installed app, which a template takes for none: it was looked at when the app was written down. */
function link(address: string, text: string): Html {
  return new Html(`<a class="button main" href="${escapeHtml(address)}">${escapeHtml(text)}</a>`);
}
