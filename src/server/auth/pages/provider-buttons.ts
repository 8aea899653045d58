import type { Intent } from "#application";
import { html, type Html } from "../../pages/html.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";

/** What people call a site. */
export function titleOf({ auth }: Pick<Visit, "auth">, name: string): string {
  return auth.oauth.providers.find((each) => each.name === name)?.title ?? name;
}

/** More sites than this stand two to a row. */
const MOST_IN_FULL = 3;

/** A button for each site, one size for all; nothing where there is none. `intent`: what for. */
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
  const isMany = providers.length > MOST_IN_FULL;
  const labelOf = (title: string): Html => {
    const label = visit.say(words, { provider: title });
    return isMany ? shortened(label, title) : html`${label}`;
  };
  return html`<form class="${isMany ? "sites many" : "sites"}" method="post" action="${paths.oauth}">
${hidden("to", to)}${intent === "signIn" ? null : hidden("intent", intent)}
${providers.map(({ name, title }) => html`<button class="button" name="provider" value="${name}">${labelOf(title)}</button>`)}
</form>`;
}

/** What people see is the site's name alone; whoever hears the page still hears all of it. */
function shortened(label: string, title: string): Html {
  const at = label.indexOf(title);
  // An app's own words may do without the name; and `X` by itself would close something.
  if (at === -1 || title.length < 3) return html`${label}`;
  const [before, after] = [label.slice(0, at), label.slice(at + title.length)];
  return html`${aside(before)}${title}${aside(after)}`;
}

function aside(text: string): Html | null {
  return text === "" ? null : html`<span class="hidden">${text}</span>`;
}
