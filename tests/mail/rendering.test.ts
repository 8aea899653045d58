import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import {
  button,
  code,
  divider,
  emphasis,
  heading,
  image,
  link,
  list,
  mail,
  paragraph,
  quote,
  rows,
  small,
  strong,
  subheading,
} from "chassis/mail";
import { openTestBackend } from "chassis/testing";
import { requireBrowser } from "../support/browser.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pixel = "https://pathways.example/map.png";

const everything = {
  subject: "Confirm your e-mail address",
  body: () => [
    heading("Confirm your e-mail address"),
    paragraph("Hello Ada, please confirm that ", strong("ada@example.org"), " is yours. It works ", emphasis("once"), "."),
    button("Confirm the address", "https://pathways.example/confirm?token=abc"),
    paragraph("Or open https://pathways.example/", "averylongwordthatdoesnotbreak".repeat(8)),
    code("482 916"),
    subheading("What comes next"),
    list(["Choose the schools you like.", ["Read ", link("https://pathways.example/reviews", "what students say"), "."]], {
      numbered: true,
    }),
    rows([
      ["Plan", "Schools"],
      ["Term", "1 December 2026 to 30 November 2027"],
      ["Total", strong("€ 12.00")],
    ]),
    quote("It was great.\nGo there!"),
    image({ src: pixel, alt: "A map of the schools near you", width: 500, height: 120 }),
    divider(),
    small("You get this mail because somebody gave this address."),
  ],
};

const all = mail({ list: "news", languages: { en: everything, ar: everything } });

async function render(t: TestContext, colour: string, language: string): Promise<string> {
  const backend = defineBackend(defineSchema({ people: { name: text() } }), {
    rules: { people: () => ({ read: everyone, write: nobody }) },
    mails: { all },
    mail: { brand: { name: "Pathways", colour, footer: "Pathways, Keizersgracht 1, Amsterdam" } },
  });
  const app = await openTestBackend(backend);
  t.after(() => app.close());
  await app.enqueue(all, { to: "ada@example.org", language });
  return (await app.outbox.next()).html;
}

const windows = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
  { width: 900, colorScheme: "dark" },
] as const;

test("a mail fits its window and can be read by everybody, on phones and desktops, in light and dark", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const looks = [
    ["#0f766e", "en", windows],
    ["#facc15", "en", windows.slice(0, 1)],
    ["#111111", "ar", windows.slice(1)],
  ] as const;
  for (const [colour, language, sizes] of looks) {
    const html = await render(t, colour, language);
    for (const { width, colorScheme } of sizes) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      await page.route("**/*", (route) => route.abort());
      await page.setContent(html);
      const where = `${colour} ${language} ${width} ${colorScheme}`;
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width, where);
      const card = await page.locator(".card").boundingBox();
      assert.ok(card !== null && card.width <= 600 && card.x >= 0 && card.x + card.width <= width, where);
      // Not all that is asked of pages: a mail has no landmarks of its own in the program that shows it.
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })",
      );
      const wrong = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
      assert.deepEqual(wrong, [], where);
      const colours = await page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]",
      );
      assert.deepEqual(
        colours,
        colorScheme === "light" ? ["rgb(243, 244, 246)", "rgb(31, 41, 55)"] : ["rgb(15, 20, 25)", "rgb(232, 235, 239)"],
      );
      await page.close();
    }
  }
});
