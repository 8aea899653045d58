import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isImpersonable, isRegisteredUri, redirectUriProblem } from "./redirect-uri.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const good = [
  "https://app.example",
  "https://app.example/callback",
  "https://app.example:8443/callback?tenant=a%20b",
  "http://localhost:3000/callback",
  "http://127.0.0.1/done",
  "http://[::1]:5000/done",
  "com.example.app:/done",
  "com.example.app://done/here",
];

const bad: readonly (readonly [string, RegExp])[] = [
  ["", /characters/],
  ["app.example/callback", /no address/],
  ["/callback", /no address/],
  ["//app.example", /no address/],
  ["http://app.example/callback", /https/],
  ["http://localhost.evil.example/", /https/],
  ["http://127.0.0.2/", /https/],
  ["https://app.example/#here", /after #/],
  ["https://app.example/call*", /\*/],
  ["https://*.app.example/", /\*/],
  ["https://user@app.example/", /user/],
  ["https://user:word@app.example/", /user/],
  ["https://app.example/a b", /characters/],
  ["https://app.example\\@evil.example/", /characters/],
  ["https://äpp.example/", /characters/],
  ["https://app.example/\n", /characters/],
  ["https://APP.example/", /is written https:\/\/app\.example\//],
  ["https://app.example:443/", /is written/],
  ["https://app.example/a/../b", /is written/],
  ["https:app.example", /is written/],
  ["javascript:alert(1)", /scheme/],
  ["JavaScript:alert(1)", /scheme/],
  ["data:text/html,x", /scheme/],
  ["blob:https://app.example/x", /scheme/],
  ["file:///etc/passwd", /scheme/],
  ["myapp:/done", /maker's domain/],
  [`https://app.example/${"x".repeat(500)}`, /longer/],
];

for (const uri of good) test(`${uri} will do`, () => assert.equal(redirectUriProblem(uri), undefined));

for (const [uri, message] of bad)
  test(`${JSON.stringify(uri.slice(0, 60))} will not do`, () => assert.match(redirectUriProblem(uri) ?? "", message));

test("nothing but the very address is taken, and of a program on the person's machine any port", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom(...good)),
      fc.boolean(),
      (one, other, isPublic) => {
        const taken = isRegisteredUri(other, [one], { isPublic });
        if (one === other) assert.ok(taken);
        else if (taken) {
          assert.ok(isPublic && ["127.0.0.1", "[::1]"].includes(new URL(one).hostname));
          const [a, b] = [new URL(one), new URL(other)];
          assert.deepEqual(
            [a.hostname, a.pathname, a.search, a.hash, a.username],
            [b.hostname, b.pathname, b.search, b.hash, b.username],
          );
        }
      },
    ),
    { numRuns: propertyRuns(500, 2000) },
  );
  assert.ok(isRegisteredUri("http://127.0.0.1:50000/done", ["http://127.0.0.1/done"], { isPublic: true }));
  assert.ok(!isRegisteredUri("http://127.0.0.1:50000/done", ["http://127.0.0.1/done"], { isPublic: false }));
  assert.ok(!isRegisteredUri("http://localhost:50000/done", ["http://localhost/done"], { isPublic: true }));
});

test("an installed app could be another program; an app behind https is who it says", () => {
  for (const uri of good) assert.equal(isImpersonable(uri), !uri.startsWith("https:"), uri);
});
