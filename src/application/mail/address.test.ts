import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey, headerText, readAddress, readMailbox } from "./address.ts";

const good: Readonly<Record<string, string>> = {
  "ada@example.org": "ada@example.org",
  "Ada.Lovelace+tag@Example.ORG": "Ada.Lovelace+tag@example.org",
  "o'brien@example.org": "o'brien@example.org",
  "ada@bücher.example": "ada@xn--bcher-kva.example",
  "ada@例え.jp": "ada@xn--r8jz45g.jp",
  [`${"a".repeat(64)}@${"b".repeat(60)}.example.org`]: `${"a".repeat(64)}@${"b".repeat(60)}.example.org`,
};

const bad: readonly unknown[] = [
  undefined,
  null,
  7,
  ["ada@example.org"],
  { toString: () => "ada@example.org" },
  "",
  "ada",
  "@example.org",
  "ada@",
  "ada@localhost",
  "ada@[127.0.0.1]",
  "ada@example.org\r\nBcc: eve@example.org",
  "ada@example.org\nBcc: eve@example.org",
  "ada\r\n@example.org",
  "ada@example.org\0",
  " ada@example.org",
  "ada@example.org ",
  "ada@example.org, eve@example.org",
  "ada@example.org;eve@example.org",
  "ada@example.org eve@example.org",
  "eve@example.org@example.com",
  "Ada <ada@example.org>",
  "<ada@example.org>",
  '"ada"@example.org',
  '"ada\\"@evil.example"@example.org',
  "ada(comment)@example.org",
  "ada@exa mple.org",
  "ada@-example.org",
  "ada@example..org",
  "ada@.example.org",
  // Look-alikes: a dotless i, Cyrillic a, full-width letters and dots, a soft hyphen, a zero-width joiner.
  "m\u0131ke@example.org",
  "\u0430da@example.org",
  "ada@\uff45xample.org",
  "ada\uff20example.org",
  "ada@example\u3002org",
  "ada@exam\u00adple.org",
  "ada@exam\u200dple.org",
  "ada@\u212aelvin.org",
  "ada@b\u0075\u0308cher.example",
  `${"a".repeat(65)}@example.org`,
  `ada@${"b".repeat(64)}.org`,
  `ada@${"b.".repeat(146)}org`,
  `${"a".repeat(64)}@${"b".repeat(63)}.${"b".repeat(63)}.${"b".repeat(63)}.org`,
];

test("an address is read as SMTP takes it, its domain in ASCII", () => {
  for (const [text, address] of Object.entries(good)) assert.deepEqual(readAddress(text), { address }, text);
});

test("what is no single plain address is refused", () => {
  for (const text of bad) assert.ok("problem" in readAddress(text), JSON.stringify(text));
});

test("the case of letters makes no difference to which addresses are the same", () => {
  assert.equal(addressKey(" Ada@Example.ORG "), "ada@example.org");
  assert.equal(addressKey("ada@BÜCHER.example"), "ada@xn--bcher-kva.example");
  assert.equal(addressKey("No Address"), "no address");
});

test("text of a header is one line, without what turns its direction, and not longer than it may be", () => {
  assert.equal(headerText("Hi\r\nBcc: eve@example.org\u2028\0there\u0085"), "Hi Bcc: eve@example.org there");
  assert.equal(headerText("safe\u202egnp.exe\u202c"), "safegnp.exe");
  assert.equal(headerText("x".repeat(300)), `${"x".repeat(199)}…`);
  assert.equal(headerText("🎉".repeat(5), 4), "🎉…");
  assert.equal(headerText("\ud800"), "\ufffd");
  assert.equal(headerText("=?utf-8?Q?x=0D=0ABcc:_eve?="), "= ?utf-8?Q?x=0D=0ABcc:_eve?=");
  assert.ok(!headerText("=\u202e?utf-8?Q?x?=").includes("=?"));
});

test("a sender is an address with or without a name", () => {
  assert.deepEqual(readMailbox("hello@example.org"), { name: "", address: "hello@example.org" });
  assert.deepEqual(readMailbox("Pathways <hello@Example.org>"), { name: "Pathways", address: "hello@example.org" });
  assert.deepEqual(readMailbox('"Smith, \\"Jo\\"" <jo@example.org>'), { name: 'Smith, "Jo"', address: "jo@example.org" });
  for (const text of [
    "",
    "Pathways",
    "A <a@b",
    "A <a@b.org> x",
    "A <a@b.org>\r\nBcc: x@y.org",
    "a@b.org, c@d.org",
    7,
    `${" ".repeat(100_000)}<`,
  ])
    assert.ok("problem" in readMailbox(text), String(text));
});
