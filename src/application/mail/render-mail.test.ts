import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { DefinitionError, type DefinitionProblem } from "../schema/definition-error.ts";
import { buildMails } from "./build-mails.ts";
import {
  button,
  code,
  divider,
  heading,
  image,
  list,
  type MailBody,
  paragraph,
  quote,
  rows,
  small,
  subheading,
} from "./content/blocks.ts";
import { emphasis, type Inline, link, strong } from "./content/inline.ts";
import { mail, type MailDefinition } from "./define-mail.ts";
import type { MailSettings } from "./mail-settings.ts";
import { type RenderedMail, renderMail, type RenderOptions } from "./render-mail.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

function render(
  written: MailDefinition<never>,
  options: Partial<RenderOptions> = {},
  settings: MailSettings = { brand: { name: "Pathways" } },
): RenderedMail {
  const problems: DefinitionProblem[] = [];
  const book = buildMails({ tested: written }, settings, problems);
  if (problems.length > 0) throw new DefinitionError(problems);
  const [entry] = book.entries;
  assert.ok(entry);
  return renderMail(entry, book.settings, {
    data: undefined,
    language: undefined,
    unsubscribe: undefined,
    origin: "https://example.org",
    ...options,
  });
}

const bodied = (body: MailBody, settings?: MailSettings): RenderedMail =>
  render(mail({ subject: "A subject", body: () => body }), {}, settings);

/** Every place where text can stand. */
const everywhere = (text: string, href = "https://example.org/"): MailBody => [
  heading(text),
  subheading(text, strong(text)),
  paragraph(text, emphasis(text), link(href, text)),
  button(text, href),
  list([text, [text, strong(text)]]),
  rows([[text, text]]),
  code(text),
  quote(text),
  image({ src: href, alt: text, width: 100 }),
  divider(),
  small(text),
];

const hostile = mail({
  input: z.object({ text: z.string() }),
  subject: ({ text }) => text,
  preheader: ({ text }) => text,
  body: ({ text }) => everywhere(text),
});

/** The tags of HTML with their attributes' names: what markup there is, whatever it says. */
const skeleton = (html: string): string =>
  html
    .replaceAll(/<title>[^<]*<\/title>/g, "")
    .match(/<[^>]*>/g)
    ?.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'))
    .join("") ?? "";

test("whatever the data says, the markup of a mail is the same, and its text says it", () => {
  const rendered = (text: string): RenderedMail => render(hostile, { data: { text } }, { brand: { name: text, footer: text } });
  const plain = skeleton(rendered("x").html);
  const dangerous = fc.constantFrom(
    "<script>",
    "</td>",
    '"',
    "'",
    "&",
    "<!--",
    "-->",
    "<%= 1 %>",
    "{{7*7}}",
    "${1}",
    "\0",
    "\u2028",
    "]]>",
    "&lt;",
  );
  const texts = fc
    .array(fc.oneof(dangerous, fc.string({ unit: "binary", minLength: 1 }), fc.string()), { minLength: 1 })
    .map((parts) => parts.join(""))
    .filter((text) => text.replaceAll(/[\x00-\x20\x7f-\x9f\u2028\u2029]/g, "") !== "");
  fc.assert(
    fc.property(texts, (text) => {
      const { html, text: shown, subject } = rendered(`y${text}`);
      // Lines of what somebody wrote are the one thing that text makes.
      assert.equal(skeleton(html).replaceAll("<br>", ""), plain);
      assert.doesNotMatch(subject, /[\x00-\x1f]/);
      const words = (line: string): string =>
        line
          .toWellFormed()
          .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "")
          .replaceAll(/[\s\u2028\u2029>]+/g, "");
      assert.ok(words(shown).includes(words(text)), JSON.stringify(text));
    }),
    { numRuns: propertyRuns(40, 100) },
  );
});

