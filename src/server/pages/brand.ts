import { type Brand, themeOf } from "#application";
import { html, type Html } from "./html.ts";

/** The brand's colour (`#rrggbb`) as CSS: made readable on each ground as in mails, whatever it is. */
export function brandColours(colour: string): string {
  const { light, dark, button } = themeOf(colour);
  const root = (link: string): string => `:root{--accent:${link};--accent-ground:${button.ground};--on-accent:${button.text}}`;
  return `${root(light.link)}@media (prefers-color-scheme:dark){${root(dark.link)}}.button.main{border-color:var(--accent)}`;
}

/** Where a page loads the logo from, as CSP says it. */
export function logoSources(logo: Brand["logo"]): readonly string[] {
  if (logo === undefined) return [];
  return [logo.src.startsWith("/") ? "'self'" : new URL(logo.src).origin];
}

/** The brand's logo, or its name. */
export function brandMark(logo: Brand["logo"], name: string): Html | string {
  if (logo === undefined) return name;
  return html`<img src="${logo.src}" width="${logo.width}" height="${logo.height ?? false}" alt="${name}">`;
}
