import assert from "node:assert/strict";
import { test } from "node:test";
import { Html, html, trusted } from "./html.ts";

const attacks: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</textarea><svg onload=alert(1)>",
  "&lt;script&gt;",
  "<!--",
  "]]>",
  "\u003cimg\u003e",
];

test("what a person typed never becomes markup, in text or in an attribute", () => {
  for (const attack of attacks) {
    const page = html`<p title="${attack}">${attack}</p>`.toString();
    const inner = page.slice('<p title="'.length, -"</p>".length);
    assert.doesNotMatch(inner.replace('">', ""), /[<>"']/, attack);
  }
});

test("an ampersand is escaped once, so that the reader sees what was written", () => {
  assert.equal(html`<p>${"Arts & Sciences"} ${"&lt;"}</p>`.toString(), "<p>Arts &amp; Sciences &amp;lt;</p>");
});

test("HTML made by the template is not escaped again, and lists are joined", () => {
  assert.equal(
    html`<ul>${["a", "<b>"].map((item) => html`<li>${item}</li>`)}</ul>`.toString(),
    "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
  );
});

test("an object that only looks like HTML is escaped", () => {
  const imposter = { toString: () => "<b>" } as unknown as string;
  assert.equal(html`${imposter}`.toString(), "&lt;b&gt;");
});

test("nothing is left by false, null and undefined; zero is shown", () => {
  assert.equal(html`[${false}${null}${undefined}${0}${""}]`.toString(), "[0]");
});

test("an address that would run code is replaced", () => {
  for (const address of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:x",
    "data:text/html,x",
    "//evil.example/",
    "/\\evil.example/",
    "",
  ]) {
    assert.equal(html`<a href="${address}">x</a>`.toString(), '<a href="#">x</a>', address);
  }
  for (const address of ["/schools?q=a&b", "#main", "?q=1", "https://example.org/", "mailto:a@example.org"]) {
    assert.ok(html`<a href="${address}">x</a>`.toString().startsWith(`<a href="${address.replace("&", "&amp;")}"`), address);
  }
});

test("a slot where escaping cannot protect is refused", () => {
  assert.throws(() => html`<a title=${"x"}>y</a>`, /without quotes/);
  assert.throws(() => html`<a href="/" title=${"x"}>y</a>`, /without quotes/);
  assert.throws(() => html`<a title='${"x"}'>${"y"}</a><a title=${"x"}>y</a>`, /without quotes/);
  assert.doesNotThrow(() => html`<a href="/a?b=${"x"}" title="${"x"}"${html` hidden`}>x=${"y"}</a>`);
  assert.throws(() => html`<script>${"x"}</script>`, /inside a script/);
  assert.throws(() => html`<style>a{}${"x"}</style>`, /inside a script/);
  assert.doesNotThrow(() => html`<style>a{}</style><p>${"x"}</p>`);
});

test("trusted text stays as it is", () => {
  assert.ok(trusted("<hr>") instanceof Html);
  assert.equal(html`${trusted("<hr>")}`.toString(), "<hr>");
});
