import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nameForMail } from "./mail-name.ts";

test("what an organisation is called stands in a mail as it is, where it is a name", () => {
  for (const name of ["Acme Inc.", "L’École n° 4", "Müller & Söhne (Köln)", "東京チーム", "Class of 2026", "St. John's"])
    assert.equal(nameForMail(name), name.normalize("NFKC").replace("°", "").replace(/\s+/g, " "), name);
  assert.equal(nameForMail(null), "");
});

test("no address, number to call or line of its own is left of what is none", () => {
  for (const [name, said] of [
    ["evil.example", "evil example"],
    ["https://evil.example/win", "https evil example win"],
    ["evil。example", "evil example"],
    ["evil．example", "evil example"],
    ["a\r\nBcc: x@y.z", "a Bcc x y z"],
    ["Call +44 (0) 7700 900123", "Call"],
    ["Call 0900'123'456 or 0900,123,456", "Call or"],
    ["Call ٠٩٠٠ ١٢٣ ٤٥٦", "Call"],
    ["x".repeat(60), `${"x".repeat(39)}…`],
    ["\u202egro.live", "gro live"],
  ] as const)
    assert.equal(nameForMail(name), said, name);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (name) => {
      const said = nameForMail(name);
      assert.ok([...said].length <= 40);
      assert.doesNotMatch(said, /[:/@\\<>{}\n\r]|\.\S/);
    }),
  );
});
