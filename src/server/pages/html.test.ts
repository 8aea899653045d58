import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { attribute, html, type Slot } from "./html.ts";

const text = (value: { toString(): string }): string => value.toString();

test("slots are escaped, in elements and in attributes; HTML that was made the same way is not", () => {
  const evil = `<img src=x onerror="alert(1)">'&`;
  const escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;";
  assert.equal(text(html`<p title="${evil}">${evil}</p>`), `<p title="${escaped}">${escaped}</p>`);
  assert.equal(text(html`<p>${html`<b>${evil}</b>`}</p>`), `<p><b>${escaped}</b></p>`);
  assert.equal(text(html`<p>${[1, "<", html`<i></i>`, [null, false, undefined, ""]]}</p>`), "<p>1&lt;<i></i></p>");
  assert.equal(text(html`<p id="a"${attribute("title", evil)}${null}>x</p>`), `<p id="a" title="${escaped}">x</p>`);
  for (const name of ["onclick", "href", "style", "a b", "a=", ""])
    assert.throws(() => attribute(name, "x"), /cannot be left to a slot/);
  assert.equal(text(html`<p>${"a"}<!-- x -->${"b"}</p><style>p{}</style>${"c"}`), "<p>a<!-- x -->b</p><style>p{}</style>c");
  const pretender = { toString: () => "<script>" } as unknown as Slot;
  assert.equal(text(html`${pretender}`), "&lt;script&gt;");
});

test("an address is of this site, the web or mail; any other becomes #", () => {
  const link = (address: string): string => /href="([^"]*)"/.exec(text(html`<a class="x" href="${address}">x</a>`))?.[1] ?? "";
  for (const good of ["/", "/a/b?c=d#e", "?q", "#top", "https://a.example/", "http://a.example", "mailto:a@b.example", "/é"])
    assert.equal(link(good), good);
  const bad = [
    "",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "blob:x",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https:evil",
    "relative",
  ];
  for (const address of bad) assert.equal(link(address), "#", JSON.stringify(address));
  assert.equal(text(html`<a href="/mail/${"../x"}">x</a>`), '<a href="/mail/../x">x</a>');
  assert.equal(text(html`<a href="?a=${'"'}&b=${1}">x</a>`), '<a href="?a=&quot;&b=1">x</a>');
});

test("a slot where escaping does not protect is a mistake that is told at once", () => {
  const x = "x";
  const wrong: readonly (() => unknown)[] = [
    () => html`<p class=${x}>`,
    () => html`<p class='${x}'>`,
    () => html`<p ${x}>`,
    () => html`<p ${x}="a">`,
    () => html`<${x}>`,
    () => html`</${x}>`,
    () => html`<p class="a" ${x}>`,
    () => html`<p title="a>b" id=${x}>`,
    () => html`<script>${x}</script>`,
    () => html`<style>${x}</style>`,
    () => html`<p>${x}</p><script nonce="a">${x}`,
    () => html`<!-- ${x} -->`,
    () => html`<p onclick="${x}">`,
    () => html`<p style="${x}">`,
    () => html`<iframe srcdoc="${x}">`,
    () => html`<a href="/${x}">`,
    () => html`<a href="https://${x}">`,
    () => html`<a href="java${x}">`,
    () => html`<p>${attribute("title", "x")}</p>`,
    () => html`<p title="${attribute("title", "x")}">`,
  ];
  for (const [index, make] of wrong.entries()) assert.throws(make, /A slot of a template stands/, String(index));
});

test("whatever is in a slot, the document keeps its shape", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), fc.string(), (inside, attribute) => {
      const made = text(html`<p title="${attribute}">${inside}</p>`);
      const [, title = "", content = ""] = /^<p title="([^"<>]*)">([^<>"']*)<\/p>$/u.exec(made) ?? [];
      const decode = (escaped: string): string =>
        escaped.replaceAll(
          /&(amp|lt|gt|quot|#39);/g,
          (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[entity] ?? "'",
        );
      assert.deepEqual([decode(title), decode(content)], [attribute, inside]);
    }),
  );
});
