import assert from "node:assert/strict";
import { test } from "node:test";
import { ownAddress, readForm } from "./forms.ts";

const home = "http://localhost:4000/account";

function sent(headers: Record<string, string>): Request {
  return new Request(home, { method: "POST", headers: { host: "localhost:4000", ...headers }, body: "a=b" });
}

test("after a form nobody is sent to another site", () => {
  for (const asked of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil",
    "",
    "/a b",
    "/\t/evil.example",
    null,
    undefined,
  ]) {
    assert.equal(ownAddress(asked, "/account"), "/account", String(asked));
  }
  assert.equal(ownAddress("/schools/mit.edu?x=1#write", "/account"), "/schools/mit.edu?x=1#write");
});

test("a form's first value of a name counts, with plain line ends", async () => {
  const type = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
  assert.deepEqual(await readForm(new Request(home, { method: "POST", headers: type, body: "body=a%0D%0Ab&body=c&stars=5" })), {
    body: "a\nb",
    stars: "5",
  });
  await assert.rejects(readForm(sent({ "content-type": "text/plain" })), { status: 415 });
  await assert.rejects(readForm(new Request(home, { method: "POST", headers: type, body: "x".repeat(70_000) })), { status: 413 });
});
