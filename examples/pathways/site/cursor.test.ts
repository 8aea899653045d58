import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePlace, encodePlace } from "./cursor.ts";

test("a place survives its way through an address", () => {
  const place = { score: 13 / 3, name: "Đại Học “Đại” & Nam 👩‍🎓", domain: "dainam.edu.vn" };
  const text = encodePlace("rating", place);
  assert.match(text, /^[A-Za-z0-9_-]+$/);
  assert.deepEqual(decodePlace("rating", text), place);
});

test("whatever is no place of this order is refused", () => {
  const other = encodePlace("rating", { score: 1, name: "a", domain: "a.edu" });
  const broken = [
    "",
    "!",
    "e30",
    "bnVsbA",
    "W10",
    Buffer.from('["name","0","a","b"]').toString("base64url"),
    Buffer.from("[").toString("base64url"),
    "A".repeat(3000),
    other,
  ];
  for (const text of broken) assert.throws(() => decodePlace("name", text), { code: "invalid_cursor" }, text.slice(0, 40));
});
