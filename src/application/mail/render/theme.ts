import { readableOn, textOn } from "./colours.ts";

/** What a mail is painted with. The dark colours are for programs that ask for them (`prefers-color-scheme`). */
export interface Theme {
  readonly light: Palette;
  readonly dark: Palette;
  readonly button: { readonly ground: string; readonly text: string };
}

export interface Palette {
  readonly page: string;
  readonly card: string;
  readonly box: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly link: string;
}

const light: Omit<Palette, "link"> = {
  page: "#f3f4f6",
  card: "#ffffff",
  box: "#f3f4f6",
  line: "#d1d5db",
  text: "#1f2937",
  muted: "#4b5563",
};
const dark: Omit<Palette, "link"> = {
  page: "#0f1419",
  card: "#1b222c",
  box: "#28313d",
  line: "#3d4856",
  text: "#e8ebef",
  muted: "#a9b3bf",
};

/** Every text is readable by WCAG 2.2, whatever the brand's colour. */
export function themeOf(colour: string): Theme {
  return {
    light: { ...light, link: readableOn(light.card, colour) },
    dark: { ...dark, link: readableOn(dark.card, colour) },
    button: { ground: colour, text: textOn(colour) },
  };
}

/** The classes that a mail's elements have, by what they change in the dark. Programs that know no styles of classes show the light ones. */
export function darkStyles({ dark }: Theme): string {
  const rules: readonly (readonly [string, string, string])[] = [
    ["page", "background-color", dark.page],
    ["card", "background-color", dark.card],
    ["card", "border-color", dark.line],
    ["box", "background-color", dark.box],
    ["line", "border-color", dark.line],
    ["text", "color", dark.text],
    ["muted", "color", dark.muted],
    ["link", "color", dark.link],
  ];
  return rules.map(([name, property, value]) => `.${name}{${property}:${value} !important}`).join("");
}