test("no expression in data is evaluated, and no markup in it is", () => {
  const { html, text, subject } = render(hostile, { data: { text: "<b>{{7*7}}</b> ${7*7} <%= 7*7 %> #{7*7}" } });
  assert.doesNotMatch(html + text + subject, /49/);
  assert.doesNotMatch(html, /<b>/);
  assert.match(html, /&lt;b&gt;\{\{7\*7\}\}&lt;\/b&gt; \$\{7\*7\} &lt;%= 7\*7 %&gt; #\{7\*7\}/);
  assert.match(text, /<b>\{\{7\*7\}\}<\/b>/);
});

test("links go to pages and addresses only", () => {
  for (const href of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://x/y",
    "cid:part",
    "/relative",
    "//example.org",
    "www.example.org",
    "",
    "http://",
  ]) {
    assert.throws(() => link(href), TypeError, href);
    assert.throws(() => button("Go", href), TypeError, href);
    assert.throws(() => image({ src: href, alt: "", width: 10 }), TypeError, href);
  }
  assert.throws(() => image({ src: "mailto:a@example.org", alt: "", width: 10 }), TypeError);
  assert.throws(() => link(null as never), TypeError);
  class Liar extends URL {
    override get protocol(): string {
      return "https:";
    }
  }
  assert.throws(() => link(new Liar("javascript:alert(1)")), TypeError);
  const lookAlike = bodied([paragraph(link("https://bank.example@evil.example/a"), link("https:\\\\ada:pw@evil.example", "x"))]);
  assert.doesNotMatch(lookAlike.html + lookAlike.text, /bank|ada:pw/);
  const { html, text } = bodied([
    paragraph(
      link("https://example.org/?a=1&b=\"'<x>"),
      " ",
      link("mailto:ada@example.org"),
      " ",
      link(new URL("http://example.org/"), "here"),
    ),
  ]);
  assert.match(html, /href="https:\/\/example\.org\/\?a=1&amp;b=%22%27%3Cx%3E"/);
  assert.match(html, /href="mailto:ada@example\.org"[^>]*>ada@example\.org</);
  assert.equal(
    text.replaceAll(/\s+/g, " ").trim(),
    "https://example.org/?a=1&b=%22%27%3Cx%3E ada@example.org here <http://example.org/>",
  );
});

test("an object of the data is no block and no link, whatever it looks like", () => {
  const forged = { type: "link", href: "javascript:alert(1)", content: ["x"] } as Inline;
  for (const make of [
    () => paragraph(forged),
    () => strong(forged),
    () => list([forged]),
    () => rows([["a", forged]]),
    () => link("https://x.example", forged),
  ])
    assert.throws(make, /must be text, or what strong, emphasis and link give/);
  assert.throws(() => paragraph("Hello ", undefined as never), /not undefined/);
  assert.throws(() => heading(null as never), /not null/);
  assert.throws(() => button({} as never, "https://example.org"), /needs text/);
  assert.throws(() => image({ src: "https://example.org/x.png", alt: "", width: '1" onload="x' as never }), /whole numbers/);
  assert.throws(() => bodied([{ type: "paragraph", content: ["x"] }]), /is no block/);
  assert.throws(() => bodied(["text" as never]), /paragraph\("…"\) makes one/);
  assert.throws(() => bodied("text" as never), /must be a list of blocks/);
});

test("both parts of a mail are made of the same blocks", () => {
  const { html, text } = bodied(
    [
      heading("Your booking"),
      paragraph(
        "Hello Ada,\n   see ",
        link("https://example.org/b/1", "your booking"),
        ". It has a line that is longer than seventy-six columns, and wraps.",
      ),
      false,
      button("Open it", "https://example.org/b/1"),
      list(["One", "Two"], { numbered: true }),
      rows([
        ["Room", "12"],
        ["Total", strong("€ 5.00")],
      ]),
      code(123_456),
      quote("First line\n\tsecond"),
      divider(),
      image({ src: "https://example.org/x.png", alt: "", width: 10 }),
      null,
      small("Why you get this."),
    ],
    { brand: { name: "Pathways", footer: "Pathways\nAmsterdam" } },
  );
  assert.equal(
    text,
    `Your booking
============

Hello Ada, see your booking <https://example.org/b/1>. It has a line that is
longer than seventy-six columns, and wraps.

Open it:
https://example.org/b/1

1. One
2. Two

Room: 12
Total: € 5.00

    123456

> First line
> second

----------------------------------------

Why you get this.

-- 
Pathways
Amsterdam
`,
  );
  for (const part of [
    "<h1 ",
    ">Your booking</h1>",
    "<strong>€ 5.00</strong>",
    ">Open it<",
    "<ol ",
    "<hr ",
    "First line<br>  second",
    'alt=""',
    "Pathways<br>Amsterdam",
  ])
    assert.ok(html.includes(part), part);
});

