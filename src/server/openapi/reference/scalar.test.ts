import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { scalar } from "./scalar.ts";

test("the script of the page at /docs is the one whose checksum the page asks for", () => {
  const script = brotliDecompressSync(readFileSync(new URL("scalar.js.br", import.meta.url)));
  assert.equal(`sha256-${createHash("sha256").update(script).digest("base64")}`, scalar.integrity);
  assert.ok(script.includes(`\`${scalar.version}\``) || script.includes(`"${scalar.version}"`));
});
