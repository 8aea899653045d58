import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { themeOf } from "#application";
import { baseStyle } from "./base-style.ts";
import { brandColours } from "./brand.ts";

/** WCAG 2.2, "relative luminance" and "contrast ratio", written down a second time. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
      const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("whatever the brand's colour is, links on a card and the text of buttons can be read, in light and dark", () => {
  const [light = "", dark = ""] = [...baseStyle.matchAll(/--surface: (#[0-9a-f]{6})/g)].map(([, colour = ""]) => colour);
  const { light: inLight, dark: inDark } = themeOf("#000000");
  assert.deepEqual([light, dark], [inLight.card, inDark.card], "pages and mails stand on the same grounds");
  const colours = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
  fc.assert(
    fc.property(colours, (colour) => {
      const style = brandColours(colour);
      const [onLight = "", onDark = ""] = [...style.matchAll(/--accent:(#[0-9a-f]{6})/g)].map(([, found = ""]) => found);
      const ground = /--accent-ground:(#[0-9a-f]{6})/.exec(style)?.[1] ?? "";
      const text = /--on-accent:(#[0-9a-f]{6})/.exec(style)?.[1] ?? "";
      assert.ok(contrast(onLight, light) >= 4.5, `${colour}: ${onLight} on ${light}`);
      assert.ok(contrast(onDark, dark) >= 4.5, `${colour}: ${onDark} on ${dark}`);
      assert.ok(contrast(text, ground) >= 4.5, `${colour}: ${text} on ${ground}`);
    }),
  );
});
