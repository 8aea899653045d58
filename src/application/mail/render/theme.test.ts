import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contrast } from "./colours.ts";
import { themeOf } from "./theme.ts";

test("contrast is what WCAG says it is", () => {
  assert.equal(contrast("#ffffff", "#000000"), 21);
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777777"), 1);
  assert.equal(contrast("#ffffff", "#767676").toFixed(2), "4.54");
});

test("whatever the brand's colour, every text can be read on its ground", () => {
  const colours = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
  fc.assert(
    fc.property(colours, (colour) => {
      const { light, dark, button } = themeOf(colour);
      assert.ok(contrast(button.ground, button.text) >= 4.5);
      for (const { page, card, box, text, muted, link } of [light, dark]) {
        for (const ground of [page, card]) assert.ok(contrast(ground, muted) >= 4.5);
        for (const ground of [page, card, box]) assert.ok(contrast(ground, text) >= 7);
        assert.match(link, /^#[0-9a-f]{6}$/);
        assert.ok(contrast(card, link) >= 4.5);
      }
    }),
  );
});

test("a colour that can be read stays as it is", () => {
  assert.equal(themeOf("#1d4ed8").light.link, "#1d4ed8");
  assert.equal(themeOf("#facc15").dark.link, "#facc15");
  assert.notEqual(themeOf("#facc15").light.link, "#facc15");
});
