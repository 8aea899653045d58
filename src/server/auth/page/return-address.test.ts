import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { returnAddress, withReturn } from "./return-address.ts";

test("36: only a path of this site is gone to", () => {
  for (const path of ["/", "/schools?q=a%20b&x=1#top", "/a/b/", "/?to=//evil.example"]) assert.equal(returnAddress(path), path);
  for (const bad of [
    "",
    "schools",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/.\\evil.example",
    "https://evil.example/",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " /x",
    "/x\r\nSet-Cookie: a=b",
    "/\u0000",
    `/${"a".repeat(3000)}`,
    null,
    undefined,
  ])
    assert.equal(returnAddress(bad), undefined, JSON.stringify(bad));
});

test("36: wherever it leads, a browser stays on the site", () => {
  const pieces = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2e",
    "%2f",
    "@",
    ":",
    "?",
    "#",
    "evil.example",
    "\t",
    "\n",
    " ",
    "a",
    "https:",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
      const address = returnAddress(`/${parts.join("")}`);
      if (address === undefined) return;
      assert.equal(new URL(address, "https://site.example/auth/sign-in").origin, "https://site.example");
      const again = new URLSearchParams(withReturn("/auth/sign-in", address).split("?")[1]).get("to");
      assert.equal(returnAddress(again), address, "as it is kept on the way");
    }),
    { numRuns: 2000 },
  );
});