test("the language is the wanted one, the nearest to it, or the back end's", () => {
  const template = (words: string): { subject: string; body: () => MailBody } => ({
    subject: words,
    body: () => [paragraph(words)],
  });
  const greeting = mail({
    languages: {
      en: template("Hello"),
      nl: template("Hallo"),
      "pt-BR": template("Olá"),
      "zh-Hant": template("你好"),
      ar: template("مرحبا"),
    },
  });
  const chosen: Readonly<Record<string, string>> = {
    nl: "nl",
    "nl-BE": "nl",
    "NL-be-x-limburg": "nl",
    en: "en",
    "pt-BR": "pt-BR",
    pt: "en",
    "pt-PT": "en",
    "zh-Hant-TW": "zh-Hant",
    zh: "en",
    ja: "en",
    "ar-EG": "ar",
  };
  for (const [wanted, language] of Object.entries(chosen)) {
    const rendered = render(greeting, { language: wanted });
    assert.equal(rendered.language, language, wanted);
    assert.match(rendered.html, new RegExp(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">`));
  }
  assert.equal(render(greeting).language, "en");
  assert.equal(render(greeting, { language: "ja" }, { language: "nl" }).subject, "Hallo");
  assert.equal(render(mail({ subject: "Ciao", body: () => [] }), { language: "nl" }, { language: "it" }).language, "it");
  const told = mail({ languages: { nl: { subject: (_data, { language }) => language, body: () => [] } } });
  assert.equal(render(told, { language: "nl-BE" }).subject, "nl");
});

test("a brand is around every mail, and its colour can be read on light and dark", () => {
  const logo = { src: "https://example.org/logo.png", width: 120, height: 40 };
  const brand = { name: 'Tom & "Co"', colour: "#FACC15", logo, footer: { en: "Sent by us", nl: "Van ons" } };
  const { html, text } = render(
    mail({ languages: { nl: { subject: "x", body: () => [paragraph(link("https://example.org/", "x"))] } } }),
    { unsubscribe: "https://example.org/u?a=1&b=2" },
    { brand, layout: (body) => [...body, paragraph("Groeten")] },
  );
  assert.match(html, /<img src="https:\/\/example\.org\/logo\.png" alt="Tom &amp; &quot;Co&quot;" width="120" height="40"/);
  assert.match(html, /Van ons/);
  assert.match(html, /href="https:\/\/example\.org\/u\?a=1&amp;b=2"[^>]*>Afmelden</);
  assert.match(text, /\n\nGroeten\n\n-- \nVan ons\nAfmelden: https:\/\/example\.org\/u\?a=1&b=2\n$/);
  // Yellow words cannot be read on white: they are darkened. On the dark ground they stay as they are.
  assert.doesNotMatch(html, /color:#facc15;text-decoration/);
  assert.match(html, /\.link\{color:#facc15 !important\}/);
});

test("a logo on this server is loaded from its origin, and where that is not known the name stands in its place", () => {
  const written = mail({ subject: "x", body: () => [] });
  const settings = { brand: { name: "Pathways", logo: { src: "/assets/logo.png", width: 120 } } };
  assert.match(render(written, {}, settings).html, /<img src="https:\/\/example\.org\/assets\/logo\.png" alt="Pathways"/);
  assert.doesNotMatch(render(written, { origin: undefined }, settings).html, /<img/);
  assert.match(render(written, { origin: undefined }, settings).html, />Pathways</);
});

test("what lists of mails show is the preheader, or how the first paragraph begins", () => {
  const words = (html: string): string => /aria-hidden="true">([^&]*)/.exec(html)?.[1] ?? "";
  assert.equal(words(bodied([heading("Title"), paragraph("The ", strong("first"), " words.")]).html), "The first words.");
  assert.equal(words(render(mail({ subject: "x", preheader: "Look", body: () => [paragraph("No")] })).html), "Look");
  assert.equal(words(bodied([divider()]).html), "");
});

test("a subject that comes out empty, or is no text, is an error", () => {
  assert.throws(() => render(mail({ subject: () => " \n", body: () => [] })), /has an empty subject/);
  assert.throws(() => render(mail({ subject: () => 7 as never, body: () => [] })), /must be text/);
});

test("a link into the server waits for the setting that says where that is", () => {
  const written = mail({ subject: "A subject", body: (_data, { origin }) => [button("Open", `${origin}/books/7`)] });
  assert.match(render(written).html, /https:\/\/example\.org\/books\/7/);
  assert.throws(() => render(written, { origin: undefined }), /Set CHASSIS_BASE_URL/);
  assert.ok(render(mail({ subject: "A subject", body: () => [heading("No link")] }), { origin: undefined }).html);
});
