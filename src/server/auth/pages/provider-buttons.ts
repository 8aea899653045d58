import type { Intent } from "#application";
import { html, type Html } from "../../pages/html.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";

/** What people call a site. */
export function titleOf({ auth }: Pick<Visit, "auth">, name: string): string {
  return auth.oauth.providers.find((each) => each.name === name)?.title ?? name;
}

/** A button for each site; nothing where there is none. `intent`: what for. */
export function providerButtons(
  visit: Visit,
  {
    words = "withProvider",
    intent = "signIn",
    providers = visit.auth.oauth.providers,
    to = visit.to,
  }: {
    readonly words?: "withProvider" | "connectWith" | "proveWith";
    readonly intent?: Intent;
    readonly providers?: readonly { readonly name: string; readonly title: string }[];
    readonly to?: string | undefined;
  } = {},
): Html | null {
  if (providers.length === 0) return null;
  return html`<form class="sites" method="post" action="${paths.oauth}">
${hidden("to", to)}${intent === "signIn" ? null : hidden("intent", intent)}
${providers.map(({ name, title }) => html`<button class="button" name="provider" value="${name}">${visit.say(words, { provider: title })}</button>`)}
</form>`;
}
