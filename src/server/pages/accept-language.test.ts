import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedLanguages } from "./accept-language.ts";

test("languages are read by how dear they are, and what is none is left out", () => {
  assert.deepEqual(acceptedLanguages("nl-BE,nl;q=0.9, en;q=0.8 ,*;q=0.1"), ["nl-BE", "nl", "en"]);
  assert.deepEqual(acceptedLanguages("en;q=0.2,de,fr;q=1.0,it;q=0"), ["de", "fr", "en"]);
  for (const header of [undefined, "", "*", "<script>", "en;q=2", "en_US", "toolonglanguage", ","])
    assert.deepEqual(acceptedLanguages(header), []);
  assert.equal(acceptedLanguages("en,".repeat(5000)).length, 20);
});
