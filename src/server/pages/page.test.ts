import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "./html.ts";
import { page } from "./page.ts";

test("a page runs and loads nothing but what is in it, and is kept, framed and listed by nobody", () => {
  const { status, headers, body } = page({
    title: "<Hello>",
    body: html`<main>x</main>`,
    script: "1",
    sources: { frames: ["'self'"] },
  });
  assert.equal(status, 200);
  const [, nonce = ""] = /<script nonce="([A-Za-z0-9+/=]{24})">1<\/script>/.exec(body) ?? [];
  assert.notEqual(nonce, "");
  assert.match(body, /<title>&lt;Hello&gt;<\/title>/);
  assert.equal(
    headers["content-security-policy"],
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  assert.deepEqual(
    [headers["cache-control"], headers["referrer-policy"], headers["x-robots-tag"], headers["x-frame-options"]],
    ["no-store", "no-referrer", "noindex, nofollow", "DENY"],
  );
  assert.doesNotMatch(
    page({ title: "", body: html`` }).headers["content-security-policy"] ?? "",
    /script-src|frame-src|connect-src/,
  );
});

test("every page has a nonce of its own, and no style can end its element", () => {
  const nonces = Array.from({ length: 20 }, () => page({ title: "x", body: html`` }).headers["content-security-policy"]);
  assert.equal(new Set(nonces).size, 20);
  assert.throws(() => page({ title: "x", body: html``, style: "a{}</style><script>" }), /end of an element/);
});
